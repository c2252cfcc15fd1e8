"""Pictures: arrays in, PNG files out. The only door to matplotlib, the extra `plots`."""

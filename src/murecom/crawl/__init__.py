"""Where music is collected from: one source, one file."""

"""The only HTTP client: limits of each host, pauses, retries, tokens."""

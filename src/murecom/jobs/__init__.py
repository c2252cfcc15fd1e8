"""Long, resumable work that wires the parts together: each job commits as it goes."""

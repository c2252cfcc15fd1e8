"""Labels: what a trained classifier says of vectors that are known already."""

"""How good recommenders are: metrics, one protocol for all, reports."""

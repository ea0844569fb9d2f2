"""How good: families of cases with an objective that is recomputed from the instance."""

"""Other programs on the same instances, judged by the same recounts: METIS for splits, PyVRP and VROOM for a day."""

"""Published routing instances: one reader per format, one neutral instance, and a replay of routes on it."""

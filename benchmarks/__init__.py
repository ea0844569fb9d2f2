"""Benchmarks: how good and how fast, on published and built-in cases. See `python -m benchmarks --help`."""

"""The history of a plan: what its events make of it, how it is taken back, compared, reviewed and published."""

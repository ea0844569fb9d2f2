"""The simulated world: one small file per mechanism, moved by the clock in `clock`."""

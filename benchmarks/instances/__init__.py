"""Readers of published instances: each knows a layout, not a folder, so that other data can be judged as well."""

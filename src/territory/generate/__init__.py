"""Scenario folders made by rule: a believable region from a seed, and real public data in the data contract."""

from territory.generate.recipe import prepare

__all__ = ["prepare"]

"""Scenario folders made by rule: a believable region from a seed, and real public data in the data contract."""

from territory.generate.demo import demo_folder
from territory.generate.recipe import prepare

__all__ = ["demo_folder", "prepare"]

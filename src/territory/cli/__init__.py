"""The command line: one file per verb."""

from territory.cli.app import main

__all__ = ["main"]

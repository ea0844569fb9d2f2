"""Redraw service territories around retail flow, schedule visits, simulate a year of sales-team policies."""

__version__ = "0.1.0"

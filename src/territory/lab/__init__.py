"""lab: experiments over policy runs."""

from territory.lab.compare import Comparison, HalfWidthStop, MeasureRow, PolicyEstimate, compare
from territory.lab.estimates import Estimate

__all__ = ["Comparison", "Estimate", "HalfWidthStop", "MeasureRow", "PolicyEstimate", "compare"]

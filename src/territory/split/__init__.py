"""Split: which rep serves which outlet."""

from territory.split.check import check
from territory.split.kpi import measures
from territory.split.model import SplitProblem
from territory.split.moves import Moves, moved_outlets
from territory.split.result import SplitResult
from territory.split.solve import redraw, redraw_card

__all__ = ["Moves", "SplitProblem", "SplitResult", "check", "measures", "moved_outlets", "redraw", "redraw_card"]

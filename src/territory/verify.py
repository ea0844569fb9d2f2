"""What an independent checker says: violations with subject, amount and unit, and the recomputed objective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from territory.errors import VerificationError
from territory.standing import Term


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """One broken rule: `amount` says by how much, in `unit`."""

    rule: str
    subject: str
    amount: float
    unit: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject} by {self.amount:.6g} {self.unit}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReport:
    """The checker's whole verdict on one plan."""

    violations: tuple[Violation, ...]
    terms: tuple[Term, ...]

    @property
    def is_clean(self) -> bool:
        """True when no rule is broken."""
        return not self.violations

    @property
    def objective(self) -> float:
        """Sum of the terms' points."""
        return float(sum(term.points for term in self.terms))


def require_agreement(report: CheckReport, *, claimed: float, tolerance: float = 1e-6) -> None:
    """Raise when the checker found a violation or another objective than the search claims.

    Raises
    ------
    VerificationError
        On any violation, or when the objectives differ by more than `tolerance` (relative, at least absolute).
    """
    if report.violations:
        raise VerificationError(f"the search returned a plan that breaks rules: {listed(report.violations)}")
    if abs(report.objective - claimed) > tolerance * max(1.0, abs(claimed)):
        raise VerificationError(f"search claims objective {claimed!r}, the checker computes {report.objective!r}")


def listed(violations: Sequence[Violation], most: int = 5) -> str:
    """The first few violations on one line."""
    shown = "; ".join(str(violation) for violation in violations[:most])
    return shown + (f"; and {len(violations) - most} more" if len(violations) > most else "")

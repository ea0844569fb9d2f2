"""Policy rules: the levers of `[policy.NAME]`."""

from __future__ import annotations

from territory.domain.rules import Rules


class PolicyRules(Rules):
    """One policy."""

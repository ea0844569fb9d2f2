"""What every lever of a policy has: when it is in force, how strongly, for whom and at what fixed cost.

A lever is a section `[policy.NAME.LEVER]`. Its settings at their defaults describe the ordinary situation of the
trade; a lever of strength s lets every number act as default + s * (setting - default), and every choice (a word, a
list) act where s is above 0. Money is in the scenario's currency, shares of pay refer to monthly base pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from territory.domain.rules import NotNegative, Rules, Share
from territory.language import Text

MONTHS_PER_YEAR = 12
LONGEST_HORIZON_MONTHS = 36
Grade = Literal["junior", "mid", "senior"]
GRADES: tuple[Grade, ...] = ("junior", "mid", "senior")
COMPONENTS = ("baseline", "marketing", "management")
SHARES_ADD_UP_WITHIN = 1e-6
MISFIT = "misfit"

Month = Annotated[int, Field(ge=1, le=10 * MONTHS_PER_YEAR)]
Months = Annotated[int, Field(ge=0, le=LONGEST_HORIZON_MONTHS)]
TenureMonths = Annotated[int, Field(ge=0, le=600)]
# Upper limits catch a percentage written as a number (30 for 0.30) and keep sums of money finite.
PayShare = Annotated[float, Field(ge=0.0, le=10.0)]
Money = Annotated[float, Field(ge=0.0, le=1e12)]


def _whole(value: Any) -> Any:
    """`value`, unless it is true or 1.0, which compare equal to 1 and would pass for a choice of numbers."""
    if isinstance(value, bool | float):
        raise PydanticCustomError("int_type", "Input should be a whole number")
    return value


OnlyWhole = BeforeValidator(_whole)


@dataclass(frozen=True, kw_only=True, slots=True)
class Misfit:
    """Settings that are possible one by one but not together: which (the one to change first), why, what fits."""

    keys: tuple[str, ...]
    reason: Text
    wanted: Text


class Section(Rules):
    """A section whose settings must fit one another."""

    def misfits(self) -> list[Misfit]:
        """Everything that does not fit together; none in a section that was validated."""
        return []

    @model_validator(mode="after")
    def _fits(self) -> Self:
        misfits = self.misfits()
        if misfits:
            reasons = "; ".join(misfit.reason.en for misfit in misfits)
            raise PydanticCustomError(MISFIT, "{reasons}", {"reasons": reasons, "misfits": tuple(misfits)})
        return self


class Condition(Section):
    """`when` and `stop_when`: a measure of the company's month, below or above a limit."""

    measure: Literal["sales_attainment", "visit_completion", "turnover", "gaming"] = Field(
        description="of the whole company in a month: recorded sales against target, visits made against planned, "
        "leavers times twelve as a share of the staff, or goods dumped and pulled forward as a share of sales"
    )
    below: NotNegative | None = Field(default=None, description="the condition holds below this share")
    above: NotNegative | None = Field(default=None, description="the condition holds above this share")

    def misfits(self) -> list[Misfit]:
        """A condition without a limit, or with two."""
        if (self.below is None) != (self.above is None):
            return []
        return [
            Misfit(
                keys=("below", "above"),
                reason=Text("a condition needs exactly one of below and above", "条件须且只能有 below 与 above 之一"),
                wanted=Text(
                    'for instance { measure = "sales_attainment", below = 0.95 }',
                    '如 { measure = "sales_attainment", below = 0.95 }',
                ),
            )
        ]

    def holds(self, value: float) -> bool:
        """True when the month's `value` of the measure is beyond the limit."""
        return (self.below is not None and value < self.below) or (self.above is not None and value > self.above)


class Lever(Section):
    """What every lever has beside its own settings."""

    strength: Share = Field(
        default=1.0, description="how far the settings move from the ordinary situation: 0 not at all, 1 all the way"
    )
    start_month: Month = Field(
        default=1, description="first month in force, from 1; a month after the horizon: not in this run"
    )
    stop_month: Month | None = Field(default=None, description="last month in force; absent: to the end of the run")
    ramp_months: Months = Field(
        default=0, description="months after the start until full strength, which rises in equal steps; 0: at once"
    )
    rollout_months: Months = Field(
        default=0,
        description="months between the first team's start and the last one's, in the order of the teams; 0: together",
    )
    when: Condition | None = Field(
        default=None, description="in force only from the month after this condition first held; absent: no condition"
    )
    stop_when: Condition | None = Field(
        default=None, description="out of force from the month after this condition held; absent: no condition"
    )
    grades: tuple[Grade, ...] = Field(default=GRADES, description="grades that are covered; an empty list: nobody")
    teams: tuple[str, ...] = Field(default=(), description="team ids that are covered; an empty list: all teams")
    contract: Literal["any", "contract", "formal"] = Field(default="any", description="staff that is covered")
    min_tenure_months: TenureMonths = Field(default=0, description="months of tenure from which a rep is covered")
    max_tenure_months: TenureMonths | None = Field(
        default=None, description="months of tenure up to which a rep is covered; absent: no limit"
    )
    covered_share: Share = Field(
        default=1.0, description="share of the positions that is covered, drawn at random by the seed (a trial's arm)"
    )
    cost_per_month: Money = Field(
        default=0.0, description="fixed cost for the company in a month in force, scenario's currency"
    )
    cost_per_person_month: Money = Field(
        default=0.0, description="cost per covered person in a month in force, scenario's currency"
    )

    def misfits(self) -> list[Misfit]:
        """Months out of order, and names that stand twice."""
        found = []
        if self.stop_month is not None and self.stop_month < self.start_month:
            found.append(_out_of_order("stop_month", self.stop_month, "start_month", self.start_month))
        if self.max_tenure_months is not None and self.max_tenure_months < self.min_tenure_months:
            found.append(
                _out_of_order("max_tenure_months", self.max_tenure_months, "min_tenure_months", self.min_tenure_months)
            )
        return found + twice("grades", self.grades) + twice("teams", self.teams)

    def is_in_force(self, month: int) -> bool:
        """True in `month`, counted from 1, by the calendar alone."""
        return self.start_month <= month and (self.stop_month is None or month <= self.stop_month)

    def level_in(self, month: int) -> float:
        """
        Strength in `month` (from 1), 0 to 1: 0 outside its months, rising over `ramp_months` from `start_month`.

        Roll-out, eligibility and conditions are facts of a run and are applied there.
        """
        return self.level_after(month - self.start_month) if self.is_in_force(month) else 0.0

    def level_after(self, months: int) -> float:
        """Strength so many months after the lever's own start (0: in its first month), by the ramp alone."""
        return self.strength * min(1.0, (months + 1) / (self.ramp_months + 1)) if months >= 0 else 0.0


COMMON_SETTINGS = tuple(Lever.model_fields)


def numeric_settings(lever_class: type[Lever]) -> tuple[str, ...]:
    """The lever's own numbers: those that act in proportion to its strength."""
    return tuple(name for name in _own_settings(lever_class) if _is_number(lever_class, name))


def choice_settings(lever_class: type[Lever]) -> tuple[str, ...]:
    """The lever's own words and lists: those that act wherever its strength is above 0."""
    return tuple(name for name in _own_settings(lever_class) if not _is_number(lever_class, name))


def _own_settings(lever_class: type[Lever]) -> tuple[str, ...]:
    return tuple(name for name in lever_class.model_fields if name not in COMMON_SETTINGS)


def _is_number(lever_class: type[Lever], name: str) -> bool:
    return lever_class.model_fields[name].annotation in (float, int)


def _out_of_order(later: str, later_month: int, earlier: str, earlier_month: int) -> Misfit:
    return Misfit(
        keys=(later, earlier),
        reason=Text(
            f"{later} {later_month} lies before {earlier} {earlier_month}",
            f"{later} {later_month} 早于 {earlier} {earlier_month}",
        ),
        wanted=Text(
            f"a whole number from {earlier_month} up, or leave it out", f"不小于 {earlier_month} 的整数，或不写"
        ),
    )


def twice(key: str, listed: tuple[Any, ...]) -> list[Misfit]:
    """The misfit of a list that names something twice, if it does."""
    doubles = sorted({str(item) for item in listed if listed.count(item) > 1})
    if not doubles:
        return []
    names = ", ".join(doubles)
    return [
        Misfit(
            keys=(key,),
            reason=Text(f"{names} stands twice in {key}", f"{key} 中 {names} 重复"),
            wanted=Text("each one once", "每项只写一次"),
        )
    ]


def not_whole(what: Text, shares: dict[str, float], *, keys: tuple[str, ...] = ()) -> list[Misfit]:
    """The misfit of shares that do not add up to 1, if they do not; it tells some that do."""
    total = sum(shares.values())
    if abs(total - 1.0) <= SHARES_ADD_UP_WITHIN:
        return []
    parts = " + ".join(f"{name} {share:g}" for name, share in shares.items())
    reason = Text(
        f"{what.en} add up to {total:g}, not to 1 ({parts})", f"{what.zh}之和为 {total:g}，不等于 1（{parts}）"
    )
    if total > 0:
        fitting = ", ".join(f"{name} {share:g}" for name, share in _scaled(shares).items())
        wanted = Text(f"shares that add up to 1, such as {fitting}", f"和为 1 的比例，如 {fitting}")
    else:
        wanted = Text("shares that add up to 1", "和为 1 的比例")
    return [Misfit(keys=keys or tuple(shares), reason=reason, wanted=wanted)]


def _scaled(shares: dict[str, float]) -> dict[str, float]:
    """The shares in thousandths in about their proportions, adding up to 1; the largest takes the rounding."""
    total = sum(shares.values())
    thousandths = {name: round(1000 * share / total) for name, share in shares.items()}
    thousandths[max(shares, key=shares.__getitem__)] += 1000 - sum(thousandths.values())
    return {name: share / 1000 for name, share in thousandths.items()}

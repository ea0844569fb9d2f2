"""Policies with one fault each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """Lines below `[policy.bold]`, and what is said of them: the key below it, its row, words of problem or remedy."""

    name: str
    lines: str
    key: str
    row: int
    remedy: str
    code: str = "wrong_value"


FAULTS = [
    Fault("a lever that does not exist", "[policy.bold.telepathy]\nx = 1", "telepathy", 2, "mentoring", "unknown_key"),
    Fault("a lever with a slip", "[policy.bold.comission]\nshare = 1", "comission", 2, "commission", "unknown_key"),
    Fault("a setting with a slip", "[policy.bold.commission]\nshar = 1", "commission.shar", 3, "share", "unknown_key"),
    Fault("a setting of another lever", "[policy.bold.bonus]\nfloor = 1", "bonus.floor", 3, "frame", "unknown_key"),
    Fault("a setting without a lever", "share = 0.2", "share", 2, "commission", "unknown_key"),
    Fault("a lever that is a number", "commission = 3", "commission", 2, "a section"),
    Fault("a lever that is a list", "[[policy.bold.commission]]\nshare = 0.1", "commission", 2, "a section"),
    Fault("a reason that is a number", "why = 3", "why", 2, "quotation marks"),
    Fault("a budget below 0", "budget_per_year = -1", "budget_per_year", 2, "from 0 up"),
    Fault("a budget in words", 'budget_per_year = "much"', "budget_per_year", 2, "a number"),
    Fault("an endless budget", "budget_per_year = inf", "budget_per_year", 2, "finite"),
    Fault("a budget that is none", "budget_per_year = nan", "budget_per_year", 2, "finite"),
    Fault("a share above 1", "[policy.bold.review]\ngoal_talk = 1.5", "review.goal_talk", 3, "up to 1"),
    Fault("a percentage", "[policy.bold.commission]\nshare = 30", "commission.share", 3, "up to 10"),
    Fault("a share below 0", "[policy.bold.review]\ngoal_talk = -0.1", "review.goal_talk", 3, "from 0 up"),
    Fault("a number in quotes", '[policy.bold.review]\ngoal_talk = "0.1"', "review.goal_talk", 3, "without quotation"),
    Fault("a number that is true", "[policy.bold.review]\ngoal_talk = true", "review.goal_talk", 3, "a number"),
    Fault("a number that is a date", "[policy.bold.review]\ngoal_talk = 2026-01-01", "review.goal_talk", 3, "a number"),
    Fault("a number that is none", "[policy.bold.review]\ngoal_talk = nan", "review.goal_talk", 3, "finite"),
    Fault("an endless number", "[policy.bold.bonus]\nshare = -inf", "bonus.share", 3, "finite"),
    Fault("half a month", "[policy.bold.bonus]\nstart_month = 1.5", "bonus.start_month", 3, "whole number"),
    Fault("a month that is true", "[policy.bold.training]\nmonth = true", "training.month", 3, "whole number"),
    Fault("a month that is a float", "[policy.bold.training]\nmonth = 3.0", "training.month", 3, "whole number"),
    Fault("a thirteenth month", "[policy.bold.training]\nmonth = 13", "training.month", 3, "or 12"),
    Fault("a month 0", "[policy.bold.bonus]\nstart_month = 0", "bonus.start_month", 3, "from 1 up"),
    Fault(
        "an end before the start",
        "[policy.bold.bonus]\nstart_month = 5\nstop_month = 4",
        "bonus.stop_month",
        4,
        "from 5 up",
    ),
    Fault("a ramp of years", "[policy.bold.bonus]\nramp_months = 99", "bonus.ramp_months", 3, "up to 36"),
    Fault(
        "tenure upside down",
        "[policy.bold.bonus]\nmax_tenure_months = 4\nmin_tenure_months = 9",
        "bonus.max_tenure_months",
        3,
        "from 9 up",
    ),
    Fault("a period of two months", "[policy.bold.bonus]\nperiod_months = 2", "bonus.period_months", 3, "1, 3 or 12"),
    Fault("a frame of a third kind", '[policy.bold.bonus]\nframe = "fear"', "bonus.frame", 3, "'penalty'"),
    Fault("a rule of pairing", '[policy.bold.mentoring]\nrule = "love"', "mentoring.rule", 3, "'skill_gap'"),
    Fault("a grade that is none", '[policy.bold.review]\ngrades = ["boss"]', "review.grades", 3, "'senior'"),
    Fault("one grade without a list", '[policy.bold.review]\ngrades = "mid"', "review.grades", 3, "[brackets]"),
    Fault("a grade twice", '[policy.bold.review]\ngrades = ["mid", "mid"]', "review.grades", 3, "once"),
    Fault("a team that is a number", "[policy.bold.review]\nteams = [1]", "review.teams", 3, "quotation marks"),
    Fault("a contract of a third kind", '[policy.bold.review]\ncontract = "loan"', "review.contract", 3, "'formal'"),
    Fault("a condition in words", '[policy.bold.review]\nwhen = "later"', "review.when", 3, "a section"),
    Fault(
        "a condition without a measure",
        "[policy.bold.review]\nwhen = { below = 0.9 }",
        "review.when.measure",
        3,
        "measure",
        "missing_key",
    ),
    Fault(
        "a condition without a limit",
        '[policy.bold.review]\nwhen = { measure = "gaming" }',
        "review.when",
        3,
        "below = 0.95",
    ),
    Fault(
        "a condition with two limits",
        '[policy.bold.review]\nstop_when = { measure = "gaming", above = 0.1, below = 0.2 }',
        "review.stop_when.below",
        3,
        "for instance",
    ),
    Fault(
        "a condition on the weather",
        '[policy.bold.review]\nwhen = { measure = "rain", above = 0.1 }',
        "review.when.measure",
        3,
        "'turnover'",
    ),
    Fault(
        "a condition with a limit in words",
        '[policy.bold.review]\nwhen = { measure = "gaming", above = "much" }',
        "review.when.above",
        3,
        "a number",
    ),
    Fault(
        "a condition with a slip",
        '[policy.bold.review]\nwhen = { measure = "gaming", abov = 0.1, below = 1 }',
        "review.when.abov",
        3,
        "above",
        "unknown_key",
    ),
    Fault(
        "weights of two components",
        "[policy.bold.component_weights]\nmid = [0.5, 0.5]",
        "component_weights.mid",
        3,
        "a list of 3",
    ),
    Fault(
        "weights of four components",
        "[policy.bold.component_weights]\nmid = [0.5, 0.5, 0, 0]",
        "component_weights.mid",
        3,
        "a list of 3",
    ),
    Fault(
        "no weights",
        "[policy.bold.component_weights]\nmid = []",
        "component_weights.mid",
        3,
        "a list of 3",
    ),
    Fault(
        "weights beyond 1",
        "[policy.bold.component_weights]\nmid = [0.5, 1, 0.5]",
        "component_weights.mid",
        3,
        "baseline 0.25, marketing 0.5, management 0.25",
    ),
    Fault(
        "a weight in quotes",
        '[policy.bold.component_weights]\nmid = [0.3, "0.5", 0.2]',
        "component_weights.mid",
        3,
        "without quotation marks",
    ),
    Fault(
        "weights of a fourth grade",
        "[policy.bold.component_weights]\nboss = [1, 0, 0]",
        "component_weights.boss",
        3,
        "junior",
        "unknown_key",
    ),
    Fault("evaluators beyond 1", "[policy.bold.evaluators]\npeers = 0.25", "evaluators.peers", 3, "head 0.32"),
    Fault("a committee below 1", "[policy.bold.stars]\nsales = 0", "stars.sales", 3, "add up to 1"),
    Fault(
        "evaluators of no weight",
        "[policy.bold.evaluators]\npeers = 0\nhead = 0\ninspection = 0\nservice_centre = 0",
        "evaluators.inspection",
        5,
        "shares that add up to 1",
    ),
    Fault("caps beyond 1", "[policy.bold.ladder]\nmid = 0.8", "ladder.mid", 3, "junior 0.25, mid 0.667, senior 0.083"),
    Fault("a floor at the cap", "[policy.bold.commission]\nfloor = 2", "commission.floor", 3, "below 2"),
    Fault("a cap under the floor", "[policy.bold.commission]\ncap = 0", "commission.cap", 3, "below 0"),
    Fault(
        "an accelerator beyond the cap",
        "[policy.bold.commission]\naccelerator_share = 0.1\naccelerator_from = 2.5",
        "commission.accelerator_from",
        4,
        "from 0 up and below 2",
    ),
    Fault("a shock of month 0", "[policy.bold.supply]\nshock_months = [0]", "supply.shock_months", 3, "from 1 up"),
    Fault("a shock twice", "[policy.bold.supply]\nshock_months = [4, 4]", "supply.shock_months", 3, "once"),
    Fault("no pay", "[policy.bold.base_pay]\nmultiplier = 0", "base_pay.multiplier", 3, "above 0"),
    Fault("costs below 0", "[policy.bold.review]\ncost_per_month = -5", "review.cost_per_month", 3, "from 0 up"),
    Fault("half of the staff mentors", "[policy.bold.mentoring]\npairs_share = 0.6", "mentoring.pairs_share", 3, "0.5"),
]

"""Behaviour: how outlets and people respond. One set of numbers for all policies and all studies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.units import FloatArray

SELLING = ("speak", "think", "help_profit", "build_brand", "communicate")
SERVING = ("write", "do", "serve", "research", "analyse")
SKILLS = (*SELLING, *SERVING)
_CRAFTS = np.array([[name in craft for craft in (SELLING, SERVING)] for name in SKILLS]) / [len(SELLING), len(SERVING)]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """
    How outlets and people respond, the same under every policy; calibrated on published studies.

    Attributes
    ----------
    serve_weight
        Part of a visit's effect that comes from serving rather than selling (exponents in x).
    skill_start, learning_months, forgetting_half_life_months
        Skill of a newcomer against the plateau; time constant of learning by doing; half-life of unused skill.
    peer_learning
        Part of the gap to what the visible colleagues do better that a rep closes per month by looking.
    transfer_per_week
        Part of the gap to the mentor closed in a week with two hours together.
    course_skill, course_motivation, motivation_half_life_months
        Log points of skill and of effort that five days of course give; how long the latter lasts.
    effort_curvature, effort_substitution, idle_curvature
        Cost of one unit of effort as a share of base pay; off-diagonal of the cost matrix against its diagonal; cost of
        courting, gaming, padding and sabotage against that of work.
    diligence, diligence_power
        Part of the field time that is used at ordinary effort; exponent of effort in it.
    peer_effort
        Own effort per unit of the visible colleagues' mean performance.
    team_pressure
        What of the others' shares in a team's target counts like the own one.
    noncash_weight
        What goods worth one unit of money count for.
    career_months, career_sd
        Months of the pay difference that a promotion is worth today; uncertainty of the year's score, points.
    leniency
        Part of the differences between reps that assessors smooth away when nothing forces them to rank.
    overplacement, discouragement
        How much better than it is reps think their rank is (share of the company); effort lost per unit of
        disappointment.
    talk_effort, followup_effort, fear_effort, honour_effort, contest_worth
        Effort that a monthly talk about goals, a day with the supervisor, and the sight of a replaced colleague
        brings; that seeing others honoured brings; what an honour is worth as a share of base pay.
    support
        Productivity that a supervisor's whole attention adds.
    sabotage_harm, courting_gain
        Productivity lost per unit of the colleagues' sabotage; what a unit of courting does to the judgement.
    hurry
        Quality of a visit lost when visits are counted rigidly.
    collecting
        Part of the late money that one more unit of serving effort brings in.
    idea_rate, idea_gain
        Ideas a month that pay of one month's base pay for each would bring from a mean rep; log points of skill that
        an idea gives to all who see it.
    ability_sd, plateau_sd, skill_sd, month_sd, company_sd, drive_sd, service_sd
        Standard deviations of logarithms: ability of people, skill plateau between people, single skills of a person,
        sales of a territory in a month, sales of the company in a month, drive and service minutes of a visit.
    relationship_kept
        Part of an outlet's goodwill that survives a change of rep.
    dump_discount
        Margin given away on goods sold across the border, as a share of their sales.
    dump_inflow_limit
        A territory takes in at most this share of its own sales from elsewhere.
    quit_pay, quit_status, quit_new, quit_morale, quit_ability_gap
        Coefficients of the monthly quit hazard (log scale): log pay against the outside option, log pay of formal
        colleagues against the own (contract staff, beyond the ordinary gap), first year, morale, log ability that pay
        does not reward.
    sorting
        Log ability of newcomers per unit of pay that follows performance.
    """

    serve_weight: float = 0.25
    skill_start: float = 0.62
    learning_months: float = 4.0
    forgetting_half_life_months: float = 11.0
    peer_learning: float = 0.90
    transfer_per_week: float = 0.22
    course_skill: float = 0.05
    course_motivation: float = 0.07
    motivation_half_life_months: float = 1.0
    effort_curvature: float = 2.05
    effort_substitution: float = 0.35
    idle_curvature: float = 0.2
    diligence: float = 0.80
    diligence_power: float = 0.7
    peer_effort: float = 0.15
    team_pressure: float = 0.15
    noncash_weight: float = 1.5
    career_months: float = 24.0
    career_sd: float = 6.0
    leniency: float = 0.5
    overplacement: float = 0.15
    discouragement: float = 0.45
    talk_effort: float = 0.07
    followup_effort: float = 0.01
    fear_effort: float = 0.10
    honour_effort: float = 0.04
    contest_worth: float = 0.01
    support: float = 0.15
    sabotage_harm: float = 0.2
    courting_gain: float = 1.0
    hurry: float = 0.25
    collecting: float = 1.0
    idea_rate: float = 2.0
    idea_gain: float = 0.001
    ability_sd: float = 0.15
    plateau_sd: float = 0.10
    skill_sd: float = 0.30
    month_sd: float = 0.25
    company_sd: float = 0.02
    drive_sd: float = 0.45
    service_sd: float = 0.40
    relationship_kept: float = 0.7
    dump_discount: float = 0.05
    dump_inflow_limit: float = 0.10
    quit_pay: float = -1.5
    quit_status: float = 0.75
    quit_new: float = 0.5
    quit_morale: float = -0.5
    quit_ability_gap: float = 0.5
    sorting: float = 0.30

    def plateau_of(self, normals: FloatArray) -> FloatArray:
        """Plateaus of ten skills, shape (n, 10), mean 1, from standard normals of shape (n, 11)."""
        person, single = normals[:, :1], normals[:, 1:]
        spread = self.plateau_sd**2 + self.skill_sd**2
        return np.asarray(np.exp(self.plateau_sd * person + self.skill_sd * single - spread / 2), dtype=np.float64)


def selling_and_serving(skill: FloatArray) -> FloatArray:
    """Mean skill in selling and in serving, shape (n, 2), from ten skills, shape (n, 10)."""
    return np.asarray(skill @ _CRAFTS, dtype=np.float64)

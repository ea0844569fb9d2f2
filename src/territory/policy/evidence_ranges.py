"""How far published studies carry: for every setting of a lever, the range they cover, and warnings beyond it.

The studies are those the simulator is checked against (`benchmarks/evidence`), and a range holds the values that it is
checked at. A study that reports how much of something there was gives the range itself (*reported*). One that only
reports that something was there gives the range of its mirror, in the units of the lever (*mirrored*). What managers
judged and nobody measured is *judged*. A setting that is missing here is an assumption of the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from territory.domain.policy_rules import (
    COMMON_SETTINGS,
    LEVERS,
    Lever,
    PolicyRules,
    YearRules,
    numeric_settings,
)
from territory.language import Lang, Text

Basis = Literal["reported", "mirrored", "judged"]
Kind = Literal["outside", "judged", "unstudied"]
WHAT_IFS = ("supply",)  # states of the world that a policy is tried in, not a promise of an effect
_TOLERANCE = 1e-9

STUDIES: dict[str, Text] = {
    "E1": Text("piece rates for car-glass fitters, Lazear 2000", "汽车玻璃安装工计件制,Lazear 2000"),
    "E3": Text("pairs in a sales call centre, Sandvik et al. 2020", "销售呼叫中心结对,Sandvik 等 2020"),
    "E6": Text("team bonus in bakery shops, Friebel et al. 2017", "面包店团队奖金,Friebel 等 2017"),
    "E7": Text("quotas removed for lens reps, Misra and Nair 2011", "隐形眼镜业务员取消定额,Misra 与 Nair 2011"),
    "E8": Text("bonuses in office supplies, Chung et al. 2014", "办公用品奖金,Chung 等 2014"),
    "E9": Text("activity pay for pharma reps, Rao et al. 2021", "医药代表活动计酬,Rao 等 2021"),
    "E10": Text("fiscal-year ends, Oyer 1998", "财年末效应,Oyer 1998"),
    "E11": Text("lump-sum bonuses, Steenburgh 2008", "一次性奖金,Steenburgh 2008"),
    "E12": Text("rank feedback to furniture sellers, Barankay 2012", "家具销售排名反馈,Barankay 2012"),
    "E13": Text("managers paid on output, Bandiera et al. 2007", "管理者按产出计酬,Bandiera 等 2007"),
    "E14": Text("promotion by merit, Deserranno et al. 2025", "择优晋升,Deserranno 等 2025"),
    "E15": Text("monthly reviews in stores, Manthei et al. 2023", "门店月度面谈,Manthei 等 2023"),
    "E16": Text("a one-week course, De Grip and Sauermann 2012", "一周培训,De Grip 与 Sauermann 2012"),
    "E17": Text("forced distribution in the lab, Berger et al. 2013", "强制分布实验,Berger 等 2013"),
    "E18": Text("merchandise replaced by cash, Viswanathan et al. 2018", "实物奖改现金,Viswanathan 等 2018"),
    "E20": Text("selling-effort elasticities, Albers et al. 2010", "销售投入弹性,Albers 等 2010"),
    "E21": Text("unannounced recognition, Bradler et al. 2016", "公开表扬,Bradler 等 2016"),
    "E22": Text("six-week store contests, Delfgaauw et al.", "六周门店竞赛,Delfgaauw 等"),
    "E23": Text("masked evaluators, de Janvry et al. 2023", "隐去评价人,de Janvry 等 2023"),
    "E24": Text("a bench of replacements, Boichuk et al. 2019", "替补席制度,Boichuk 等 2019"),
    "E25": Text("bonus frames and gifts, Chung and Narayandas 2017", "奖金框架与礼品,Chung 与 Narayandas 2017"),
    "E26": Text("time use of sales staff, Proudfoot", "销售人员时间利用,Proudfoot"),
    "E29": Text("managers' tables of effort and sales, Lodish and others", "管理者的投入产出判断表,Lodish 等"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRange:
    """
    What studies cover of one setting.

    Attributes
    ----------
    low, high
        Range of a number, ends included; in shares of a month's base pay where `per_base_pay`.
    choices
        Words that were studied, for a setting that is no number.
    """

    lever: str
    setting: str
    studies: tuple[str, ...]
    basis: Basis
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    per_base_pay: bool = False

    def covers(self, value: object, *, base_pay: float) -> bool:
        """True when the value lies inside."""
        if self.choices or isinstance(value, str):
            return str(value) in self.choices
        number = float(str(value)) / (base_pay if self.per_base_pay else 1.0)
        return self.low - _TOLERANCE <= number <= self.high + _TOLERANCE

    def shown(self, lang: Lang) -> str:
        """The range in words."""
        if self.choices:
            return ", ".join(self.choices) if lang == "en" else "、".join(self.choices)
        if self.low == self.high:
            return f"{self.low:g}"
        joint = " to " if lang == "en" else " 至 "
        words = f"{self.low:g}{joint}{self.high:g}"
        if not self.per_base_pay:
            return words
        return f"{words} of a month's base pay" if lang == "en" else f"月基本工资的 {words}"


def _range(lever: str, setting: str, low: float, high: float, basis: Basis, *studies: str) -> EvidenceRange:
    return EvidenceRange(lever=lever, setting=setting, low=low, high=high, basis=basis, studies=studies)


def _money(lever: str, setting: str, high: float, *studies: str) -> EvidenceRange:
    """Sums of money, as shares of a month's base pay."""
    return EvidenceRange(lever=lever, setting=setting, high=high, basis="mirrored", studies=studies, per_base_pay=True)


def _words(lever: str, setting: str, choices: tuple[str, ...], *studies: str) -> EvidenceRange:
    return EvidenceRange(lever=lever, setting=setting, choices=choices, basis="reported", studies=studies)


RANGES: tuple[EvidenceRange, ...] = (
    _range("egalitarian_pool", "pool_share", 0.0, 0.6, "mirrored", "E1", "E6", "E7", "E17"),
    _range("egalitarian_pool", "egalitarian_share", 0.0, 0.8, "mirrored", "E17", "E23"),
    _range("commission", "share", 0.0, 1.0, "mirrored", "E1", "E7"),
    _range("commission", "floor", 0.0, 0.8, "mirrored", "E7"),
    _range("commission", "cap", 1.33, 5.0, "mirrored", "E7", "E1"),
    _range("commission", "replaces_fixed", 0.0, 1.0, "reported", "E1"),
    _range("commission", "guarantee_share", 0.0, 1.0, "reported", "E1"),
    _range("bonus", "share", 0.0, 0.3, "mirrored", "E6", "E8", "E10", "E11", "E25"),
    _range("bonus", "threshold", 1.0, 1.0, "mirrored", "E6", "E8", "E10"),
    _range("bonus", "over_share", 0.0, 0.6, "mirrored", "E6", "E8"),
    _range("bonus", "period_months", 1.0, 12.0, "reported", "E6", "E8", "E10"),
    _words("bonus", "frame", ("gain", "penalty"), "E25"),
    _range("activity_pay", "visits_share", 0.0, 0.35, "mirrored", "E9"),
    _range("activity_pay", "reports_share", 0.0, 0.1, "mirrored", "E9"),
    _range("activity_pay", "supervisor_share", 0.0, 0.6, "mirrored", "E9"),
    _range("noncash", "share", 0.0, 0.2, "mirrored", "E18"),
    _range("outcome_weight", "normal", 0.3, 0.75, "mirrored", "E23"),
    _range("evaluators", "bias", 0.05, 0.3, "mirrored", "E23"),
    _range("evaluators", "masked", 0.0, 1.0, "reported", "E23"),
    _range("evaluators", "inspection", 0.1, 0.3, "mirrored", "E23"),
    _range("evaluators", "service_centre", 0.1, 0.3, "mirrored", "E23"),
    _range("evaluators", "head", 0.4, 0.8, "mirrored", "E23"),
    _range("ladder", "meritocracy", 0.0, 1.0, "reported", "E14"),
    _range("ladder", "forced_distribution", 0.0, 1.0, "reported", "E17"),
    _range("ladder", "bottom_elimination", 0.0, 0.05, "mirrored", "E24"),
    _range("ladder", "bench", 0.0, 1.0, "reported", "E24"),
    _range("team_award", "period_months", 1.0, 1.0, "mirrored", "E22"),
    _money("team_award", "prize_per_member", 0.024, "E22"),
    _range("team_award", "individual", 0.0, 1.0, "reported", "E21"),
    _range("mentoring", "pairs_share", 0.0, 0.5, "reported", "E3"),
    _words("mentoring", "rule", ("random",), "E3"),
    _range("mentoring", "hours_per_week", 0.0, 2.0, "mirrored", "E3"),
    _range("mentoring", "max_renewals", 0.0, 0.0, "reported", "E3"),
    _range("training", "days_per_year", 0.0, 5.0, "reported", "E16"),
    _range("review", "goal_talk", 0.0, 1.0, "reported", "E15"),
    _range("review", "hours_per_month", 0.0, 1.0, "mirrored", "E15"),
    _range("review", "rank_feedback", 0.0, 1.0, "reported", "E12"),
    _range("visit_rules", "frequency_factor", 0.9, 1.1, "reported", "E20"),
    _range("visit_rules", "frequency_factor", 0.25, 2.0, "judged", "E29"),
    _range("one_page_method", "admin_saving_share", 0.0, 0.36, "mirrored", "E26"),
    _range("one_page_method", "travel_saving_share", 0.0, 0.1, "mirrored", "E26"),
    _range("supervisor", "incentive_share", 0.0, 0.5, "mirrored", "E13"),
    _range("supervisor", "targeting", 0.0, 1.0, "mirrored", "E13"),
    _range("targets", "ratchet", 0.0, 0.5, "mirrored", "E7"),
    _range("targets", "team_share", 0.0, 1.0, "reported", "E6"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceWarning:
    """A setting, or several of one lever, that lies beyond what studies cover."""

    lever: str
    settings: tuple[str, ...]
    kind: Kind
    text: Text


def ranges_of(lever: str, setting: str) -> list[EvidenceRange]:
    """What studies cover of one setting, measured ranges first; empty where none does."""
    return [entry for entry in RANGES if (entry.lever, entry.setting) == (lever, setting)]


def outside_evidence(policy: PolicyRules, year: YearRules | None = None) -> tuple[EvidenceWarning, ...]:
    """
    Settings of a policy that no study covers, lever by lever; none for a policy that changes nothing.

    Notes
    -----
    A lever counts where it acts: some setting of its own differs from the ordinary one, at a strength above 0, in the
    horizon, for somebody. Of such a lever every setting that a study varied is looked at, set or left as it is; one
    that no study varied only where it is set. Numbers count as they act: default + strength x (setting - default).
    """
    year = year or YearRules()
    found: list[EvidenceWarning] = []
    for name in LEVERS:
        lever = policy.lever(name)
        if name in WHAT_IFS or not _acts(lever, year):
            continue
        found += _of_lever(name, lever, year)
    return tuple(found)


def standing_note(year: YearRules) -> Text:
    """What a reader of every policy report must know about the size of effects in this year."""
    if year.supply_limited:
        return Text(
            f"Goods are allocated in this year: sales can rise by {100 * year.max_uplift:.0f} % at most, and 1 % more "
            f"selling effort brings {year.demand_elasticity:g} % more sales in the long run. Most published effects "
            "(E1, E13, E14 above all) come from trades where demand was free; expect smaller ones here than they "
            "report, and read intervals as what the model says, not as a forecast.",
            f"本年度为配额供货:销售最多增加 {100 * year.max_uplift:.0f} %,销售投入增加 1 % 长期带来 "
            f"{year.demand_elasticity:g} % 的销售。已发表的效果(尤其 E1、E13、E14)多来自需求自由的行业;"
            "此处的效果应小于其报告值。区间表示模型的结论,而非预测。",
        )
    return Text(
        f"Goods are not allocated in this year, and 1 % more selling effort brings {year.demand_elasticity:g} % more "
        "sales in the long run, as in the studies with free demand. For a wholesaler whose goods are allocated these "
        "effects are upper limits.",
        f"本年度供货不受限,销售投入增加 1 % 长期带来 {year.demand_elasticity:g} % 的销售,与需求自由的研究相同。"
        "对配额供货的批发企业,这些效果只是上限。",
    )


def _acts(lever: Lever, year: YearRules) -> bool:
    return (
        lever.strength > 0
        and lever.covered_share > 0
        and bool(lever.grades)
        and lever.start_month <= year.horizon_months
        and bool(_changed(lever))
    )


def _changed(lever: Lever) -> list[str]:
    """The lever's own settings that differ from the ordinary ones, costs left out."""
    ordinary = type(lever)()
    return [
        name
        for name in type(lever).model_fields
        if name not in COMMON_SETTINGS
        and not name.startswith("cost_")
        and getattr(lever, name) != getattr(ordinary, name)
    ]


def _of_lever(name: str, lever: Lever, year: YearRules) -> list[EvidenceWarning]:
    changed = _changed(lever)
    found: dict[Kind, list[str]] = {"outside": [], "judged": [], "unstudied": []}
    for setting in type(lever).model_fields:
        ranges = ranges_of(name, setting)
        if not ranges:
            if setting in changed:
                found["unstudied"].append(setting)
            continue
        value = _acting(lever, setting)
        covering = [entry for entry in ranges if entry.covers(value, base_pay=year.base_pay_per_month)]
        if not covering:
            found["outside"].append(setting)
        elif all(entry.basis == "judged" for entry in covering):
            found["judged"].append(setting)
    said = {"outside": _outside, "judged": _judged, "unstudied": _unstudied}
    return [
        EvidenceWarning(lever=name, settings=tuple(settings), kind=kind, text=said[kind](name, lever, settings))
        for kind, settings in found.items()
        if settings
    ]


def _acting(lever: Lever, setting: str) -> object:
    value = getattr(lever, setting)
    if setting not in numeric_settings(type(lever)):
        return value
    ordinary = float(getattr(type(lever)(), setting))
    return ordinary + lever.strength * (float(value) - ordinary)


def _shown(lever: Lever, setting: str) -> str:
    value = _acting(lever, setting)
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _outside(name: str, lever: Lever, settings: Sequence[str]) -> Text:
    parts: dict[Lang, list[str]] = {"en": [], "zh": []}
    studies: list[str] = []
    for setting in settings:
        measured = ranges_of(name, setting)[0]
        studies += [study for study in measured.studies if study not in studies]
        parts["en"].append(f"{setting} = {_shown(lever, setting)} (covered: {measured.shown('en')})")
        parts["zh"].append(f"{setting} = {_shown(lever, setting)}(覆盖范围:{measured.shown('zh')})")
    return Text(
        f"{name}: {', '.join(parts['en'])}. Beyond what the studies had; the model extrapolates "
        f"({_cited(studies, 'en')}).",
        f"{name}:{'、'.join(parts['zh'])}。超出研究范围,模型为外推({_cited(studies, 'zh')})。",
    )


def _judged(name: str, lever: Lever, settings: Sequence[str]) -> Text:
    setting = settings[0]
    ranges = ranges_of(name, setting)
    measured = next(entry for entry in ranges if entry.basis != "judged")
    judged = next(entry for entry in ranges if entry.basis == "judged")
    here = f"{name}: {setting} = {_shown(lever, setting)}."
    return Text(
        f"{here} Measured only for {measured.shown('en')} ({_cited(measured.studies, 'en')}); beyond that it rests on "
        f"judgement ({_cited(judged.studies, 'en')}).",
        f"{name}:{setting} = {_shown(lever, setting)}。仅在 {measured.shown('zh')} 内有实测"
        f"({_cited(measured.studies, 'zh')});超出部分依据判断({_cited(judged.studies, 'zh')})。",
    )


def _unstudied(name: str, lever: Lever, settings: Sequence[str]) -> Text:
    names = ", ".join(f"{setting} = {_shown(lever, setting)}" for setting in settings)
    return Text(
        f"{name}: {names}. No study that the model is checked against varied this; the effect is an assumption.",
        f"{name}:{names.replace(', ', '、')}。用于检验模型的研究均未改变过该设置,其效果为假设。",
    )


def _cited(studies: Sequence[str], lang: Lang) -> str:
    joint = "; " if lang == "en" else ";"
    return joint.join(f"{study} {STUDIES[study].in_(lang)}" for study in studies)

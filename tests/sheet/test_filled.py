import dataclasses
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territory.domain.records import VisitOutcome
from territory.sheet import week_sheet
from territory.sheet.boxes import Entry
from territory.sheet.filled import understood
from territory.sheet.filled_words import FAULTS
from territory.sheet.form import sheet_form
from territory.sheet.typed import CLOSED_WORDS, DONE_WORDS, OUTCOME_WORDS, TICK_WORDS, date_of, number_of, word_of
from tests.sheet.filling import carrying, consistent, expected, filled, full_values, some_values
from tests.sheet.town import town

MONDAY = dt.date(2026, 11, 30)
_TOWN = town(visits_per_day=3)
CONTENT = carrying(week_sheet(_TOWN.scenario, _TOWN.assignment, _TOWN.plan, rep_idx=3, week=0))
FORM = sheet_form(CONTENT)
VISIT = f"visit.{CONTENT.days[0].date}.1"


def read(values, form=FORM):
    return understood(filled(form, values))


def codes(found):
    return [issue.code for issue in found.issues]


def with_entries(*entries, drop=(), values=None):
    form = filled(FORM, values or {"work": "x"})
    kept = [entry for entry in form.entries if entry.key not in drop]
    return understood(dataclasses.replace(form, entries=(*kept, *entries)))


def test_a_full_form_comes_back_complete():
    values = consistent(full_values(FORM))
    found = read(values)
    assert found.record == expected(FORM, values)
    assert found.issues == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_whatever_is_filled_in_comes_back(data):
    values = data.draw(some_values(FORM))
    found = read(values)
    if any(values.values()):
        assert found.record == expected(FORM, values)
        assert found.issues == ()
    else:
        assert found.record is None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_no_entry_is_lost_whatever_people_type(data):
    """Each filled box shows in the record or is told, with its text."""
    keys = [field.key for field in FORM.fields if not field.printed]
    chosen = data.draw(st.lists(st.sampled_from(keys), min_size=1, max_size=12, unique=True))
    typed = {key: data.draw(st.text(min_size=1, max_size=6)) + f"§{n}" for n, key in enumerate(chosen)}
    found = read(typed)
    told = [issue.value for issue in found.issues if issue.value]
    shown = repr(found.record)
    for text in typed.values():
        assert text in told or repr(text.strip())[1:-1] in shown


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("完成", "done"),
        (" 完 成 ", "done"),
        ("√", "done"),
        ("YES", "done"),
        ("ｏｋ", "done"),
        ("完成 Done", "done"),
        ("未完成", "missed"),
        ("未访 Missed", "missed"),
        ("×", "missed"),
        ("x", "missed"),
        ("no.", "missed"),
        ("关门", "closed"),
        ("Closed", "closed"),
    ],
)
def test_outcomes_as_people_write_them(text, meant):
    record = read({f"{VISIT}.outcome": text}).record
    assert record is not None
    assert record.visits[0].outcome == meant


def test_an_english_x_may_mean_either_and_is_asked_back():
    english = sheet_form(CONTENT, lang="en")
    found = read({f"{VISIT}.outcome": "x", "work": "w"}, english)
    assert codes(found) == ["sheet_ambiguous_mark"]
    assert found.record is not None
    assert found.record.visits == ()
    ticked = read({"channel.customers.tick.ideas": "x"}, english).record
    assert ticked is not None
    assert ticked.channel[0].ticks == ("ideas",)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("318,014", "CNY/元", 318014),
        ("３１８，０１４ 元", "CNY/元", 318014),
        ("31.8万", "CNY/元", 318000),
        ("31.8 万元", "CNY/元", 318000),
        ("31.8", "10k CNY/万元", 31.8),
        ("6.5 小时", "hours/小时", 6.5),
        ("-0.5", "", -0.5),
        ("31.8万", "10k CNY/万元", None),
        ("6.5 小时", "CNY/元", None),
        ("1,2", "", None),
        ("about 5", "", None),
        ("1e999", "", None),
        ("٣", "", 3),
    ],
)
def test_numbers_as_people_write_them(text, unit, number):
    assert number_of(text, unit) == number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-02", 2),
        ("２０２６年１２月２日", 2),
        ("2026/12/2 00:00:00", 2),
        ("20261202", 2),
        ("12-02", 2),
        ("12.2", 2),
        ("12月2号", 2),
        ("2日", 2),
        ("周三", 2),
        ("星期三", 2),
        ("Wednesday", 2),
        ("周三 Wed 12-02", 2),
        ("46358", 2),
        ("周四 12-02", None),
        ("2026-02-30", None),
        ("soon", None),
    ],
)
def test_days_as_people_write_them(text, day):
    assert date_of(text, MONDAY) == (None if day is None else dt.date(2026, 12, day))


def test_a_day_without_a_year_is_the_nearest_one():
    assert date_of("1-4", dt.date(2026, 12, 28)) == dt.date(2027, 1, 4)
    assert date_of("12-30", dt.date(2027, 1, 4)) == dt.date(2026, 12, 30)


@pytest.mark.parametrize("known", [OUTCOME_WORDS, DONE_WORDS, CLOSED_WORDS, TICK_WORDS])
def test_no_word_means_two_things(known):
    words = [word for some in known.values() for word in some.split()]
    assert len(words) == len(set(words))
    assert all(word_of(word, known, lang="zh") is not None for word in words)


def test_a_day_says_that_the_visit_was_made():
    for outcome, code in (("missed", "sheet_made_after_all"), ("", "sheet_made_without_outcome")):
        found = read({f"{VISIT}.outcome": outcome, f"{VISIT}.made_on": "周三"})
        assert codes(found) == [code]
        assert found.record is not None
        assert found.record.visits[0].outcome is VisitOutcome.DONE
        assert found.record.visits[0].made_on == dt.date(2026, 12, 2)


def test_every_fault_is_found_where_it_is_planted_and_nothing_else():
    """One fault in a form that is else in order gives exactly that issue."""
    planted = {
        "sheet_schema": lambda: _head(schema="territory/sheet@9"),
        "sheet_head": lambda: _head(sheet_id="R01 2026-W49"),
        "sheet_empty": lambda: read({}),
        "sheet_rows_missing": lambda: with_entries(drop={"worst_gap", "extra.1.note"}),
        "sheet_printed_changed": lambda: with_entries(
            Entry(key=f"{VISIT}.outlet", text="999", is_fixed=True), drop={f"{VISIT}.outlet"}
        ),
        "sheet_twice": lambda: with_entries(Entry(key="work", text="y")),
        "sheet_unknown_place": lambda: with_entries(Entry(key="nowhere", text="y"), drop={"worst_gap"}),
        "sheet_not_a_number": lambda: read({"goal.visits.actual": "many"}),
        "sheet_not_a_choice": lambda: read({f"{VISIT}.outcome": "maybe"}),
        "sheet_ambiguous_mark": lambda: read({f"{VISIT}.outcome": "x"}, sheet_form(CONTENT, lang="en")),
        "sheet_not_a_date": lambda: read({f"{VISIT}.outcome": "done", f"{VISIT}.made_on": "soon"}),
        "sheet_far_date": lambda: read({f"{VISIT}.outcome": "done", f"{VISIT}.made_on": "2025-12-02"}),
        "sheet_made_after_all": lambda: read({f"{VISIT}.outcome": "closed", f"{VISIT}.made_on": "周五"}),
        "sheet_made_without_outcome": lambda: read({f"{VISIT}.made_on": "周五"}),
        "sheet_note_alone": lambda: read({f"{VISIT}.note": "hm"}),
        "sheet_extra_incomplete": lambda: read({"extra.2.outlet": "00123"}),
        "sheet_line_incomplete": lambda: read({"problem.1.measure": "call"}),
    }
    assert set(planted) == set(FAULTS)
    for code, plant in planted.items():
        found = plant()
        wanted = [code, "sheet_printed_changed"] if code == "sheet_unknown_place" else [code]
        assert sorted(codes(found)) == sorted(wanted), code
        assert all(issue.problem.en and issue.problem.zh and "{" not in issue.line("zh") for issue in found.issues)


def _head(**changes):
    form = filled(FORM, {"work": "x"})
    return understood(dataclasses.replace(form, head={**form.head, **changes}))


@pytest.mark.parametrize("head", [{"iso_week": "2026-W60"}, {"iso_week": ""}, {"rep_id": ""}, {"schema": ""}])
def test_a_head_without_owner_or_week_is_refused(head):
    found = _head(**head)
    assert found.record is None
    assert len(found.issues) == 1


def test_a_form_that_says_less_of_itself_is_still_read():
    found = _head(plan_id="", lang="", form="", num_fields="many")
    assert found.record is not None
    assert found.record.work == "x"
    assert codes(found) == ["sheet_printed_changed"]


def test_all_problems_are_told_at_once():
    found = read({"goal.visits.actual": "many", f"{VISIT}.outcome": "maybe", "extra.1.date": "soon", "work": "done"})
    assert codes(found) == ["sheet_not_a_number", "sheet_not_a_choice", "sheet_extra_incomplete"]
    assert found.record is not None
    assert found.record.work == "done"

import dataclasses

import pytest

from territory.language import Text
from territory.sheet import week_sheet
from territory.sheet.form import FieldKind, form_fields, sheet_form
from territory.sheet.words import CHANNEL_TICKS
from tests.sheet.filling import carrying
from tests.sheet.town import town


@pytest.fixture(scope="module")
def content():
    case = town(visits_per_day=3)
    return week_sheet(case.scenario, case.assignment, case.plan, rep_idx=3, week=0, plan_id="abc")


def test_every_place_has_one_key_and_words_in_both_languages(content):
    fields = form_fields(content)
    assert len({field.key for field in fields}) == len(fields)
    for field in fields:
        assert field.label.en
        assert field.label.zh
        assert field.short.zh
        assert all(choice.label.en and choice.label.zh for choice in field.choices)
        assert (field.printed != "") == (field.kind is FieldKind.FIXED)


def test_every_visit_can_be_marked_moved_and_noted(content):
    keys = {field.key for field in form_fields(content)}
    for day in content.days:
        for visit in day.visits:
            root = f"visit.{day.date}.{visit.order}"
            assert {f"{root}.{part}" for part in ("outlet", "outcome", "made_on", "note")} <= keys


def test_what_the_sheet_leaves_blank_is_a_place_to_fill_in(content):
    form = sheet_form(carrying(content))
    assert form.by_key["goal.sales.goal"].kind is FieldKind.NUMBER
    assert form.by_key["task.3.rule"].printed == content.tasks[2].rule
    assert form.by_key["task.4.what"].kind is FieldKind.TEXT
    assert form.by_key["carried.2.text"].printed == "007"
    assert "carried.3.text" not in form.by_key
    assert sheet_form(content).by_key["carried.1.text"].kind is FieldKind.TEXT


def test_the_digest_changes_with_what_is_printed_and_with_nothing_else(content):
    first = sheet_form(content).head.form
    assert sheet_form(content, lang="en").head.form == first
    assert sheet_form(dataclasses.replace(content, rep_name="another")).head.form == first
    day = content.days[0]
    other = dataclasses.replace(day.visits[0], outlet_id="another")
    days = (dataclasses.replace(day, visits=(other, *day.visits[1:])), *content.days[1:])
    assert sheet_form(dataclasses.replace(content, days=days)).head.form != first


def test_a_managers_own_words_keep_the_keys(content):
    own = (Text("Prices", "价格异常"), *CHANNEL_TICKS[1:])
    form = sheet_form(dataclasses.replace(content, channel_ticks=own))
    assert form.by_key["channel.monopoly.tick.market"].short == own[0]
    assert set(form.by_key) == set(sheet_form(content).by_key)

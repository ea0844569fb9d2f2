import base64
import dataclasses
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

import territory.report.html as html_module
from territory.language import Text
from territory.report.data import Headline, MovedTable, OutletTable, ReportData, RepTable, RouteTable
from territory.report.html import report_html, write_report
from territory.report.payload import DEGREE_STEPS, payload
from tests.report.example import example_report, measure

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page(HTMLParser):
    """Tags with their attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.bodies: list[tuple[str, str]] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside:
            self.bodies.append((self._inside, data))


def unpacked(text: str) -> dict:
    found = re.search(r'<script id="data" type="text/plain">([^<]*)</script>', text)
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


def renamed(data: ReportData, name: str) -> ReportData:
    outlets = dataclasses.replace(data.outlets, names=(name,) * len(data.outlets.names))
    reps = dataclasses.replace(data.reps, names=(name,) * len(data.reps.names))
    return dataclasses.replace(data, scenario=name, outlets=outlets, reps=reps)


HOSTILE = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>{{DATA}}&amp;"


def test_the_page_asks_for_nothing_outside_itself(report):
    page = Page(report_html(report, "en"))
    for tag, attributes in page.tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form")
        assert not {"src", "href", "action", "srcset"} & set(attributes), tag
        assert not [name for name in attributes if name.startswith("on")]
    styles = "".join(body for tag, body in page.bodies if tag == "style")
    assert "@import" not in styles
    assert not re.search(r"url\((?!['\"]?(data:|#))", styles)


def test_the_content_policy_forbids_connections_and_names_every_script_and_style(report):
    page = Page(report_html(report, "en"))
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["connect-src"] == rules["form-action"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy
    for tag, body in page.bodies:
        if re.fullmatch(r"[A-Za-z0-9+/=]*", body.strip()):
            continue  # the packed data: not a script
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules[f"{tag}-src"]


def test_a_hostile_name_stays_text(report):
    plain, hostile = Page(report_html(report, "en")), Page(report_html(renamed(report, HOSTILE), "en"))
    assert [tag for tag, _ in plain.tags] == [tag for tag, _ in hostile.tags]
    assert unpacked(report_html(renamed(report, HOSTILE), "en"))["outlets"]["name"][0] == HOSTILE


def test_the_script_never_writes_markup():
    folder = resources.files("territory.report").joinpath("page")
    for script in folder.iterdir():
        if script.name.endswith(".js"):
            text = script.read_text(encoding="utf-8")
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", text)
            assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|sendBeacon|importScripts)\b", text)


def test_the_same_data_give_the_same_bytes(report):
    assert report_html(report, "zh") == report_html(example_report(), "zh")


def test_the_packed_data_are_the_data(report):
    data = unpacked(report_html(report, "en"))
    assert data == json.loads(json.dumps(payload(report, "en")))
    outlets = report.outlets
    assert np.allclose(np.array(data["outlets"]["lat"]) / DEGREE_STEPS, outlets.lat, atol=0.51 / DEGREE_STEPS)
    assert np.allclose(np.array(data["outlets"]["lon"]) / DEGREE_STEPS, outlets.lon, atol=0.51 / DEGREE_STEPS)
    assert data["outlets"]["before"] == outlets.rep_before.tolist()
    assert data["outlets"]["after"] == outlets.rep_after.tolist()
    assert [row["difference"] for row in data["policies"]["rows"]] == [row.difference for row in report.policies.rows]
    assert data["routes"]["outlet"] == report.routes.outlet_idx.tolist()


def test_a_policy_difference_is_decided_only_when_its_interval_leaves_out_zero(report):
    shown = {
        (row["policy"][0], row["measure"]["name"]): row["decided"] for row in payload(report, "en")["policies"]["rows"]
    }
    assert shown["Anti-gaming audit", "sales"] is False
    assert shown["Mentoring pairs", "dumped"] is False
    assert shown["More commission", "sales"] is True


def test_numbers_without_a_value_become_dashes_not_errors(report):
    broken = Headline(measure=measure("x", float("nan"), "%", "up", "x", "x"), before=float("inf"))
    data = payload(dataclasses.replace(report, headlines=(broken,)), "en")
    assert data["headlines"][0]["measure"]["value"] is None
    assert data["headlines"][0]["before"] is None


def test_without_a_moved_table_every_changed_outlet_is_listed_by_sales(report):
    data = dataclasses.replace(report, moved=None)
    found = data.moved_outlets().outlet_idx
    changed = np.flatnonzero(report.outlets.rep_before != report.outlets.rep_after)
    assert sorted(found.tolist()) == changed.tolist()
    assert (np.diff(report.outlets.sales_per_week[found]) <= 0).all()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_language_is_where_the_page_opens(tmp_path, report, lang):
    path = write_report(report, tmp_path, lang)
    assert path == tmp_path / "report.html"
    text = path.read_text(encoding="utf-8")
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in text
    assert unpacked(text)["lang"] == lang


def test_a_named_file_is_written_where_it_is_named(tmp_path, report):
    assert write_report(report, tmp_path / "a" / "b.html", "en") == tmp_path / "a" / "b.html"


def test_vendored_files_are_the_published_ones():
    folder = resources.files("territory.report").joinpath("vendor")
    lines = folder.joinpath("SHA256SUMS").read_text(encoding="utf-8").split("\n")
    listed = dict(reversed(line.split("  ")) for line in lines if line)
    assert set(listed) == {"leaflet.js", "leaflet.css", "LEAFLET-LICENSE"}
    for name, digest in listed.items():
        assert hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() == digest


def test_columns_of_different_length_are_refused(report):
    with pytest.raises(ValueError, match="OutletTable"):
        dataclasses.replace(report.outlets, names=report.outlets.names[:-1])
    with pytest.raises(ValueError, match="RouteTable"):
        dataclasses.replace(report.routes, day=report.routes.day[:-1])
    with pytest.raises(ValueError, match="reason"):
        dataclasses.replace(report.moved, outlet_idx=report.moved.outlet_idx[:-1])


def bare() -> ReportData:
    """Nothing but the least: no outlets, one rep, no plan, no policies."""
    none, zero = np.zeros(0), np.zeros(0, dtype=np.int64)
    outlets = OutletTable(
        ids=(), names=(), lat=none, lon=none, tier=(), area=(), sales_per_week=none, workload_min=none,
        rep_before=zero, rep_after=zero,
    )  # fmt: skip
    reps = RepTable(
        ids=("R1",), names=("",), team=("",), lat=np.array([34.0]), lon=np.array([113.0]), target_min=np.zeros(1)
    )
    return dataclasses.replace(
        example_report(), headlines=(), outlets=outlets, reps=reps, measures_before=(), measures_after=(), routes=None,
        unplaced=None, moved=MovedTable(outlet_idx=zero), policies=None, standings=(), run_card=(),
    )  # fmt: skip


def in_browser(path: Path, tmp_path: Path, lang: str) -> str:
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
        f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=4000", "--window-size=1300,2000",
        "--dump-dom", path.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=True, env={**os.environ, "LANG": "C.UTF-8"}
    )
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not complaints, complaints
    assert 'data-ready="yes"' in done.stdout
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("case", ["ordinary", "hostile", "bare", "no_plan"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_browser_draws_the_page_without_a_complaint(tmp_path, report, case, lang):
    empty = np.zeros(0, dtype=np.int64)
    no_stops = RouteTable(**{field.name: empty for field in dataclasses.fields(RouteTable)})
    data = {
        "ordinary": report,
        "hostile": renamed(report, HOSTILE),
        "bare": bare(),
        "no_plan": dataclasses.replace(report, routes=no_stops, unplaced=None),
    }[case]
    dom = in_browser(write_report(data, tmp_path, lang), tmp_path, lang)
    assert "<title>taken</title>" not in dom
    assert dom.count("<canvas") == (3 if case in ("ordinary", "hostile") else 2)
    if case == "ordinary":
        assert ("现状" if lang == "zh" else "Today") in dom
        assert ("未显示差异" if lang == "zh" else "no difference shown") in dom
        assert dom.count('class="order"') >= 8
        assert f"{Text('Seed', '种子').in_(lang)}" in dom


EXERCISE = """
const exercise = () => {
  const every = (selector) => [...document.querySelectorAll(selector)];
  liveMaps.forEach((map) => {
    const target = World.x.length ? L.latLng(DATA.outlets.lat[0] / 1e5, DATA.outlets.lon[0] / 1e5) : map.getCenter();
    map.setView(target, map.getZoom() + 1, { animate: false });
    const containerPoint = map.latLngToContainerPoint(target);
    map.fire("mousemove", { containerPoint, latlng: target });
    map.fire("click", { containerPoint, latlng: target });
  });
  const tips = every(".tip").filter((tip) => !tip.hidden).map((tip) => tip.textContent).join("|");
  every("th button").forEach((button) => button.click());
  every(".reps tbody tr")[1].click();
  every(".legend .key")[2].click();
  every(".toolbar button").forEach((_, i) => every(".toolbar button")[i].click());
  every(".toolbar input").forEach((input) => input.click());
  every(".calendar button:not(:disabled)").forEach((_, i) => every(".calendar button:not(:disabled)")[i].click());
  const select = document.querySelector(".picker select");
  select.value = "3";
  select.dispatchEvent(new Event("change"));
  every(".more button").forEach((button) => button.click());
  window.dispatchEvent(new Event("beforeprint"));
  window.dispatchEvent(new Event("afterprint"));
  every(".tools .segmented button")[1].click();
  document.documentElement.dataset.tips = tips;
};
begin().then(() => { exercise(); document.documentElement.dataset.exercised = "yes"; });
"""


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_every_control_works_without_a_complaint(tmp_path, report, monkeypatch):
    real = html_module._asset

    def exercised(name: str) -> str:
        text = real(name)
        return re.sub(r"begin\(\);\s*$", lambda _: EXERCISE, text) if name == "page/main.js" else text

    monkeypatch.setattr(html_module, "_asset", exercised)
    dom = in_browser(write_report(report, tmp_path, "en"), tmp_path, "en")
    assert 'data-exercised="yes"' in dom
    assert '<html lang="zh-CN"' in dom
    tips = re.search(r'data-tips="([^"]*)"', dom)[1].split("|")
    assert len(tips) == 3
    assert all(report.outlets.names[0] in tip and report.outlets.ids[0] in tip for tip in tips)

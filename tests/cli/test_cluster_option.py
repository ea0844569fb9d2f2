"""`--cluster ADDRESS`: the same files as on this machine, and one sentence when there is no cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_verbs import call

pytest.importorskip("distributed", reason="dask.distributed is not installed (extra `cluster`)")


def test_visits_on_a_cluster_are_those_of_one_process(
    capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path
) -> None:
    from distributed import LocalCluster

    assert call(capsys, "visits", str(tables), "--out", str(tmp_path / "here"), "--quiet", "--workers", "1")[0] == 0
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        words = ("--quiet", "--cluster", cluster.scheduler_address)
        assert call(capsys, "visits", str(tables), "--out", str(tmp_path / "away"), *words)[0] == 0
    here, away = (tmp_path / name / "visits.csv" for name in ("here", "away"))
    assert here.read_bytes() == away.read_bytes()


@pytest.mark.parametrize("verb", ["visits", "run"])
@pytest.mark.parametrize(("lang", "word"), [("en", "no Dask scheduler answers"), ("zh", "没有 Dask 调度器响应")])
def test_an_address_where_nobody_answers_is_a_usage_error(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tables: Path,
    tmp_path: Path,
    verb: str,
    lang: str,
    word: str,
) -> None:
    from territory import cluster

    monkeypatch.setattr(cluster.cluster_executor, "__kwdefaults__", {"connect_s": 0.5})
    words = ("--out", str(tmp_path / "o"), "--cluster", "tcp://127.0.0.1:9", "--quiet", "--lang", lang)
    code, _, err = call(capsys, verb, str(tables), *words)
    assert code == 2
    assert word in err
    assert len(err.strip().splitlines()) == 1

"""Tables, and a plan of them, as a user's commands make them."""

from __future__ import annotations

from pathlib import Path

import pytest

from territory.cli import main
from tests.recipes import small_recipe


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with plain tables, made by `territory prepare`."""
    folder = tmp_path_factory.mktemp("cli")
    with pytest.raises(SystemExit) as left:
        main(["prepare", str(small_recipe(folder / "recipe")), "--out", str(folder / "tables"), "--quiet"])
    assert not left.value.code
    return folder / "tables"


@pytest.fixture(scope="module")
def planned(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a split and a visit plan."""
    out = tmp_path_factory.mktemp("cli-out") / "plan"
    for arguments in (
        ["split", str(tables), "--out", str(out), "--quiet"],
        ["visits", str(tables), "--plan", str(out), "--quiet", "--workers", "1"],
    ):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert not left.value.code
    return out

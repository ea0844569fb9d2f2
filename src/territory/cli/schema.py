"""`territory schema`: the JSON Schema of scenario.toml."""

from __future__ import annotations

from territory.cli import common


def schema() -> None:
    """Print the JSON Schema of scenario.toml, for editors that complete and check it.

    输出 scenario.toml 的 JSON Schema,供编辑器补全与检查。
    """
    from territory.io import scenario_json_schema

    common.print_json(scenario_json_schema())

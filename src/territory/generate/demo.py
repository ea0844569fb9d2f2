"""Where the demo's recipe is: in the repository, or packed into the wheel."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from territory.errors import ConfigError
from territory.language import Text

_PACKED = "demo_scenario"


def demo_folder() -> Path:
    """
    The folder of the county recipe.

    Raises
    ------
    ConfigError
        When the installation is incomplete.
    """
    package = Path(str(resources.files("territory")))
    for folder in (package.parents[1] / "scenarios" / "county", package / _PACKED):
        if (folder / "scenario.toml").exists():
            return folder
    raise ConfigError(
        Text("the demo's recipe is missing from this installation; install again", "安装中缺少演示场景,请重新安装")
    )

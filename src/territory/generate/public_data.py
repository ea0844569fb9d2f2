"""Public data sets that are read from a folder the user names, never shipped."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from territory.errors import ConfigError
from territory.language import Text


def find_data(data: Path | None, *, name: str, files: tuple[str, ...], origin: Text) -> Path:
    """
    The folder with `files`: `data/name`, or `data` itself when the files are right there.

    Parameters
    ----------
    origin
        Where the public data come from, for the message.

    Raises
    ------
    ConfigError
        When no folder was named, or it lacks a file.
    """
    wanted_en = f"a folder {name} with {', '.join(files)}"
    wanted_zh = f"文件夹 {name},其中包含 {'、'.join(files)}"
    if data is None:
        raise ConfigError(
            Text(
                f"this scenario is made from public data that is not shipped: name the data folder (--data FOLDER) "
                f"that holds {wanted_en}. Source: {origin.en}",
                f"本场景由公开数据生成,数据不随程序提供:请用 --data 指定数据文件夹,其中应有{wanted_zh}。"
                f"来源:{origin.zh}",
            )
        )
    for folder in (data / name, data):
        if all((folder / file).is_file() for file in files):
            return folder
    nearest = data / name if (data / name).is_dir() else data
    missing = [file for file in files if not (nearest / file).is_file()]
    raise ConfigError(
        Text(
            f"{nearest} lacks {', '.join(missing)}; wanted is {wanted_en}. Source: {origin.en}",
            f"{nearest} 缺少 {'、'.join(missing)};需要{wanted_zh}。来源:{origin.zh}",
        )
    )


def read_public(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """
    Some columns of a CSV table; `columns` maps each name to its type ("str", "float64", "int64").

    Raises
    ------
    ConfigError
        When the table lacks a column, or a cell is not of the type.
    """
    try:
        return pd.read_csv(path, usecols=list(columns), dtype=columns, encoding="utf-8")
    except (ValueError, pd.errors.ParserError) as error:
        needed = ", ".join(columns)
        raise ConfigError(
            Text(
                f"{path.name} is not the expected table (columns {needed}): {error}",
                f"{path.name} 不是所需的表格(应有列 {needed}):{error}",
            )
        ) from None

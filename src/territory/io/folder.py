"""The files of a scenario folder: which file is which table, their bytes and content hashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from territory.io.headers import Headers
from territory.io.issues import IssueLog
from territory.io.scenario_file import ScenarioFile
from territory.io.tables import Table, read_table
from territory.standing import digest

_ENDINGS = (".csv", ".xlsx", ".xls")
_NEEDED = ("outlets", "reps")


@dataclass(frozen=True, slots=True)
class Folder:
    """
    A scenario folder while it is read; `hashes` and `files` fill up with what was looked at.

    Attributes
    ----------
    stored
        The files by name, where they are not on the disk (any more); `path` then only names the folder.
    """

    path: Path
    log: IssueLog
    hashes: dict[str, str] = field(default_factory=dict)
    files: dict[str, str | None] = field(default_factory=dict)
    stored: Mapping[str, bytes] | None = None

    def content(self, file: str) -> bytes | None:
        """The bytes of a file, or None and an issue when it cannot be read."""
        try:
            content = self._bytes(file)
        except OSError as error:
            code = "missing_file" if isinstance(error, FileNotFoundError) else "unreadable_file"
            self.log.add(code, file=file, wanted=file, reason=error.strerror or type(error).__name__)
            return None
        self.hashes[file] = digest(content)
        return content

    def _bytes(self, file: str) -> bytes:
        if self.stored is None:
            return (self.path / file).read_bytes()
        if file not in self.stored:
            raise FileNotFoundError(file)
        return self.stored[file]

    def _is_there(self, file: str) -> bool:
        return (self.path / file).is_file() if self.stored is None else file in self.stored

    def file_of(self, table: str, settings: ScenarioFile) -> str | None:
        """The file that holds a table: the one named in `[tables]`, else the one under its usual name."""
        if table not in self.files:
            self.files[table] = getattr(settings.tables, table) or self._usual_file_of(table)
        return self.files[table]

    def _usual_file_of(self, table: str) -> str | None:
        usual = [f"{table}.geojson"] if table == "barriers" else [f"{table}{ending}" for ending in _ENDINGS]
        found = [file for file in usual if self._is_there(file)]
        if len(found) > 1:
            self.log.add("ambiguous_file", file=found[0], found=", ".join(found))
        return found[0] if found else None

    def table(self, table: str, settings: ScenarioFile) -> Table | None:
        """A table as text, or None where the folder has none; a needed one that is missing is an issue."""
        file = self.file_of(table, settings)
        if file is None:
            if table in _NEEDED and settings.source is None:
                self.log.add("missing_file", file=f"{table}.csv", wanted=f"{table}.csv / {table}.xlsx")
            return None
        content = self.content(file)
        if content is None:
            return None
        return read_table(content, file=file, headers=Headers(table, settings.currency), log=self.log)

    def is_prepared(self, settings: ScenarioFile) -> bool:
        """True when the needed tables are there; a folder with `[source]` may not have them yet."""
        return all(self.file_of(table, settings) is not None for table in _NEEDED)

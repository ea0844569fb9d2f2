"""Where the sheet's Chinese font comes from, and which characters it has."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from territory.errors import ConfigError, MissingExtraError
from territory.language import Text
from territory.report.font_tables import FontTables

FONT_VARIABLE = "TERRITORY_FONT"
SYSTEM_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Serif CJK SC",
    "SimSun",
    "SimHei",
)
NO_GLYPH = "〓"


@dataclass(frozen=True, kw_only=True, eq=False)
class SheetFonts:
    """
    Attributes
    ----------
    book
        What the typesetter searches (`typst.Fonts`).
    families
        In the order a character is looked up.
    faces
        Character maps and widths of the families.
    """

    book: Any
    families: tuple[str, ...]
    faces: tuple[FontTables, ...]

    def has(self, character: str) -> bool:
        """True when a family can draw the character."""
        return any(face.glyph_of(ord(character)) for face in self.faces)

    def advance_em(self, character: str) -> float:
        """Width of a character as a share of the type size: of the mark for it where no family can draw it."""
        for face in self.faces:
            width = face.advance_em(ord(character))
            if width is not None:
                return width
        return 1.0

    def missing(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Characters of `texts` that no family can draw, in code point order; line breaks are not characters."""
        used = sorted(set().union(*texts) - {"\n"})
        return tuple(character for character in used if not self.has(character))


def sheet_fonts(path: Path | None = None) -> SheetFonts:
    """
    The font to print with: `path`, else the file in `TERRITORY_FONT`, else the font package, else the system's.

    Raises
    ------
    MissingExtraError
        When the typesetter is not installed, or no Chinese font is found anywhere.
    ConfigError
        When a named file is not a font.
    """
    typst = _typst()
    named = path or (Path(os.environ[FONT_VARIABLE]) if os.environ.get(FONT_VARIABLE) else None)
    if named is not None:
        return _from_file(typst, named)
    try:
        package = import_module("pylopdf_fonts_zh_cn")
    except ModuleNotFoundError:
        return _from_system(typst)
    sans, serif = Path(package.sans_path()), Path(package.serif_path())
    return SheetFonts(
        book=_book(typst, sans.parent),
        families=("Noto Sans SC", "Noto Serif SC"),
        faces=(FontTables.of(sans.read_bytes(), 0), FontTables.of(serif.read_bytes(), 0)),
    )


def _typst() -> Any:
    try:
        return import_module("typst")
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            Text(
                "printing sheets needs the typesetter: pip install typst pylopdf-fonts-zh-cn",
                "打印一张纸需要排版组件:pip install typst pylopdf-fonts-zh-cn",
            )
        ) from error


def _book(typst: Any, folder: Path) -> Any:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _from_file(typst: Any, path: Path) -> SheetFonts:
    book = _book(typst, path.parent)
    found = [font for font in book.fonts() if Path(font.path or "").name == path.name]
    if not found:
        raise ConfigError(Text(f"{path.name} is not a font file", f"{path.name} 不是字体文件"))
    font = _simplified_first(found)
    return SheetFonts(book=book, families=(font.family,), faces=(FontTables.of(path.read_bytes(), int(font.index)),))


def _from_system(typst: Any) -> SheetFonts:
    book = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    known = {font.family: font for font in book.fonts() if font.path and font.style == "normal"}
    family = next((name for name in SYSTEM_FAMILIES if name in known), None)
    if family is None:
        raise MissingExtraError(
            Text(
                f"no Chinese font found: pip install pylopdf-fonts-zh-cn, or name a font file in {FONT_VARIABLE}",
                f"未找到中文字体:pip install pylopdf-fonts-zh-cn,或用 {FONT_VARIABLE} 指定字体文件",
            )
        )
    font = known[family]
    data = Path(font.path).read_bytes()
    return SheetFonts(book=book, families=(family,), faces=(FontTables.of(data, int(font.index)),))


def _simplified_first(fonts: list[Any]) -> Any:
    """Of the faces in one collection file, the one for simplified Chinese."""
    return next((font for font in fonts if font.family.endswith(" SC")), fonts[0])

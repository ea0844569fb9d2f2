"""Where the sheet's Chinese font comes from, and which characters it has."""

from __future__ import annotations

import bisect
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from territory.errors import ConfigError, MissingExtraError
from territory.language import Text

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
    coverage
        Ranges of code points that some family has: first ones, last ones, both ascending and disjoint.
    """

    book: Any
    families: tuple[str, ...]
    coverage: tuple[tuple[int, ...], tuple[int, ...]]

    def has(self, character: str) -> bool:
        """True when a family can draw the character."""
        firsts, lasts = self.coverage
        position = bisect.bisect_right(firsts, ord(character)) - 1
        return position >= 0 and ord(character) <= lasts[position]

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
        coverage=_joined([*_ranges(sans.read_bytes(), 0), *_ranges(serif.read_bytes(), 0)]),
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
    return SheetFonts(book=book, families=(font.family,), coverage=_joined(_ranges(path.read_bytes(), int(font.index))))


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
    return SheetFonts(book=book, families=(family,), coverage=_joined(_ranges(data, int(font.index))))


def _simplified_first(fonts: list[Any]) -> Any:
    """Of the faces in one collection file, the one for simplified Chinese."""
    return next((font for font in fonts if font.family.endswith(" SC")), fonts[0])


def _joined(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last in sorted(ranges):
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return tuple(firsts), tuple(lasts)


def _ranges(data: bytes, face: int) -> list[tuple[int, int]]:
    """
    Code point ranges of a face's character map (OpenType `cmap`, formats 12 and 4).

    Raises
    ------
    ConfigError
        When the file has no such map.
    """
    start = 0
    if data[:4] == b"ttcf":
        start = struct.unpack_from(">I", data, 12 + 4 * face)[0]
    (num_tables,) = struct.unpack_from(">H", data, start + 4)
    tables = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0]
        for at in range(start + 12, start + 12 + 16 * num_tables, 16)
    }
    if b"cmap" in tables:
        cmap = tables[b"cmap"]
        (num_maps,) = struct.unpack_from(">H", data, cmap + 2)
        offsets = [struct.unpack_from(">I", data, cmap + 8 + 8 * i)[0] for i in range(num_maps)]
        by_format = {struct.unpack_from(">H", data, cmap + offset)[0]: cmap + offset for offset in offsets}
        if 12 in by_format:
            return _format_12(data, by_format[12])
        if 4 in by_format:
            return _format_4(data, by_format[4])
    raise ConfigError(Text("the font file has no usable character map", "字体文件没有可用的字符表"))


def _format_12(data: bytes, at: int) -> list[tuple[int, int]]:
    (num_groups,) = struct.unpack_from(">I", data, at + 12)
    groups = struct.iter_unpack(">III", data[at + 16 : at + 16 + 12 * num_groups])
    return [(first, last) for first, last, glyph in groups if glyph or last > first]


def _format_4(data: bytes, at: int) -> list[tuple[int, int]]:
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
    return [(first, last) for first, last in zip(starts, ends, strict=True) if first != 0xFFFF]

"""What a font file says about its characters: which it has, and how wide they are (OpenType cmap and hmtx)."""

from __future__ import annotations

import bisect
import struct
from dataclasses import dataclass

from territory.errors import ConfigError
from territory.language import Text


@dataclass(frozen=True, kw_only=True, eq=False)
class FontTables:
    """
    One face of a font file.

    Attributes
    ----------
    firsts, lasts, glyphs
        Ranges of code points, ascending and disjoint, and the glyph of each range's first one.
    """

    data: bytes
    firsts: tuple[int, ...]
    lasts: tuple[int, ...]
    glyphs: tuple[int, ...]
    hmtx: int
    num_advances: int
    units_per_em: int

    @classmethod
    def of(cls, data: bytes, face: int) -> FontTables:
        """
        The tables of a face.

        Raises
        ------
        ConfigError
            When the file has no usable character map or widths.
        """
        try:
            tables = _tables(data, face)
            ranges = _mapped(data, tables[b"cmap"])
            (units_per_em,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
            (num_advances,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)
            hmtx = tables[b"hmtx"]
        except (KeyError, struct.error) as error:
            raise ConfigError(Text("the font file has no usable character map", "字体文件没有可用的字符表")) from error
        ranges.sort()
        firsts, lasts, glyphs = zip(*ranges, strict=True) if ranges else ((), (), ())
        return cls(
            data=data,
            firsts=firsts,
            lasts=lasts,
            glyphs=glyphs,
            hmtx=hmtx,
            num_advances=num_advances,
            units_per_em=units_per_em,
        )

    def glyph_of(self, code: int) -> int:
        """The glyph of a code point; 0 where there is none."""
        position = bisect.bisect_right(self.firsts, code) - 1
        if position < 0 or code > self.lasts[position]:
            return 0
        return self.glyphs[position] + code - self.firsts[position]

    def advance_em(self, code: int) -> float | None:
        """Width of a character as a share of the type size; None when the face does not have it."""
        glyph = self.glyph_of(code)
        if glyph == 0:
            return None
        at = self.hmtx + 4 * min(glyph, self.num_advances - 1)
        return float(struct.unpack_from(">H", self.data, at)[0]) / self.units_per_em


def _tables(data: bytes, face: int) -> dict[bytes, int]:
    start = 0
    if data[:4] == b"ttcf":
        start = struct.unpack_from(">I", data, 12 + 4 * face)[0]
    (num_tables,) = struct.unpack_from(">H", data, start + 4)
    return {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0]
        for at in range(start + 12, start + 12 + 16 * num_tables, 16)
    }


def _mapped(data: bytes, cmap: int) -> list[tuple[int, int, int]]:
    """Code point ranges with the first one's glyph (formats 12 and 4)."""
    (num_maps,) = struct.unpack_from(">H", data, cmap + 2)
    offsets = [struct.unpack_from(">I", data, cmap + 8 + 8 * i)[0] for i in range(num_maps)]
    by_format = {struct.unpack_from(">H", data, cmap + offset)[0]: cmap + offset for offset in offsets}
    if 12 in by_format:
        return _format_12(data, by_format[12])
    return _format_4(data, by_format[4])


def _format_12(data: bytes, at: int) -> list[tuple[int, int, int]]:
    (num_groups,) = struct.unpack_from(">I", data, at + 12)
    groups = struct.iter_unpack(">III", data[at + 16 : at + 16 + 12 * num_groups])
    return [(first, last, glyph) for first, last, glyph in groups if glyph or last > first]


def _format_4(data: bytes, at: int) -> list[tuple[int, int, int]]:
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 4 * count)
    offsets_at = at + 16 + 6 * count
    found: list[tuple[int, int, int]] = []
    for i, (first, last, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        (offset,) = struct.unpack_from(">H", data, offsets_at + 2 * i)
        if first == 0xFFFF:
            continue
        if offset == 0:
            found.append((first, last, (first + delta) & 0xFFFF))
            continue
        for code in range(first, last + 1):
            (glyph,) = struct.unpack_from(">H", data, offsets_at + 2 * i + offset + 2 * (code - first))
            if glyph:
                found.append((code, code, (glyph + delta) & 0xFFFF))
    return found

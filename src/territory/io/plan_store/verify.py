"""Is the log as it was written? Starts from the rows alone and names the first event that is not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from territory.errors import ConfigError
from territory.io.plan_store.chain import NOTHING_BEFORE, blob_digest, blobs_named
from territory.io.plan_store.ledger import Head, Ledger
from territory.io.plan_store.seal import Seal
from territory.language import Lang, Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """
    One thing that is not as it was written.

    Attributes
    ----------
    code
        `database`, `number`, `previous`, `digest`, `payload`, `head`, `seal`, `known`, `blob` or `missing_blob`.
    number
        The event it concerns; None where no single one is meant.
    blob
        Digest of the blob it concerns.
    """

    code: str
    text: Text
    number: int | None = None
    blob: str | None = None

    def in_(self, lang: Lang) -> str:
        """One line for the user."""
        return self.text.in_(lang)

    def __str__(self) -> str:
        return self.text.en


def faults(ledger: Ledger, seal: Seal | None, known: Mapping[int, str]) -> list[Fault]:
    """All faults, those of events first and by number."""
    found = [
        Fault(code="database", text=Text(f"the database file is damaged: {line}", f"数据库文件已损坏:{line}"))
        for line in ledger.damage()
    ]
    digests: dict[int, str] = {}
    named: dict[str, int] = {}
    try:
        found += _chain(ledger, digests, named)
        found += _head(ledger.head(), digests)
    except ConfigError as error:
        found.append(_unreadable(error, len(digests) + 1))
    try:
        found += _blobs(ledger, named)
    except ConfigError as error:
        found.append(Fault(code="database", text=error.text))
    found += _seal(seal, digests)
    found += [
        Fault(
            code="known",
            number=number,
            text=Text(
                f"event {number} is not the one whose digest was noted ({digest})",
                f"第 {number} 条记录与留存的摘要({digest})不符",
            ),
        )
        for number, digest in sorted(known.items())
        if not digest or not digests.get(number, "").startswith(digest)
    ]
    return sorted(found, key=lambda fault: (fault.number is None, fault.number or 0))


def _chain(ledger: Ledger, digests: dict[int, str], named: dict[str, int]) -> Iterator[Fault]:
    """Numbers without gaps, each event bound to the one before, each digest recomputed; fills in what was seen."""
    expected, previous = 1, NOTHING_BEFORE
    for entry in ledger.entries(after=-(2**62)):
        number = entry.number
        if number != expected:
            lost = f"{expected}" if number == expected + 1 else f"{expected}-{number - 1}"
            yield Fault(
                code="number",
                number=min(expected, number),
                text=Text(
                    f"event {lost} is missing before {number}"
                    if number > expected
                    else f"event {number} is out of place",
                    f"第 {number} 条记录之前缺少第 {lost} 条" if number > expected else f"第 {number} 条记录位置有误",
                ),
            )
        elif entry.previous != previous:
            yield Fault(
                code="previous",
                number=number,
                text=Text(f"event {number} does not follow the event before it", f"第 {number} 条记录与前一条不衔接"),
            )
        if not entry.is_true:
            yield Fault(
                code="digest",
                number=number,
                text=Text(
                    f"event {number} was changed after it was written ({entry.kind}, {entry.who}, {entry.when})",
                    f"第 {number} 条记录在写入后被改动({entry.kind},{entry.who},{entry.when})",
                ),
            )
        else:
            for digest in blobs_named(json.loads(entry.payload)):
                named.setdefault(digest, number)
        digests[number] = entry.digest
        expected, previous = number + 1, entry.digest


def _head(head: Head, digests: Mapping[int, str]) -> Iterator[Fault]:
    """The head that was written with the last event."""
    last = max(digests, default=0)
    if head.number != last or head.digest != digests.get(last, NOTHING_BEFORE):
        text = Text(
            f"the log ends with event {last}, but {head.number} were written",
            f"记录止于第 {last} 条,而已写入 {head.number} 条",
        )
        if head.number == last:
            text = Text(f"event {last} is not the one that was written last", f"第 {last} 条并非最后写入的记录")
        yield Fault(code="head", number=min(last, head.number) + (head.number != last), text=text)


def _seal(seal: Seal | None, digests: Mapping[int, str]) -> Iterator[Fault]:
    """The seal beside the database: nothing that it confirms may be gone."""
    if seal is None:
        return
    try:
        sealed = seal.read()
    except ValueError:
        sealed = None
    if seal.path.exists() and not seal.is_whole:
        yield Fault(
            code="seal",
            text=Text(f"{seal.path.name} is unreadable: {_RESEAL.en}", f"{seal.path.name} 无法读取:{_RESEAL.zh}"),
        )
    if sealed is None:
        if digests and not seal.path.exists():
            yield Fault(
                code="seal",
                text=Text(f"{seal.path.name} is missing: {_RESEAL.en}", f"缺少 {seal.path.name}:{_RESEAL.zh}"),
            )
    elif sealed.number and digests.get(sealed.number) != sealed.digest:
        last = max(digests, default=0)
        text = Text(
            f"the log ends with event {last}, but event {sealed.number} was confirmed",
            f"记录止于第 {last} 条,而第 {sealed.number} 条曾被确认",
        )
        if sealed.number in digests:
            text = Text(
                f"event {sealed.number} is not the one that was confirmed", f"第 {sealed.number} 条并非当时确认的记录"
            )
        yield Fault(code="seal", number=min(last + 1, sealed.number), text=text)


_RESEAL = Text(
    "whether the end of the log was cut off cannot be told; `territory verify --seal` writes it anew",
    "无法判断记录末尾是否被截断;`territory verify --seal` 可重新生成",
)


def _blobs(ledger: Ledger, named: Mapping[str, int]) -> Iterator[Fault]:
    """Every blob is what its name says, and every blob that an event names is there."""
    there = ledger.blob_digests()
    for digest in there:
        content = ledger.blob(digest)
        if content is None or blob_digest(content) != digest:
            number = named.get(digest)
            of = f" of event {number}" if number else ""
            of_zh = f"(第 {number} 条记录)" if number else ""
            yield Fault(
                code="blob",
                number=number,
                blob=digest,
                text=Text(f"blob {digest[:19]}…{of} was changed", f"内容 {digest[:19]}…{of_zh}已被改动"),
            )
    for digest in sorted(set(named) - set(there)):
        yield Fault(
            code="missing_blob",
            number=named[digest],
            blob=digest,
            text=Text(
                f"blob {digest[:19]}… of event {named[digest]} is missing",
                f"缺少第 {named[digest]} 条记录的内容 {digest[:19]}…",
            ),
        )


def _unreadable(error: ConfigError, number: int) -> Fault:
    return Fault(
        code="database",
        number=number,
        text=Text(
            f"the log cannot be read from event {number} on: {error.text.en}",
            f"自第 {number} 条起记录无法读取:{error.text.zh}",
        ),
    )

"""Kinds of numbers that the command line takes."""

from __future__ import annotations

import argparse


def parts_count(text: str) -> int:
    """A number of parts, 2 or more."""
    return _whole(text, least=2)


def seed_count(text: str) -> int:
    """A number of seeds, 1 or more."""
    return _whole(text, least=1)


def count(text: str) -> int:
    """A number of things, 1 or more."""
    return _whole(text, least=1)


def share(text: str) -> float:
    """A share, 0 or more and less than 1."""
    value = _number(text)
    if not 0.0 <= value < 1.0:
        raise argparse.ArgumentTypeError(f"{text} is not a share such as 0.03")
    return value


def positive(text: str) -> float:
    """A number above 0."""
    value = _number(text)
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value


def _whole(text: str, *, least: int) -> int:
    value = int(text) if text.isascii() and text.isdigit() else -1
    if value < least:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from {least}")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number") from None

"""Fixtures of the laboratory's tests."""

from __future__ import annotations

from tests.lab.fakes import fake_engine as fake_engine

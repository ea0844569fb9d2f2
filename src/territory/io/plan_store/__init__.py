"""The plan store: an append-only event log with a hash chain, in one SQLite file that many may write to at once."""

from territory.domain.events import MAIN, Event
from territory.io.plan_store.chain import canonical
from territory.io.plan_store.errors import HeadMovedError, StoreBusyError, StoreDamagedError
from territory.io.plan_store.ledger import Head, Ledger
from territory.io.plan_store.store import STORE, PlanStore
from territory.io.plan_store.verify import Fault

__all__ = [
    "MAIN",
    "STORE",
    "Event",
    "Fault",
    "Head",
    "HeadMovedError",
    "Ledger",
    "PlanStore",
    "StoreBusyError",
    "StoreDamagedError",
    "canonical",
]

"""Every message about the input, by code."""

from __future__ import annotations

from territory.io.messages_cells import CELL_MESSAGES, TIE_MESSAGES
from territory.io.messages_desk import DESK_MESSAGES
from territory.io.messages_files import FILE_MESSAGES, PLAN_MESSAGES, SETTING_MESSAGES
from territory.io.wording import Message

MESSAGES: dict[str, Message] = (
    FILE_MESSAGES | SETTING_MESSAGES | CELL_MESSAGES | TIE_MESSAGES | PLAN_MESSAGES | DESK_MESSAGES
)

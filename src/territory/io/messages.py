"""Every message about the input, by code."""

from __future__ import annotations

from territory.io.messages_cells import CELL_MESSAGES, TIE_MESSAGES
from territory.io.messages_desk import DESK_MESSAGES
from territory.io.messages_export import EXPORT_MESSAGES
from territory.io.messages_files import FILE_MESSAGES, PLAN_MESSAGES, SETTING_MESSAGES
from territory.io.messages_forms import FORM_MESSAGES
from territory.io.messages_loop import LOOP_MESSAGES
from territory.io.messages_sheet import SHEET_MESSAGES
from territory.io.wording import Message

MESSAGES: dict[str, Message] = (
    FILE_MESSAGES
    | SETTING_MESSAGES
    | CELL_MESSAGES
    | TIE_MESSAGES
    | SHEET_MESSAGES
    | PLAN_MESSAGES
    | FORM_MESSAGES
    | LOOP_MESSAGES
    | EXPORT_MESSAGES
    | DESK_MESSAGES
)

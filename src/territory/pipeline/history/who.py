"""Who is at work: the login name, where nobody says otherwise."""

from __future__ import annotations

import getpass
import os


def login_name() -> str:
    """The login name; a number where the machine has none for it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return f"uid-{os.getuid()}" if hasattr(os, "getuid") else "unknown"

"""Which files a command works on, and where their results go."""

from __future__ import annotations

from lafr_engine.album.names import targets
from lafr_engine.album.walk import Found, Source, find, real

__all__ = ["Found", "Source", "find", "real", "targets"]

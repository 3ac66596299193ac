"""Small pictures of large photographs, made off the GUI thread and kept on disk."""

from __future__ import annotations

from lafr_desktop.thumbnails.decode import decode
from lafr_desktop.thumbnails.maker import Limits, Thumbnails
from lafr_desktop.thumbnails.store import ThumbnailStore

__all__ = ["Limits", "ThumbnailStore", "Thumbnails", "decode"]

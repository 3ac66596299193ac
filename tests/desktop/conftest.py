"""What every test of the window gets."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the offscreen platform say that it has no window manager to tell sizes to."""
    for item in items:
        item.add_marker(
            pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
        )

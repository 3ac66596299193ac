from __future__ import annotations

import sys

from PySide6.QtCore import QObject


def test_qt_calls_keep_their_references() -> None:
    # PySide6 6.12.0 under Python 3.11 loses a reference to None at each call and dies later.
    target = QObject()
    before = sys.getrefcount(None)
    for number in range(100):
        target.setObjectName(str(number))
    assert abs(sys.getrefcount(None) - before) < 20

"""What delegates read of a style option, and colours made faint."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem


def rect_of(option: QStyleOptionViewItem) -> QRectF:
    """Where to paint."""
    rect: QRect = option.rect
    return QRectF(rect)


def state_of(option: QStyleOptionViewItem) -> QStyle.StateFlag:
    """Whether it is chosen, in focus, under the mouse."""
    state: QStyle.StateFlag = option.state
    return state


def palette_of(option: QStyleOptionViewItem) -> QPalette:
    """The colours."""
    palette: QPalette = option.palette
    return palette


def font_of(option: QStyleOptionViewItem) -> QFont:
    """The font of its text."""
    font: QFont = option.font
    return font


def faint(colour: QColor, alpha: int) -> QColor:
    """Return a colour made transparent, 0 to 255."""
    changed = QColor(colour)
    changed.setAlpha(alpha)
    return changed

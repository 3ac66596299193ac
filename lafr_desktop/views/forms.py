"""Forms that stand below one another, as one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFormLayout

from lafr_desktop.views.notes import Note

_LABEL = QFormLayout.ItemRole.LabelRole


def align(forms: Sequence[QFormLayout], notes: Sequence[Note] = ()) -> None:
    """Let the fields of all forms begin at the same place.

    Args:
        forms: The forms, in group boxes of the same width.
        notes: Notes that fill whole rows of these forms, to begin where the fields do. Beside a
            label a wrapped text would get the room that it needs where it is narrow.
    """
    items = [form.itemAt(row, _LABEL) for form in forms for row in range(form.rowCount())]
    labels = [label for item in items if item is not None and (label := item.widget()) is not None]
    widest = max(label.sizeHint().width() for label in labels)
    for label in labels:
        label.setMinimumWidth(widest)
    for note in notes:
        note.setIndent(widest + forms[0].horizontalSpacing())

"""The page of one photograph: the picture, its faces, and the bar by which they are reviewed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from lafr_desktop.models.review import PhotoReview
from lafr_desktop.views.actions import FaceActions
from lafr_desktop.views.faces import FaceStrip
from lafr_desktop.views.review_bar import ReviewBar

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class PhotoParts:
    """What the page is made of.

    Attributes:
        canvas: Shows the photograph before and after.
        strip: Its faces.
        bar: What is known of one of them, and what to do with it.
    """

    canvas: QWidget
    strip: FaceStrip
    bar: ReviewBar


class PhotoPage(QWidget):
    """A photograph under review."""

    def __init__(
        self, parts: PhotoParts, actions: FaceActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._name = QLabel(self)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setMinimumWidth(1)  # a long name must not widen the window
        self._left = QLabel(self)
        self._end = _end_banner(self, actions)
        self._end.hide()
        back = QPushButton(self.tr("Back to album"), self)
        back.setToolTip(self.tr("Back to the album (Esc)"))
        back.clicked.connect(actions.back.trigger)
        header = QHBoxLayout()
        header.setContentsMargins(10, 6, 10, 6)
        header.addWidget(back)
        header.addSpacing(8)
        header.addWidget(self._name)
        header.addStretch(1)
        header.addWidget(self._left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self._end)
        column.addWidget(parts.canvas, 1)
        column.addWidget(parts.strip)
        column.addWidget(parts.bar)

    def show_review(self, review: PhotoReview) -> None:
        """Show the names, the ring in the strip and the bar of what is under review."""
        self._name.setText(review.photo.path.name)
        self._parts.strip.show_selected(review.selected.id if review.selected else None)
        self._parts.strip.setVisible(bool(review.faces))
        self._parts.bar.show_review(review)
        if review.undecided:
            self._end.hide()

    def show_left(self, faces: int, held: int = 0) -> None:
        """Say how many faces of the album wait for a decision.

        Args:
            faces: Those that none has held.
            held: Photographs with faces held for a closer look.
        """
        if faces == 0 and held > 0:
            self._left.setText(self.tr("Photographs with held faces: {n}").format(n=held))
        elif faces == 0:
            self._left.setText(self.tr("No face waits for a decision"))
        elif faces == 1:
            self._left.setText(self.tr("1 face to review"))
        else:
            self._left.setText(self.tr("{n} faces to review").format(n=faces))

    def show_end(self) -> None:
        """Say that every face of the album was decided on."""
        self._end.show()

    @property
    def at_end(self) -> bool:
        """Whether the page says that all is reviewed."""
        return not self._end.isHidden()


def _end_banner(page: PhotoPage, actions: FaceActions) -> QFrame:
    banner = QFrame(page)
    banner.setObjectName("end-of-review")
    banner.setFrameShape(QFrame.Shape.StyledPanel)
    text = QLabel(
        translate("PhotoPage", "All faces found so far are reviewed, and can be exported."), banner
    )
    text.setAccessibleName(text.text())
    back = QPushButton(translate("PhotoPage", "To the album"), banner)
    back.clicked.connect(actions.back.trigger)
    row = QHBoxLayout(banner)
    row.addWidget(text)
    row.addStretch(1)
    row.addWidget(back)
    return banner

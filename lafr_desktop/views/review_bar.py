"""The bar under a photograph: what is known of the face under review, and what to do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale, QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QImage, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lafr_desktop.models.faces import state_name
from lafr_desktop.models.review import PhotoReview
from lafr_desktop.sentences import in_words
from lafr_desktop.views.actions import FaceActions
from lafr_engine.album.values import AlbumFace, Candidate, Photo, PhotoState
from lafr_engine.faces.invented import Region, warnings

translate = QCoreApplication.translate

_PERCENT: Final = 100
_STRENGTH_STEP: Final = 5
_CANDIDATE: Final = 40
_CHOSEN: Final = "QToolButton:checked { border: 3px solid palette(highlight); border-radius: 5px; }"
_ALIKE: Final = ((0.75, 0), (0.55, 1), (0.4, 2), (-2.0, 3))


class ReviewBar(QWidget):
    """Says what is known of the face under review and offers what can be done with it.

    Signals:
        strength_previewed: The share of the restored face while the slider moves.
        strength_chosen: The share on which the slider came to rest.
        candidate_chosen: The number of the candidate that shall stand for the face.
    """

    strength_previewed = Signal(float)
    strength_chosen = Signal(float)
    candidate_chosen = Signal(int)

    def __init__(self, actions: FaceActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._candidates: tuple[Candidate, ...] = ()
        self._title = QLabel(self)
        self._reason = QLabel(self)
        self._reason.setWordWrap(True)
        self._reason.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._invented = QLabel(self)
        self._invented.setWordWrap(True)
        self._invented.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._invented.hide()
        self._strength = self._make_strength()
        self._share = QLabel(self)
        self._share.setMinimumWidth(self._share.fontMetrics().horizontalAdvance("100 %"))
        self._group = QButtonGroup(self)
        self._choices = QHBoxLayout()
        self._choices.setSpacing(4)
        self._lay_out()
        actions.stronger.triggered.connect(lambda: self._step_strength(_STRENGTH_STEP))
        actions.weaker.triggered.connect(lambda: self._step_strength(-_STRENGTH_STEP))
        for number, action in enumerate(actions.candidates):
            action.triggered.connect(lambda _=False, at=number: self._choose(at))

    def show_review(self, review: PhotoReview) -> None:
        """Show what is known of the face under review."""
        face = review.selected
        self._title.setText(_title(review))
        self._reason.setText(_reason(review))
        self._reason.setVisible(bool(self._reason.text()))
        self._show_strength(face)
        self._show_candidates(face, review.candidates)

    def show_invented(self, numbers: Mapping[Region, float]) -> None:
        """Warn of regions of the face under review that were largely invented.

        Args:
            numbers: By region, at the strength that is shown; empty warns of nothing.
        """
        text = " ".join(_warning(region) for region in warnings(numbers))
        self._invented.setText(text)
        self._invented.setVisible(bool(text))

    def set_candidate_image(self, candidate_id: int, image: QImage) -> None:
        """Show this picture on the button of a candidate."""
        for button, candidate in zip(self._group.buttons(), self._candidates, strict=True):
            if candidate.id == candidate_id:
                button.setIcon(QIcon(QPixmap.fromImage(image)))

    def candidate_buttons(self) -> list[QToolButton]:
        """The buttons by which a candidate is chosen, in the order of their number keys."""
        return [each for each in self._group.buttons() if isinstance(each, QToolButton)]

    @property
    def strength_slider(self) -> QSlider:
        """The slider, from 0 to 100."""
        return self._strength

    def _make_strength(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(0, _PERCENT)
        slider.setPageStep(10)
        slider.setMinimumWidth(110)
        slider.setMaximumWidth(220)
        slider.setAccessibleName(self.tr("Strength of the restoration"))
        slider.setToolTip(self.tr("How much of the restored face is taken (up and down keys)"))
        slider.valueChanged.connect(self._on_strength)
        slider.sliderReleased.connect(self._emit_strength)
        return slider

    def _lay_out(self) -> None:
        actions = self._actions
        decide = _row(
            self._button(actions.previous, Qt.ToolButtonStyle.ToolButtonIconOnly),
            self._button(actions.accept),
            self._button(actions.reject),
            self._button(actions.not_a_face),
            self._button(actions.next, Qt.ToolButtonStyle.ToolButtonIconOnly),
            None,
            self._button(actions.undo),
            self._button(actions.redo),
        )
        edit = _row(
            QLabel(self.tr("Strength"), self),
            self._strength,
            self._share,
            None,
            self._button(actions.another_seed),
        )
        edit.insertLayout(3, self._choices)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 4, 10, 8)
        rows.setSpacing(6)
        rows.addWidget(self._title)
        rows.addWidget(self._reason)
        rows.addWidget(self._invented)
        rows.addLayout(decide)
        rows.addLayout(edit)

    def _button(
        self,
        action: QAction,
        style: Qt.ToolButtonStyle = Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
    ) -> QToolButton:
        button = QToolButton(self)
        if len(action.shortcut().toString()) == 1:
            action.setIconText(_with_key(action))
        button.setDefaultAction(action)
        button.setToolButtonStyle(style)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text().replace("&", ""))
        button.setMinimumHeight(30)
        return button

    def _show_strength(self, face: AlbumFace | None) -> None:
        restored = face is not None and face.candidate_id is not None
        self._strength.setEnabled(restored)
        if face is not None and not self._strength.isSliderDown():
            self._strength.blockSignals(True)
            self._strength.setValue(round(face.strength * _PERCENT))
            self._strength.blockSignals(False)
        self._share.setText(f"{self._strength.value()} %" if restored else "")

    def _show_candidates(self, face: AlbumFace | None, candidates: Sequence[Candidate]) -> None:
        if tuple(candidates) != self._candidates:
            self._candidates = tuple(candidates)
            self._make_choices()
        for button, candidate in zip(self._group.buttons(), self._candidates, strict=True):
            button.setChecked(face is not None and candidate.id == face.candidate_id)
        for number, action in enumerate(self._actions.candidates):
            action.setEnabled(number < len(candidates))

    def _make_choices(self) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._choices.removeWidget(button)
            button.deleteLater()
        for number, candidate in enumerate(self._candidates):
            button = self._choice(number, candidate)
            self._group.addButton(button)
            self._choices.addWidget(button)
            button.setVisible(len(self._candidates) > 1)

    def _choice(self, number: int, candidate: Candidate) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setStyleSheet(_CHOSEN)
        button.setIconSize(QSize(_CANDIDATE, _CANDIDATE))
        button.setText(str(number + 1))
        name = self.tr("Candidate {number}, seed {seed}").format(
            number=number + 1, seed=candidate.seed
        )
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.clicked.connect(lambda _=False, at=number: self._choose(at))
        return button

    def _choose(self, number: int) -> None:
        if number < len(self._candidates):
            self.candidate_chosen.emit(self._candidates[number].id)

    def _on_strength(self, value: int) -> None:
        self._share.setText(f"{value} %")
        self.strength_previewed.emit(value / _PERCENT)
        if not self._strength.isSliderDown():  # by keys or the wheel: there is no release
            self._emit_strength()

    def _step_strength(self, by: int) -> None:
        self._strength.setValue(self._strength.value() + by)

    def _emit_strength(self) -> None:
        self.strength_chosen.emit(self._strength.value() / _PERCENT)


def _with_key(action: QAction) -> str:
    """The name of an action with the key that does the same."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{action.text().replace('&', '')} ({keys})"


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Side by side; None takes the room that is left."""
    row = QHBoxLayout()
    row.setSpacing(6)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row


def _title(review: PhotoReview) -> str:
    if review.selected is None:
        return _title_without_face(review.photo)
    text = translate("ReviewBar", "Face {number} of {total}: {state}")
    title = text.format(
        number=review.number, total=len(review.faces), state=state_name(review.selected.state)
    )
    score = review.selected.identity
    if score is None:
        return f"<b>{title}</b>"
    likeness = translate("ReviewBar", "likeness {score}: {words}").format(
        score=QLocale().toString(score, "f", 2), words=_alike(score)
    )
    return f"<b>{title}</b> &nbsp; {likeness}"


def _title_without_face(photo: Photo) -> str:
    if photo.problem:
        return translate("ReviewBar", "This photograph cannot be restored")
    if photo.state is PhotoState.WORKING:
        return translate("ReviewBar", "Faces are being looked for")
    if photo.state is PhotoState.NEW:
        return translate("ReviewBar", "No faces in this photograph yet")
    return translate("ReviewBar", "No face was found in this photograph")


def _alike(score: float) -> str:
    words = (
        translate("ReviewBar", "the same person"),
        translate("ReviewBar", "very likely the same person"),
        translate("ReviewBar", "look closely: may have changed"),
        translate("ReviewBar", "may have become someone else"),
    )
    return words[next(place for least, place in _ALIKE if score >= least)]


def _warning(region: Region) -> str:
    texts = {
        Region.EYES: translate(
            "ReviewBar",
            "The eyes were largely invented: compare with the original before you accept.",
        ),
        Region.MOUTH: translate(
            "ReviewBar",
            "The mouth was largely invented: compare with the original before you accept.",
        ),
        Region.GLASSES: translate(
            "ReviewBar",
            "Strong edges came or went around the eyes: compare glasses with the original.",
        ),
        Region.HAIRLINE: translate(
            "ReviewBar", "The hairline was largely invented: compare with the original."
        ),
    }
    return texts[region]


def _reason(review: PhotoReview) -> str:
    if review.selected is not None:
        return review.selected.reason or ""
    if review.photo.problem:
        return in_words(review.photo.problem)
    if review.photo.state is PhotoState.WORKING:
        return translate("ReviewBar", "They appear here as soon as they are found.")
    if review.photo.state is PhotoState.NEW:
        return translate(
            "ReviewBar", "Restore the photograph to find its faces, or draw a missed face (D)."
        )
    return translate("ReviewBar", "Where one was missed, draw a box around it (D).")

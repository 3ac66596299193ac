"""The dialog that asks what to export, where to, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLineEdit,
    QRadioButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from lafr_desktop.views.folder_field import FolderField
from lafr_desktop.views.forms import align
from lafr_desktop.views.icons import Icon, icon
from lafr_desktop.views.notes import Note, note_label, problem_label
from lafr_engine.album.export import ExportOptions
from lafr_engine.album.names import FORMAT_SUFFIXES

_LOSSY: Final = (None, "JPEG", "WEBP")
_FORBIDDEN: Final = frozenset('/\\:*?"<>|')
_FOLLOW_SOURCE: Final = 0
_WIDTH: Final = 620
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SPARE: Final = 40  # for the sentences below, which may grow by a line or two


@dataclass(frozen=True, slots=True)
class ExportScope:
    """What an export of some photographs would hold.

    Attributes:
        photos: How many have an accepted face.
        accepted: Faces that were accepted.
        undecided: Faces that were restored, or held, and not decided on.
        confident: Those of the undecided that are not held.
        small: Accepted faces far smaller than the networks' 512 pixels.
    """

    photos: int = 0
    accepted: int = 0
    undecided: int = 0
    confident: int = 0
    small: int = 0


@dataclass(frozen=True, slots=True)
class ExportSubject:
    """What there is to export.

    Attributes:
        selected: The photographs that are selected.
        album: All of the album.
        example: An original, by which names are shown.
        folders: Where originals lie.
    """

    selected: ExportScope
    album: ExportScope
    example: Path
    folders: frozenset[Path] = frozenset()


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What was asked for.

    Attributes:
        options: Where to and how.
        whole_album: All photographs with an accepted face, not only the selected ones.
        before_after: Beside each, a picture with the original and the result side by side.
        contact_sheet: One picture with all results, small.
    """

    options: ExportOptions
    whole_album: bool = False
    before_after: bool = False
    contact_sheet: bool = False


class NameSection(QGroupBox):
    """Format, quality and names of the files.

    Attributes:
        example: Says what one of the files would be called.

    Signals:
        changed: Something was chosen.
    """

    changed = Signal()

    def __init__(self, options: ExportOptions, example: Path, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Files"))
        self._example = example
        self._format = _choices(
            self.tr("Format"),
            [
                (self.tr("As the original"), None),
                ("JPEG", "JPEG"),
                (self.tr("PNG (nothing lost)"), "PNG"),
                (self.tr("TIFF (nothing lost)"), "TIFF"),
                ("WebP", "WEBP"),
            ],
            options.format,
        )
        self._quality = QSpinBox(self)
        self._quality.setAccessibleName(self.tr("Quality"))
        self._quality.setRange(_FOLLOW_SOURCE, 100)
        self._quality.setSpecialValueText(self.tr("as the original"))
        self._quality.setValue(options.quality or _FOLLOW_SOURCE)
        self._quality.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._suffix = QLineEdit(options.suffix, self)
        self._suffix.setAccessibleName(self.tr("Added to the name"))
        self.example = note_label("", self)
        self._overwrite = QCheckBox(self.tr("Replace files that are there &already"), self)
        self._overwrite.setChecked(options.overwrite)
        self._folders = QCheckBox(self.tr("&Keep the folders of the originals"), self)
        self._folders.setChecked(options.keep_folders)
        form = QFormLayout(self)
        form.addRow(self.tr("&Format:"), self._format)
        form.addRow(self.tr("&Quality:"), self._quality)
        form.addRow(self.tr("Added to the &name:"), self._suffix)
        form.addRow(self.example)
        form.addRow("", self._overwrite)
        form.addRow("", self._folders)
        self._format.currentIndexChanged.connect(self._show)
        self._suffix.textChanged.connect(self._show)
        self._show()

    @property
    def format(self) -> str | None:
        """Name of the format; None for each original's own."""
        chosen = self._format.currentData()
        return str(chosen) if chosen else None

    @property
    def quality(self) -> int | None:
        """From 1 to 100; None follows the original, or means nothing in this format."""
        return (self._quality.value() or None) if self._quality.isEnabled() else None

    @property
    def suffix(self) -> str:
        """What is added to the name before the dot."""
        return self._suffix.text().rstrip()

    @property
    def overwrite(self) -> bool:
        """Whether files in the way are replaced."""
        return self._overwrite.isChecked()

    @property
    def keep_folders(self) -> bool:
        """Whether results lie in folders like their originals."""
        return self._folders.isChecked()

    @property
    def problem(self) -> str:
        """What is wrong with the name; empty where nothing is."""
        if any(letter in _FORBIDDEN or not letter.isprintable() for letter in self.suffix):
            return self.tr('A name cannot have any of these letters: / \\ : * ? " < > |')
        return ""

    def example_name(self) -> str:
        """What the example would be called."""
        suffixes = FORMAT_SUFFIXES.get(self.format or "", ())
        own = self._example.suffix
        kept = not suffixes or own.lower() in suffixes
        return f"{self._example.stem}{self.suffix}{own if kept else suffixes[0]}"

    @Slot()
    def _show(self) -> None:
        self._quality.setEnabled(self.format in _LOSSY)
        text = self.tr("Example: {0} becomes {1}")
        self.example.setText(text.format(self._example.name, self.example_name()))
        self.changed.emit()


class ExportDialog(QDialog):
    """Asks; :attr:`choice` is the answer once it was accepted.

    Signals:
        export_requested: An :class:`ExportChoice`.
    """

    export_requested = Signal(object)

    def __init__(
        self, subject: ExportSubject, options: ExportOptions | None, parent: QWidget | None = None
    ) -> None:
        """Ask about ``subject``; ``options`` are shown first, None for the usual ones."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self._subject = subject
        self._tried = False
        usual = options or ExportOptions(out=Path())
        self._folder = FolderField(self.tr("Folder for the results"), self)
        self._names = NameSection(usual, subject.example, self)
        self._scale = self._scales(usual.scale)
        self._enlarging = note_label("", self)
        self._problem = problem_label(self)
        self._outcome = Note("", "note", self)
        column = QVBoxLayout(self)
        column.addWidget(self._what(usual.accept_confident))
        column.addWidget(self._where())
        column.addWidget(self._names)
        column.addWidget(self._extras())
        align(self.findChildren(QFormLayout), (self._names.example, self._enlarging))
        column.addStretch(1)
        column.addWidget(self._outcome)
        column.addWidget(self._problem)
        column.addWidget(self._buttons())
        self._connect()
        self._folder.set_folder(usual.out if usual.out.is_absolute() else None)
        self._tried = False  # what is missing is no mistake before somebody did anything about it
        self._update()
        self.resize(_WIDTH, column.totalHeightForWidth(_WIDTH) + _SPARE)

    @property
    def choice(self) -> ExportChoice:
        """What is chosen now."""
        return ExportChoice(
            options=ExportOptions(
                out=self._folder.folder or Path(),
                format=self._names.format,
                quality=self._names.quality,
                suffix=self._names.suffix,
                overwrite=self._names.overwrite,
                scale=int(self._scale.currentData()),
                accept_confident=self._confident.isChecked(),
                keep_folders=self._names.keep_folders,
            ),
            whole_album=self._all.isChecked(),
            before_after=self._before_after.isChecked(),
            contact_sheet=self._contact_sheet.isChecked(),
        )

    @property
    def missing(self) -> str:
        """What has to be there before anything can be exported; empty where it is."""
        if not self._photos_to_write():
            return self.tr("No face is accepted yet, so there is nothing to export.")
        if self._folder.folder is None:
            return self.tr("Choose a folder for the results.")
        return ""

    @property
    def problem(self) -> str:
        """Why nothing can be exported like this; empty where it can."""
        missing, folder = self.missing, self._folder.folder
        if missing:
            return missing
        if self._names.problem:
            return self._names.problem
        if not self._names.suffix and folder in self._subject.folders:
            return self.tr(
                "Originals lie in this folder, and they are never replaced: "
                "add something to the names, or choose another folder."
            )
        return ""

    def accept(self) -> None:
        """Give the answer, and close."""
        self.export_requested.emit(self.choice)
        super().accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Say more clearly what is missing to somebody who wants to export without it."""
        if event.key() in _ENTER and not self._export.isEnabled():
            self._try()
        super().keyPressEvent(event)

    def _what(self, confident: bool) -> QGroupBox:
        box = QGroupBox(self.tr("Photographs"), self)
        selected, album = self._subject.selected, self._subject.album
        text = self.tr("&Selected photographs (%n with accepted faces)", "", selected.photos)
        self._selected = QRadioButton(text, box)
        text = self.tr("A&ll photographs with accepted faces (%n)", "", album.photos)
        self._all = QRadioButton(text, box)
        self._selected.setEnabled(selected != ExportScope())
        # Where nothing of the selection can be exported but others can, those are meant.
        whole = not self._selected.isEnabled() or (album.photos and not selected.photos)
        (self._all if whole else self._selected).setChecked(True)
        self._confident = QCheckBox("", box)
        self._confident.setChecked(confident)
        column = QVBoxLayout(box)
        for widget in (self._selected, self._all, self._confident):
            column.addWidget(widget)
        return box

    def _where(self) -> QGroupBox:
        box = QGroupBox(self.tr("Folder"), self)
        QVBoxLayout(box).addWidget(self._folder)
        return box

    def _extras(self) -> QGroupBox:
        box = QGroupBox(self.tr("Size and additions"), self)
        text = self.tr("A picture with &before and after side by side, for sharing")
        self._before_after = QCheckBox(text, box)
        self._contact_sheet = QCheckBox(self.tr("A &contact sheet of all results"), box)
        form = QFormLayout(box)
        form.addRow(self.tr("Si&ze:"), self._scale)
        form.addRow(self._enlarging)
        form.addRow("", self._before_after)
        form.addRow("", self._contact_sheet)
        return box

    def _scales(self, chosen: int) -> QComboBox:
        texts = [
            (self.tr("The original's own"), 1),
            (self.tr("Enlarged to twice the width"), 2),
            (self.tr("Enlarged to four times the width"), 4),
        ]
        return _choices(self.tr("Size"), texts, chosen)

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self._export = buttons.addButton(self.tr("&Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._export.setIcon(icon(Icon.EXPORT))
        self._export.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _connect(self) -> None:
        self._folder.changed.connect(self._try)
        self._folder.checked.connect(self._update)
        self._names.changed.connect(self._update)
        self._all.toggled.connect(self._update)
        self._confident.toggled.connect(self._update)
        self._scale.currentIndexChanged.connect(self._update)

    def _scope(self) -> ExportScope:
        return self._subject.album if self._all.isChecked() else self._subject.selected

    def _photos_to_write(self) -> int:
        scope = self._scope()
        return scope.photos or (scope.confident if self._confident.isChecked() else 0)

    @Slot()
    def _try(self) -> None:
        """What is still missing is a mistake from now on."""
        self._tried = True
        self._update()

    @Slot()
    def _update(self) -> None:
        scope = self._scope()
        text = self.tr("Also take %n confident face(s) not decided on", "", scope.confident)
        self._confident.setText(text)
        self._outcome.setText(self._sentence(scope))
        self._enlarging.setText(self._about_enlarging(scope))
        problem = self.problem
        self._problem.setText(problem)
        self._problem.set_tone("muted" if self.missing and not self._tried else "bad")
        self._problem.setVisible(bool(problem))
        self._outcome.setVisible(not problem)
        reason = problem or self._folder.problem
        self._export.setEnabled(not reason and self._folder.is_sound)
        self._export.setToolTip(reason)
        self._export.setAccessibleDescription(reason)

    def _sentence(self, scope: ExportScope) -> str:
        extra = scope.confident if self._confident.isChecked() else 0
        left_out = scope.undecided - extra
        sentence = self.tr("%n accepted face(s) will be in the results.", "", scope.accepted)
        if extra:
            more = self.tr("%n confident face(s) will be taken too.", "", extra)
            sentence = f"{sentence} {more}"
        if left_out:
            rest = self.tr("%n undecided face(s) stay as they are in the original.", "", left_out)
            sentence = f"{sentence} {rest}"
        return sentence

    def _about_enlarging(self, scope: ExportScope) -> str:
        reason = self.tr(
            "A small face gains little at the photograph's own size, because there is no room for "
            "its detail. Enlarging makes that room; all around the faces only grows, and does not "
            "get sharper."
        )
        if not scope.small:
            return reason
        count = self.tr("%n accepted face(s) are that small.", "", scope.small)
        return f"{reason} {count}"


def _choices(
    name: str, texts: Sequence[tuple[str, str | int | None]], chosen: str | int | None
) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for text, value in texts:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, [value for _, value in texts].index(chosen)))
    return box

"""The dialog of the installed bundles of weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lafr_desktop.sentences import in_words
from lafr_desktop.views.icons import Icon, icon
from lafr_desktop.views.model_licence import LicenceDialog
from lafr_desktop.views.notes import Note, note_label
from lafr_engine.bundle.describe import BundleInfo

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | (
    Qt.TextInteractionFlag.TextSelectableByKeyboard
)


class ModelsDialog(QDialog):
    """Shows what each bundle says of itself; checks, adds and chooses among them.

    Signals:
        verify_requested: Folder of a bundle whose files are to be checked.
        import_requested: Path of a bundle to be added, and whether it may replace one.
        model_import_requested: Path of a model file by others, the licence of its weights, and
            whether it may replace a bundle.
        bundle_chosen: Name of the bundle to restore with from now on.
    """

    verify_requested = Signal(object)
    import_requested = Signal(object, bool)
    model_import_requested = Signal(object, str, bool)
    bundle_chosen = Signal(str)

    def __init__(self, chosen: str = "", parent: QWidget | None = None) -> None:
        """Make the dialog; ``chosen`` is the bundle in use, empty for the first one."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Models"))
        self._chosen = chosen
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Installed models"))
        self._list.setMaximumWidth(240)
        self._list.currentRowChanged.connect(self._show)
        self._details = BundleDetails(self)
        self._message = Note("", "muted", self)
        self._message.setAccessibleName(self.tr("What was done last"))
        self._message.setVisible(False)
        middle = QHBoxLayout()
        middle.addWidget(self._list, 1)
        middle.addWidget(self._details, 2)
        column = QVBoxLayout(self)
        column.addWidget(
            note_label(
                self.tr(
                    "A model is a bundle of weights that restores faces. Nothing is downloaded "
                    "by this program; a bundle that you were given can be added from a file, and "
                    "so can a GFPGAN or RestoreFormer of others."
                ),
                self,
            )
        )
        column.addLayout(middle, 1)
        column.addWidget(self._message)
        column.addLayout(self._buttons())
        self._show(-1)
        self.resize(780, 520)

    @property
    def selected(self) -> BundleInfo | None:
        """The bundle that is shown."""
        item = self._list.currentItem()
        info = item.data(Qt.ItemDataRole.UserRole) if item else None
        return info if isinstance(info, BundleInfo) else None

    @Slot(object)
    def show_bundles(self, bundles: Sequence[BundleInfo]) -> None:
        """Show these, and keep the selection where it can be kept."""
        before = self.selected
        self._list.clear()
        in_use = self._chosen or next((each.name for each in bundles if not each.problem), "")
        for info in bundles:
            text = self.tr("{0} (in use)").format(info.name) if info.name == in_use else info.name
            sign = Icon.WARNING if info.problem else Icon.MODELS
            item = QListWidgetItem(icon(sign), text, self._list)
            item.setData(Qt.ItemDataRole.UserRole, info)
        folders = [info.folder for info in bundles]
        kept = folders.index(before.folder) if before and before.folder in folders else 0
        self._list.setCurrentRow(kept if bundles else -1)
        if not bundles:
            self._details.show_none()

    @Slot(object, str)
    def show_verified(self, folder: Path, problem: str) -> None:
        """Say how the check of a bundle ended."""
        sound = self.tr("{0}: every file is what the manifest says.").format(folder.name)
        self._say("bad" if problem else "good", in_words(problem) or sound)
        self._verify.setEnabled(self.selected is not None)

    @Slot(object)
    def show_imported(self, folder: Path) -> None:
        """Say that a bundle was added."""
        self._say("good", self.tr("{0} was checked and added.").format(folder.name))
        self._import.setEnabled(True)

    @Slot(str)
    def show_problem(self, sentence: str) -> None:
        """Say what could not be done."""
        self._say("bad", in_words(sentence))
        self._import.setEnabled(True)
        self._verify.setEnabled(self.selected is not None)

    @Slot(object, str)
    def ask_to_replace(self, path: Path, sentence: str) -> None:
        """Ask whether the bundle of the same name is to give way to another bundle."""
        self._ask_replace(path, sentence, lambda: self._ask_import(path, replace=True))

    @Slot(object, str, str)
    def ask_to_replace_model(self, path: Path, sentence: str, licence: str) -> None:
        """Ask whether the bundle of the same name is to give way to a model file."""
        self._ask_replace(path, sentence, lambda: self._ask_model(path, licence, replace=True))

    def _ask_replace(self, path: Path, sentence: str, then: Callable[[], None]) -> None:
        self._import.setEnabled(True)
        self._message.setVisible(False)
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Add a model"))
        box.setText(in_words(sentence))
        box.setInformativeText(self.tr("Replace it with {0}?").format(path.name))
        replace = box.addButton(self.tr("&Replace"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        replace.clicked.connect(then)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _buttons(self) -> QHBoxLayout:
        self._import = QPushButton(icon(Icon.IMPORT), self.tr("&Add a model"), self)
        menu = QMenu(self._import)
        menu.addAction(self.tr("From a &file (.zip)…")).triggered.connect(self._import_file)
        menu.addAction(self.tr("From a f&older…")).triggered.connect(self._import_folder)
        others = menu.addAction(self.tr("From a file of &others (GFPGAN, RestoreFormer)…"))
        others.triggered.connect(self._import_model)
        self._import.setMenu(menu)
        self._verify = QPushButton(self.tr("&Check its files"), self)
        self._verify.clicked.connect(self._ask_verify)
        self._use = QPushButton(icon(Icon.ACCEPT), self.tr("&Use this model"), self)
        self._use.clicked.connect(self._ask_use)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        close.rejected.connect(self.reject)
        row = QHBoxLayout()
        for button in (self._import, self._verify, self._use):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(close)
        return row

    @Slot(int)
    def _show(self, row: int) -> None:
        del row
        info = self.selected
        self._details.show_bundle(info)
        self._verify.setEnabled(info is not None)
        self._use.setEnabled(info is not None and info.problem is None)

    @Slot()
    def _ask_verify(self) -> None:
        if info := self.selected:
            self._verify.setEnabled(False)
            self._say("muted", self.tr("Checking {0}…").format(info.name))
            self.verify_requested.emit(info.folder)

    @Slot()
    def _ask_use(self) -> None:
        if info := self.selected:
            self._chosen = info.name
            every = [self._list.item(row) for row in range(self._list.count())]
            self.show_bundles([item.data(Qt.ItemDataRole.UserRole) for item in every])
            self.bundle_chosen.emit(info.name)

    @Slot()
    def _import_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Add a model"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Bundles (*.zip)"))
        self._open(dialog, self._ask_bundle)

    @Slot()
    def _import_model(self) -> None:
        dialog = QFileDialog(self, self.tr("Add a model"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Models ({0})").format("*.pth *.pt *.ckpt *.safetensors"))
        self._open(dialog, self.ask_licence)

    @Slot()
    def _import_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Add a model"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._open(dialog, self._ask_bundle)

    def _open(self, dialog: QFileDialog, then: Callable[[Path], None]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: then(Path(path)))
        dialog.open()

    def ask_licence(self, path: Path) -> None:
        """Ask for the licence of a model file's weights, and then for its import."""
        dialog = LicenceDialog(path, self)
        dialog.stated.connect(lambda licence: self._ask_model(path, licence, replace=False))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _ask_bundle(self, path: Path) -> None:
        self._ask_import(path, replace=False)

    def _ask_import(self, path: Path, replace: bool) -> None:
        self._say_checking(path)
        self.import_requested.emit(path, replace)

    def _ask_model(self, path: Path, licence: str, replace: bool) -> None:
        self._say_checking(path)
        self.model_import_requested.emit(path, licence, replace)

    def _say_checking(self, path: Path) -> None:
        self._import.setEnabled(False)
        self._say("muted", self.tr("Checking and copying {0}…").format(path.name))

    def _say(self, tone: str, sentence: str) -> None:
        self._message.set_tone(tone)
        self._message.setText(sentence)
        self._message.setVisible(True)


class BundleDetails(QScrollArea):
    """What one bundle says of itself; every text can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Details of the model"))
        self.setWidgetResizable(True)
        self._empty = self.tr("Looking for models…")
        self.show_bundle(None)

    def show_none(self) -> None:
        """Say that there is no bundle."""
        self._empty = self.tr("No model is installed.")
        self.show_bundle(None)

    def show_bundle(self, info: BundleInfo | None) -> None:
        """Show this one."""
        page = QWidget()
        form = QFormLayout(page)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        if info is None:
            form.addRow(note_label(self._empty, page))
        else:
            for name, value in self._rows(info):
                label = QLabel(name, page)
                label.setAlignment(Qt.AlignmentFlag.AlignTop)
                form.addRow(label, _value(value, name, page))
            if info.problem:
                form.addRow(Note(in_words(info.problem), "bad", page))
        self.setWidget(page)

    def _rows(self, info: BundleInfo) -> list[tuple[str, str]]:
        origin = self.tr("came with the program") if info.shipped else self.tr("added by you")
        size_row = self.tr("Size:")
        rows = [
            (self.tr("Name:"), info.name),
            (self.tr("Version:"), info.version),
            (self.tr("Licence:"), info.licence),
            (self.tr("Architecture:"), info.architecture),
            (
                size_row,
                self.tr("{0} MB").format(QLocale().toString(info.size / 1e6, "f", 1)),
            ),
            (self.tr("SHA-256:"), _in_groups(info.sha256)),
            (self.tr("Training:"), self._training(info)),
            (self.tr("Source:"), origin),
            (self.tr("Imported from:"), info.source),
            (self.tr("Folder:"), str(info.folder)),
        ]
        return [(name, value) for name, value in rows if value and (info.size or name != size_row)]

    def _training(self, info: BundleInfo) -> str:
        """What the manifest tells of the training; what has no name here keeps its own."""
        names = {
            "commit": self.tr("commit"),
            "data": self.tr("data"),
            "faces": self.tr("faces"),
            "preset": self.tr("preset"),
            "seed": self.tr("seed"),
        }
        return "; ".join(f"{names.get(key, key)}: {value}" for key, value in info.training)


def _value(text: str, name: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setAccessibleName(f"{name} {text}")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(_SELECTABLE)
    return label


def _in_groups(sha256: str) -> str:
    """Break a hash into groups of eight, so that it can be read aloud and wrapped."""
    return " ".join(sha256[start : start + 8] for start in range(0, len(sha256), 8))

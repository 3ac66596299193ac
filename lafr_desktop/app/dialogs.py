"""The dialogs: each is built when it is asked for and gone when it is closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from lafr_desktop.models.bundles import Bundles
from lafr_desktop.settings import Settings
from lafr_desktop.views.about import AboutDialog, read_legal_texts
from lafr_desktop.views.main_window import MainWindow
from lafr_desktop.views.models_page import ModelsDialog
from lafr_desktop.views.settings_page import SettingsDialog
from lafr_desktop.views.shortcuts import ShortcutsDialog
from lafr_engine.album.walk import SUFFIXES
from lafr_engine.messages import DeviceTested

_PICTURES = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))


class Dialogs(QObject):
    """Opens dialogs over the window.

    Signals:
        device_test_requested: The device to test.
        clear_cache_requested: The thumbnails on disk shall go.
        cache_size_requested: How large they are is to be shown.
        model_import_requested: A model file by others, the licence of its weights, and whether it
            may replace a bundle.
        model_imported, model_exists, model_failed: How that went; for the dialog of the models.
    """

    device_test_requested = Signal(str)
    clear_cache_requested = Signal()
    cache_size_requested = Signal()
    model_import_requested = Signal(object, str, bool)
    model_imported = Signal(object)
    model_exists = Signal(object, str, str)
    model_failed = Signal(str)

    def __init__(self, window: MainWindow, settings: Settings, bundles: Bundles) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._bundles = bundles
        self._device = ("", "")
        self.current: QDialog | None = None
        self.settings_dialog: SettingsDialog | None = None

    def set_device(self, device: str, reason: str) -> None:
        """Remember where the networks run, for those dialogs that tell it."""
        self._device = (device, reason)
        if self.settings_dialog is not None:
            self.settings_dialog.show_device(device, reason)

    def show_device_test(self, tested: DeviceTested) -> None:
        """Show how the test of a device went, where the settings are still open."""
        if self.settings_dialog is not None:
            self.settings_dialog.show_device_test(tested)

    def show_device_test_failed(self, sentence: str) -> None:
        """Say why there was no test."""
        if self.settings_dialog is not None:
            self.settings_dialog.show_device_test_failed(sentence)

    def show_cache_size(self, size: int) -> None:
        """Show how many bytes the thumbnails take, where the settings are still open."""
        if self.settings_dialog is not None:
            self.settings_dialog.show_cache_size(size)

    def show_settings(self) -> None:
        """Open the settings."""
        dialog = SettingsDialog(self._settings, self._window)
        dialog.device_test_requested.connect(self.device_test_requested)
        dialog.clear_cache_requested.connect(self.clear_cache_requested)
        if self._device[0]:
            dialog.show_device(*self._device)
        self.settings_dialog = dialog
        self.cache_size_requested.emit()
        self.show(dialog)

    def show_models(self) -> None:
        """Open the list of bundles."""
        bundles = self._bundles
        dialog = ModelsDialog(self._settings.bundle, self._window)
        dialog.verify_requested.connect(bundles.verify)
        dialog.import_requested.connect(bundles.add)
        dialog.model_import_requested.connect(self.model_import_requested)
        self.model_imported.connect(dialog.show_imported)
        self.model_exists.connect(dialog.ask_to_replace_model)
        self.model_failed.connect(dialog.show_problem)
        dialog.bundle_chosen.connect(lambda name: setattr(self._settings, "bundle", name))
        bundles.listed.connect(dialog.show_bundles)
        bundles.verified.connect(dialog.show_verified)
        bundles.imported.connect(dialog.show_imported)
        bundles.exists.connect(dialog.ask_to_replace)
        bundles.failed.connect(dialog.show_problem)
        bundles.refresh()
        self.show(dialog)

    def show_about(self) -> None:
        """Open what is to be said about the program."""
        self.show(AboutDialog(read_legal_texts(), self._device[0], self._window))

    def show_shortcuts(self) -> None:
        """Open the list of keyboard shortcuts."""
        self.show(ShortcutsDialog(self._window.sections(), self._window))

    def ask_photos(self, then: Callable[[list[Path]], None]) -> None:
        """Ask for photographs to bring in."""
        dialog = self._file_dialog(self.tr("Import photographs"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(
            [self.tr("Photographs ({0})").format(_PICTURES), self.tr("All files (*)")]
        )
        self._ask(dialog, then)

    def ask_folder(self, then: Callable[[list[Path]], None]) -> None:
        """Ask for a folder to bring in."""
        dialog = self._file_dialog(self.tr("Import a folder with its subfolders"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._ask(dialog, then)

    def ask_album(self, then: Callable[[list[Path]], None]) -> None:
        """Ask for the folder of an album, or of one to be made."""
        dialog = self._file_dialog(self.tr("Open an album, or choose a folder for a new one"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._ask(dialog, then)

    def ask_to_remove(self, photos: int, then: Callable[[], None]) -> None:
        """Ask whether photographs shall really go out of the album."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove from album"))
        box.setText(self.tr("Remove %n photograph(s) from the album?", "", photos))
        box.setInformativeText(
            self.tr("The files stay where they are; what was decided on their faces is lost.")
        )
        remove = box.addButton(self.tr("&Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        remove.clicked.connect(then)
        self.show(box)

    def show(self, dialog: QDialog) -> None:
        """Open a dialog over the window."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._forget)
        self.current = dialog
        dialog.open()

    def _file_dialog(self, title: str) -> QFileDialog:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return QFileDialog(self._window, title, pictures)

    def _ask(self, dialog: QFileDialog, then: Callable[[list[Path]], None]) -> None:
        dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
        self.show(dialog)

    def _forget(self) -> None:
        self.current = None
        self.settings_dialog = None

"""The dialog of settings; each takes effect, and is kept, as soon as it is changed."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from lafr_desktop.sentences import in_words
from lafr_desktop.settings import CACHE_MEGABYTES, MEGAPIXELS, THUMBNAIL_SIZES, Settings
from lafr_desktop.views.folder_field import FolderField
from lafr_desktop.views.forms import align
from lafr_desktop.views.notes import Note, note_label
from lafr_engine.messages import DeviceTested

_MEGABYTE = 1_000_000
_WIDTH = 640
_SPARE = 60  # for sentences that come later: on the device, its test, the language


class DeviceSection(QGroupBox):
    """Where the networks run, why not on a GPU, and a test of it.

    Signals:
        test_requested: A device to be tested.
    """

    test_requested = Signal(str)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Device"))
        self._settings = settings
        names = {
            "auto": self.tr("Automatic: the graphics card where it can be used"),
            "cpu": self.tr("Processor (CPU)"),
            "cuda": self.tr("NVIDIA graphics card (CUDA)"),
            "mps": self.tr("Apple graphics (MPS)"),
        }
        self._device = _choice(self.tr("Device"), names, settings.device)
        self._device.currentIndexChanged.connect(self._chosen)
        self._now = note_label("", self)
        self._test = QPushButton(self.tr("&Test this device"), self)
        self._test.setToolTip(
            self.tr("Restores one face on the device and on the processor, and compares them.")
        )
        self._test.clicked.connect(self._ask)
        self._result = Note("", "good", self)
        self._result.setAccessibleName(self.tr("Result of the test"))
        row = QHBoxLayout()
        row.addWidget(self._device, 1)
        row.addWidget(self._test)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self._now)
        column.addWidget(self._result)
        self._now.setVisible(False)
        self._result.setVisible(False)

    @Slot(str, str)
    def show_device(self, device: str, reason: str) -> None:
        """Say where the networks run now, and why that is not a GPU."""
        words = self.tr("Running now on {0}: {1}.") if reason else self.tr("Running now on: {0}.")
        self._now.setText(words.format(device.upper(), in_words(reason)))
        self._now.setVisible(True)

    @Slot(object)
    def show_test(self, tested: DeviceTested) -> None:
        """Say how a test went."""
        self._say("good" if tested.sound else "bad", tested.sentence)
        self._test.setEnabled(True)

    @Slot(str)
    def show_test_failed(self, sentence: str) -> None:
        """Say why there was no test."""
        self._say("bad", sentence)
        self._test.setEnabled(True)

    @Slot()
    def _ask(self) -> None:
        self._test.setEnabled(False)
        self._say("muted", self.tr("Testing… The first test loads the networks."))
        self.test_requested.emit(self._settings.device)

    @Slot()
    def _chosen(self) -> None:
        self._settings.device = self._device.currentData()
        self._result.setVisible(False)

    def _say(self, tone: str, sentence: str) -> None:
        self._result.set_tone(tone)
        self._result.setText(in_words(sentence))
        self._result.setVisible(True)


class LookSection(QGroupBox):
    """Language, theme and thumbnails.

    Attributes:
        restart: Says that another language needs another start; hidden until one is chosen.

    Signals:
        clear_requested: The thumbnails on disk are to be thrown away.
    """

    clear_requested = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Appearance"))
        self._settings = settings
        # Each language is named in itself, so that one who cannot read this one finds it.
        languages = {"system": self.tr("As the system"), "en": "English", "de": "Deutsch"}
        themes = {
            "system": self.tr("As the system"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
        }
        self._language = _choice(self.tr("Language"), languages, settings.language)
        self._language.currentIndexChanged.connect(self._chose_language)
        self.restart = note_label(
            self.tr("The language changes when the program is started again."), self
        )
        self.restart.setVisible(False)
        self._theme = _choice(self.tr("Theme"), themes, settings.theme)
        self._theme.currentIndexChanged.connect(self._chose_theme)
        self._size = _number(self.tr("Thumbnails"), THUMBNAIL_SIZES, settings.thumbnail_size)
        self._size.setSuffix(self.tr(" pixels"))
        self._size.setSingleStep(12)
        self._size.valueChanged.connect(self._chose_size)
        form = QFormLayout(self)
        form.addRow(self.tr("&Language:"), self._language)
        form.addRow(self.restart)
        form.addRow(self.tr("T&heme:"), self._theme)
        form.addRow(self.tr("Thumb&nails:"), self._size)
        form.addRow(self.tr("Thumbnails on disk:"), self._cache_row())

    @Slot("qlonglong")
    def show_cache_size(self, size: int) -> None:
        """Say how many bytes the thumbnails on disk take now."""
        self._taken.setText(
            self.tr("{0} MB now").format(QLocale().toString(size / _MEGABYTE, "f", 1))
        )
        self._clear.setEnabled(size > 0)

    def _cache_row(self) -> QWidget:
        row = QWidget(self)
        self._cache = _number(
            self.tr("Most megabytes of thumbnails on disk"),
            CACHE_MEGABYTES,
            self._settings.cache_megabytes,
        )
        self._cache.setPrefix(self.tr("at most "))
        self._cache.setSuffix(" MB")
        self._cache.setSingleStep(100)
        self._cache.valueChanged.connect(self._chose_cache)
        self._taken = QLabel("", row)
        self._clear = QPushButton(self.tr("&Clear"), row)
        self._clear.setAccessibleName(self.tr("Throw the thumbnails on disk away"))
        self._clear.setToolTip(self.tr("They are made again when they are next needed."))
        self._clear.clicked.connect(self.clear_requested)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._cache)
        layout.addWidget(self._taken, 1)
        layout.addWidget(self._clear)
        return row

    @Slot()
    def _chose_language(self) -> None:
        self._settings.language = self._language.currentData()
        self.restart.setVisible(True)

    @Slot()
    def _chose_theme(self) -> None:
        self._settings.theme = self._theme.currentData()

    @Slot(int)
    def _chose_size(self, size: int) -> None:
        self._settings.thumbnail_size = size

    @Slot(int)
    def _chose_cache(self, megabytes: int) -> None:
        self._settings.cache_megabytes = megabytes


class WorkSection(QGroupBox):
    """What is exported, where to, and how large a photograph may be."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Photographs"))
        self._settings = settings
        self._confident = QCheckBox(self.tr("&Accept all confident faces"), self)
        self._confident.setChecked(settings.accept_confident)
        self._confident.toggled.connect(self._chose_confident)
        why = note_label(
            self.tr(
                "Off, an export holds only the faces that you accepted. On, it also holds those "
                "that you did not decide on and that still look like the same person; faces that "
                "were held stay out. You can reject any of them later."
            ),
            self,
        )
        self._folder = FolderField(self.tr("Export folder"), self)
        self._folder.set_placeholder(self.tr("Asked for at the first export"))
        self._folder.set_folder(settings.export_folder)
        self._folder.checked.connect(self._chose_folder)
        self._pixels = _number(self.tr("Largest photograph"), MEGAPIXELS, settings.max_megapixels)
        self._pixels.setSuffix(self.tr(" megapixels"))
        self._pixels.setSingleStep(50)
        self._pixels.setToolTip(self.tr("Larger ones are refused: they may not fit in memory."))
        self._pixels.valueChanged.connect(self._chose_pixels)
        form = QFormLayout(self)
        form.addRow(self._confident)
        form.addRow(why)
        form.addRow(self.tr("&Export folder:"), self._folder)
        form.addRow(self.tr("La&rgest photograph:"), self._pixels)

    @Slot(bool)
    def _chose_confident(self, on: bool) -> None:
        self._settings.accept_confident = on

    @Slot(str)
    def _chose_folder(self, problem: str) -> None:
        if not problem:
            self._settings.export_folder = self._folder.folder

    @Slot(int)
    def _chose_pixels(self, megapixels: int) -> None:
        self._settings.max_megapixels = megapixels


class SettingsDialog(QDialog):
    """All settings on one page.

    Signals:
        device_test_requested: A device, ``auto``, ``cpu``, ``cuda`` or ``mps``.
        clear_cache_requested: The thumbnails on disk are to be thrown away.
    """

    device_test_requested = Signal(str)
    clear_cache_requested = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self._work = WorkSection(settings, self)
        self._device = DeviceSection(settings, self)
        self._device.test_requested.connect(self.device_test_requested)
        self._look = LookSection(settings, self)
        self._look.clear_requested.connect(self.clear_cache_requested)
        self.show_device = self._device.show_device
        self.show_device_test = self._device.show_test
        self.show_device_test_failed = self._device.show_test_failed
        self.show_cache_size = self._look.show_cache_size
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        page = self._page()
        align(page.findChildren(QFormLayout), [self._look.restart])
        column.addWidget(page, 1)
        column.addWidget(buttons)
        inner = page.widget()
        assert inner is not None
        self.resize(_WIDTH, inner.heightForWidth(_WIDTH) + buttons.sizeHint().height() + _SPARE)

    def _page(self) -> QScrollArea:
        page = QWidget()
        column = QVBoxLayout(page)
        for section in (self._work, self._device, self._look):
            column.addWidget(section)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        return area


def _choice(name: str, texts: dict[str, str], chosen: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for value, text in texts.items():
        box.addItem(text, value)
    box.setCurrentIndex(box.findData(chosen))
    return box


def _number(name: str, limits: tuple[int, int], value: int) -> QSpinBox:
    box = QSpinBox()
    box.setAccessibleName(name)
    box.setRange(*limits)
    box.setKeyboardTracking(False)
    box.setValue(value)
    box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return box

"""What the user chose, kept from one start to the next.

Every value has a default and a check; what is damaged or out of range in the file reads as the
default. QSettings writes the file whole or not at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, cast, overload

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

T = TypeVar("T")
Reader = Callable[[object], T | None]

DEVICES: Final = ("auto", "cpu", "cuda", "mps")
LANGUAGES: Final = ("system", "en", "de")
THEMES: Final = ("system", "light", "dark")
THUMBNAIL_SIZES: Final = (96, 384)
MEGAPIXELS: Final = (10, 2000)
CACHE_MEGABYTES: Final = (50, 20_000)
_RECENT = 10
_APPLICATION = "lafr"


class Setting(Generic[T]):
    """One value of :class:`Settings`: a property that is read from the file and checked.

    Args:
        key: Its name in the file, with its group.
        default: What it is where the file has nothing sound.
        read: Makes a value of what the file has; None where that is not sound.
    """

    def __init__(self, key: str, default: T, read: Reader[T]) -> None:
        self._key = key
        self._default = default
        self._read = read
        self._name = key

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, settings: None, owner: type) -> Setting[T]: ...
    @overload
    def __get__(self, settings: Settings, owner: type) -> T: ...
    def __get__(self, settings: Settings | None, owner: type) -> T | Setting[T]:
        """Return the value, or the default."""
        if settings is None:
            return self
        value = self._read(settings.store.value(self._key))
        return self._default if value is None else value

    def __set__(self, settings: Settings, value: T) -> None:
        """Check, keep and tell of a value.

        Raises:
            ValueError: It is none that this setting may have.
        """
        stored = _stored(value)
        if self._read(stored) is None and value != self._default:
            raise ValueError(f"{self._name} cannot be {value!r}")
        if value == self.__get__(settings, type(settings)):
            return
        settings.store.setValue(self._key, stored)
        settings.changed.emit(self._name, value)


def _stored(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return QByteArray(value)
    if isinstance(value, tuple):
        return [str(each) for each in value]
    return "" if value is None else str(value)


def _one_of(choices: tuple[str, ...]) -> Reader[str]:
    return lambda raw: raw if isinstance(raw, str) and raw in choices else None


def _whole(limits: tuple[int, int]) -> Reader[int]:
    def read(raw: object) -> int | None:
        try:
            value = float(str(raw))
        except ValueError:
            return None
        sound = math.isfinite(value) and limits[0] <= value <= limits[1]
        return int(value) if sound and value == int(value) else None

    return read


def _flag(raw: object) -> bool | None:
    return {"true": True, "false": False}.get(str(raw).lower())


def _name(raw: object) -> str | None:
    """Read a name; an empty one means that none was chosen, and "/" never stands in one."""
    return raw if isinstance(raw, str) and raw.isprintable() else None


def _folder(raw: object) -> Path | None:
    """Read an absolute path."""
    if not isinstance(raw, str) or not raw or "\0" in raw:
        return None
    path = Path(raw)
    return path if path.is_absolute() else None


def _folders(raw: object) -> tuple[Path, ...] | None:
    """Read several folders; QSettings gives a list of one as a plain text."""
    rows = raw if isinstance(raw, list) else [raw]
    found = [folder for row in rows if (folder := _folder(row)) is not None]
    return tuple(dict.fromkeys(found))[:_RECENT]


def _bytes(raw: object) -> bytes | None:
    return bytes(cast("Any", raw).data()) if isinstance(raw, QByteArray) else None


class Settings(QObject):
    """The values, typed; assigning one writes it and tells of it.

    Signals:
        changed: Name of a value of this class, and the value, after it changed.
    """

    changed = Signal(str, object)

    device = Setting("engine/device", "auto", _one_of(DEVICES))
    bundle = Setting("engine/bundle", "", _name)  # empty: the one that ships with the program
    max_megapixels = Setting("engine/max_megapixels", 300, _whole(MEGAPIXELS))
    accept_confident = Setting("export/accept_confident", False, _flag)
    export_folder: Setting[Path | None] = Setting("export/folder", None, _folder)
    recent_albums: Setting[tuple[Path, ...]] = Setting("album/recent", (), _folders)
    language = Setting("window/language", "system", _one_of(LANGUAGES))
    theme = Setting("window/theme", "system", _one_of(THEMES))
    thumbnail_size = Setting("window/thumbnail_size", 180, _whole(THUMBNAIL_SIZES))
    cache_megabytes = Setting("window/cache_megabytes", 1000, _whole(CACHE_MEGABYTES))
    geometry = Setting("window/geometry", b"", _bytes)
    state = Setting("window/state", b"", _bytes)

    def __init__(self, store: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store

    @classmethod
    def of_file(cls, path: Path, parent: QObject | None = None) -> Settings:
        """Keep the values in this file, which need not exist yet."""
        return cls(QSettings(str(path), QSettings.Format.IniFormat), parent)

    def remember_album(self, folder: Path) -> None:
        """Put an album first among the recent ones."""
        others = (each for each in self.recent_albums if each != folder)
        self.recent_albums = (folder, *others)[:_RECENT]

    def forget_album(self, folder: Path) -> None:
        """Take an album that is gone out of the recent ones."""
        self.recent_albums = tuple(each for each in self.recent_albums if each != folder)

    def save(self) -> bool:
        """Write at once what is not written yet.

        Returns:
            Whether the file could be written and understood.
        """
        self.store.sync()
        return self.store.status() == QSettings.Status.NoError


def settings_file() -> Path:
    """Where the program keeps this user's choices."""
    import platformdirs

    return platformdirs.user_config_path(_APPLICATION, appauthor=False) / "settings.ini"

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from lafr_desktop.settings import Settings, settings_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


@pytest.fixture
def settings(file: Path) -> Settings:
    return Settings.of_file(file)


def test_a_new_file_gives_the_defaults(settings: Settings) -> None:
    assert (settings.device, settings.language, settings.theme) == ("auto", "system", "system")
    assert settings.accept_confident is False
    assert settings.export_folder is None
    assert settings.recent_albums == ()
    assert settings.geometry == b""


def test_every_value_is_there_at_the_next_start(
    settings: Settings, file: Path, tmp_path: Path
) -> None:
    settings.device = "cuda"
    settings.accept_confident = True
    settings.thumbnail_size = 256
    settings.export_folder = tmp_path / "für Oma, 100 %"
    settings.recent_albums = (tmp_path / "a", tmp_path / "b")
    settings.geometry = b"\x00\x01\xff,;\n"
    settings.bundle = "lafr-compact-1"
    assert settings.save()
    again = Settings.of_file(file)
    assert again.device == "cuda"
    assert again.accept_confident is True
    assert again.thumbnail_size == 256
    assert again.export_folder == tmp_path / "für Oma, 100 %"
    assert again.recent_albums == (tmp_path / "a", tmp_path / "b")
    assert again.geometry == b"\x00\x01\xff,;\n"
    assert again.bundle == "lafr-compact-1"


def test_one_recent_album_is_read_as_one(settings: Settings, file: Path, tmp_path: Path) -> None:
    settings.remember_album(tmp_path / "Familie, Ostpreußen")
    assert settings.save()
    assert Settings.of_file(file).recent_albums == (tmp_path / "Familie, Ostpreußen",)


def test_what_can_be_set_back_to_its_default_is(settings: Settings, tmp_path: Path) -> None:
    settings.export_folder = tmp_path
    settings.export_folder = None
    settings.recent_albums = (tmp_path,)
    settings.recent_albums = ()
    assert settings.export_folder is None
    assert settings.recent_albums == ()


@pytest.mark.parametrize(
    ("key", "text", "name"),
    [
        ("engine/device", "tpu", "device"),
        ("engine/max_megapixels", "-4", "max_megapixels"),
        ("engine/max_megapixels", "nan", "max_megapixels"),
        ("window/thumbnail_size", "1e99", "thumbnail_size"),
        ("window/thumbnail_size", "big", "thumbnail_size"),
        ("window/thumbnail_size", "180.5", "thumbnail_size"),
        ("window/theme", "", "theme"),
        ("window/language", "tlh", "language"),
        ("export/accept_confident", "perhaps", "accept_confident"),
        ("export/folder", "relative/folder", "export_folder"),
        ("window/geometry", "@Invalid()", "geometry"),
        ("window/state", "plain", "state"),
    ],
)
def test_what_is_damaged_reads_as_the_default(file: Path, key: str, text: str, name: str) -> None:
    group, _, leaf = key.partition("/")
    file.write_text(f"[{group}]\n{leaf}={text}\n", encoding="utf-8")
    default = getattr(Settings.of_file(file.with_name("none.ini")), name)
    assert getattr(Settings.of_file(file), name) == default


def test_a_file_of_garbage_is_no_obstacle(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 20)
    settings = Settings.of_file(file)
    assert settings.device == "auto"
    assert settings.recent_albums == ()


def test_what_cannot_be_is_refused_and_not_written(settings: Settings) -> None:
    with pytest.raises(ValueError, match="device"):
        settings.device = "tpu"
    with pytest.raises(ValueError, match="thumbnail_size"):
        settings.thumbnail_size = 5
    assert settings.store.allKeys() == []


def test_a_change_is_told_once(settings: Settings, qtbot: QtBot) -> None:
    told: list[tuple[str, object]] = []
    settings.changed.connect(lambda name, value: told.append((name, value)))
    settings.theme = "dark"
    settings.theme = "dark"
    settings.theme = "system"
    assert told == [("theme", "dark"), ("theme", "system")]


def test_the_newest_albums_come_first_and_the_oldest_is_dropped(
    settings: Settings, tmp_path: Path
) -> None:
    folders = [tmp_path / str(number) for number in range(12)]
    for folder in folders:
        settings.remember_album(folder)
    settings.remember_album(folders[5])
    assert settings.recent_albums[:2] == (folders[5], folders[11])
    assert len(settings.recent_albums) == 10
    settings.forget_album(folders[5])
    assert folders[5] not in settings.recent_albums


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")
    settings = Settings.of_file(blocker / "settings.ini")
    settings.theme = "dark"
    assert not settings.save()


def test_the_programs_own_file_is_an_ini_file() -> None:
    file = settings_file()
    assert file.is_absolute()
    assert (file.parent.name, file.name) == ("lafr", "settings.ini")


def test_a_store_of_the_caller_is_used(file: Path) -> None:
    store = QSettings(str(file), QSettings.Format.IniFormat)
    store.setValue("engine/device", "mps")
    assert Settings(store).device == "mps"

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from lafr_engine.album import schema
from lafr_engine.album.store import Album
from lafr_engine.errors import AlbumDamaged, AlbumError, AlbumMissing
from tests.album.small_engine import work_off


def connect(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "album.sqlite", isolation_level=None)


def test_an_album_is_made_once(tmp_path: Path) -> None:
    with Album.create(tmp_path / "a") as album:
        assert Album.is_album(album.folder)
        assert album.cache.is_dir()
        with pytest.raises(AlbumError, match="is an album already"):
            Album.create(tmp_path / "a")
    assert not Album.is_album(tmp_path)


def test_it_is_written_ahead_and_marked(album: Album) -> None:
    connection = connect(album.folder)
    pragmas = ("journal_mode", "user_version", "application_id")
    values = [connection.execute(f"PRAGMA {each}").fetchone()[0] for each in pragmas]
    connection.close()
    assert values == ["wal", len(schema.MIGRATIONS), schema.APPLICATION_ID]


def test_what_is_no_album_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AlbumMissing, match="is not an album"):
        Album.open(tmp_path)
    connection = connect(tmp_path)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(AlbumMissing, match="is not an album"):
        Album.open(tmp_path)
    (tmp_path / "album.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(AlbumDamaged):
        Album.open(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(AlbumError, match="cannot be made"):
        Album.create(tmp_path / "file")


def test_a_newer_album_is_refused_and_left_alone(album: Album) -> None:
    album.close()
    connection = connect(album.folder)
    connection.execute("PRAGMA user_version = 99")
    with pytest.raises(AlbumDamaged, match="newer version"):
        Album.open(album.folder)
    assert connection.execute("PRAGMA user_version").fetchone() == (99,)
    connection.close()


def test_an_older_album_is_brought_up_to_date(
    restored: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = restored.photos()
    restored.close()
    later = ("ALTER TABLE photos ADD COLUMN caption TEXT", "UPDATE photos SET caption = name")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, later))
    with Album.open(restored.folder) as album:
        assert album.photos() == before
        assert album.verify() == []
    connection = connect(restored.folder)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)
    assert connection.execute("SELECT count(caption) FROM photos").fetchone() == (3,)
    connection.close()


def test_a_migration_that_fails_leaves_the_album_as_it_was(
    restored: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored.close()
    broken = ("ALTER TABLE photos ADD COLUMN caption TEXT", "UPDATE photos SET nonsense = 1")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
        with pytest.raises(AlbumError, match="nonsense"):
            Album.open(restored.folder)
    with Album.open(restored.folder) as album:
        assert album.verify() == []


def test_nothing_that_is_asked_often_reads_whole_tables(restored: Album, photos: Path) -> None:
    asked: set[str] = set()
    connection = restored._db._connection
    face = restored.review_queue()[0]
    connection.set_trace_callback(asked.add)
    restored.counts()
    restored.faces(face.photo_id)
    restored.candidates(face.id)
    restored.accept(face.id)
    restored.undo()
    restored.redo()
    restored.history(10)
    restored.enqueue_restore([face.id])
    restored.review_queue()
    restored.jobs(("failed",))
    list(restored.import_paths([photos]))
    work_off(restored)
    connection.set_trace_callback(None)

    plans = {
        sql: " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}"))
        for sql in asked
        if sql.lstrip().startswith(("SELECT", "UPDATE", "INSERT"))
    }
    whole = re.compile(r"SCAN (photos|faces|candidates|jobs|exports)(?! USING)")
    assert len(plans) > 30
    assert {sql: plan for sql, plan in plans.items() if whole.search(plan)} == {}

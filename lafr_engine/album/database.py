"""One connection to an album's file: pragmas, transactions, and errors as sentences."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from lafr_engine.errors import AlbumBusy, AlbumDamaged, AlbumError

Row = sqlite3.Row

_WAIT_SECONDS: Final = 30.0


class Database:
    """A connection for one thread. Every change is one transaction that takes the lock at once.

    ``BEGIN IMMEDIATE`` waits for other writers before it reads, so that what a change has read
    still holds when it writes. Readers never wait: the journal is a write-ahead log. A commit is
    on the disk when it returns (``synchronous = FULL``), because a decision must survive a power
    cut.
    """

    def __init__(self, path: Path) -> None:
        """Open the file; it is made where there is none.

        Raises:
            AlbumDamaged: It is no database.
            AlbumError: It cannot be opened.
        """
        self._path = path
        with self._said():
            self._connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
        try:
            self._connection.row_factory = Row
            for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
                self.run(f"PRAGMA {pragma}")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; it cannot be used again."""
        self._connection.close()

    def run(self, sql: str, *values: Any) -> int:
        """Run a statement; return how many rows it changed."""
        with self._said():
            return self._connection.execute(sql, values).rowcount

    def insert(self, sql: str, *values: Any) -> int:
        """Run an INSERT; return the new row's id."""
        with self._said():
            return int(self._connection.execute(sql, values).lastrowid or 0)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Return all rows of a query."""
        with self._said():
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Row | None:
        """Return the first row of a query, or None."""
        with self._said():
            row: Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def value(self, sql: str, *values: Any) -> Any:
        """Return the first column of the first row, or None."""
        row = self.row(sql, *values)
        return None if row is None else row[0]

    def column(self, sql: str, *values: Any) -> list[Any]:
        """Return the first column of all rows."""
        return [row[0] for row in self.rows(sql, *values)]

    def tally(self, sql: str) -> dict[str, int]:
        """Return a query's first column, each value with its second."""
        return {row[0]: row[1] for row in self.rows(sql)}

    @contextmanager
    def change(self) -> Iterator[None]:
        """Make one transaction of the block; inside another one it is a part of that."""
        if self._connection.in_transaction:
            yield
            return
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk has rolled back already
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turn what SQLite says of the file into a sentence; the rest is a fault of ours."""
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise AlbumBusy(f"{self._path}: another program keeps it busy") from error
            raise AlbumError(f"{self._path}: cannot be used ({error})") from error
        except sqlite3.DatabaseError as error:
            raise AlbumDamaged(f"{self._path}: is damaged or no album ({error})") from error


def listed(ids: Iterable[int]) -> str:
    """Return ids as JSON, for ``IN (SELECT value FROM json_each(?))``: any number of them."""
    return json.dumps(list(ids))


def now() -> str:
    """Return the time, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")

"""Reading JSON strictly: each value by its field's name, and nothing that was not asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

T = TypeVar("T")
_HEX: Final = frozenset("0123456789abcdef")
_FAR: Final = 1e7  # of pixels: no photograph reaches there


class FieldError(ValueError):
    """A field that is missing, unknown, or holds what it must not. The sentence names it."""


class Fields:
    """An object of JSON whose fields are taken one by one."""

    def __init__(self, value: object, name: str = "") -> None:
        """Take an object.

        Args:
            value: As the JSON gave it.
            name: Of the field that holds it; empty for the whole.

        Raises:
            FieldError: It is no object.
        """
        self._name = name
        if not isinstance(value, dict):
            raise FieldError(f"{name or 'the whole'} is no JSON object")
        self._left: dict[str, Any] = dict(value)

    def take(self, name: str, read: Callable[[object, str], T], older: T | None = None) -> T:
        """Read a field.

        Args:
            name: Of the field.
            read: Reads its value.
            older: What a file without the field means, where older programs left it out.

        Raises:
            FieldError: It is missing, or ``read`` refuses it.
        """
        whole = f"{self._name}.{name}" if self._name else name
        if name not in self._left:
            return older if older is not None else refuse(whole, "is missing")
        return read(self._left.pop(name), whole)

    def maybe(self, name: str, read: Callable[[object, str], T]) -> T | None:
        """Read a field that may be null, but not missing.

        Raises:
            FieldError: It is missing, or ``read`` refuses it.
        """
        return self.take(name, lambda value, at: None if value is None else read(value, at))

    def end(self) -> None:
        """Say that all is read.

        Raises:
            FieldError: Another field stands there.
        """
        if self._left:
            at = f" in {self._name}" if self._name else ""
            raise FieldError(f"it has the unknown field {min(self._left)!r:.60}{at}")


def refuse(at: str, why: str) -> NoReturn:
    """Refuse a field.

    Raises:
        FieldError: Always.
    """
    raise FieldError(f"{at} {why}")


def flag(value: object, at: str) -> bool:
    """Read true or false."""
    return value if isinstance(value, bool) else refuse(at, "is neither true nor false")


def whole(low: int, high: int) -> Callable[[object, str], int]:
    """Return what reads a whole number in a range, its ends included."""

    def read(value: object, at: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            refuse(at, "is no whole number")
        return value if low <= value <= high else refuse(at, "is out of range")

    return read


def number(low: float, high: float) -> Callable[[object, str], float]:
    """Return what reads a number in a range, its ends included."""

    def read(value: object, at: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            refuse(at, "is no number")
        return float(value) if low <= value <= high else refuse(at, "is out of range")

    return read


place = number(-_FAR, _FAR)
"""Reads a coordinate."""


def text(most: int) -> Callable[[object, str], str]:
    """Return what reads a text of 1 to ``most`` characters that can be printed."""

    def read(value: object, at: str) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= most:
            refuse(at, f"is no text of 1 to {most} characters")
        return value if value.isprintable() else refuse(at, "holds characters that are not text")

    return read


def one_of(*known: T) -> Callable[[object, str], T]:
    """Return what reads one of a few texts or whole numbers."""

    def read(value: object, at: str) -> T:
        if isinstance(value, str | int) and not isinstance(value, bool):
            for each in known:
                if each == value:
                    return each
        return refuse(at, f"is none of {', '.join(str(each) for each in known)}")

    return read


def several(low: int, high: int, read: Callable[[object, str], T]) -> Callable[..., tuple[T, ...]]:
    """Return what reads a list of so many values."""

    def read_all(value: object, at: str) -> tuple[T, ...]:
        if not isinstance(value, list) or not low <= len(value) <= high:
            many = f"{low}" if low == high else f"{low} to {high}"
            refuse(at, f"is no list of {many} values")
        return tuple(read(each, f"{at}[{index}]") for index, each in enumerate(value))

    return read_all


def sha256(value: object, at: str) -> str:
    """Read a hash."""
    if not isinstance(value, str) or len(value) != 64 or not _HEX.issuperset(value):
        refuse(at, "is no sha256 in 64 small hexadecimal digits")
    return value

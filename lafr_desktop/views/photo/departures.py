"""Which faces are measured for what was invented in them, when, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from lafr_desktop.background import Background
from lafr_desktop.views.photo.compose import KeepMask, Patch, Share
from lafr_desktop.views.photo.invented import (
    Invented,
    InventedFace,
    InventedLayer,
    LegendTexts,
    measure,
)
from lafr_desktop.views.photo.tiles import TilePyramid
from lafr_desktop.views.photo.values import Landmarks, ShownFace
from lafr_engine.faces.invented import Region

_Key = tuple[Patch, Landmarks]
Numbers = Mapping[Region, float]


@dataclass(frozen=True, slots=True)
class Seen:
    """A face that the restored photograph holds.

    Attributes:
        face: The face.
        share: What is taken of it.
        selected: Whether it is under review.
    """

    face: ShownFace
    share: Share
    selected: bool


class InventedFaces(QObject):
    """Measures faces off the GUI thread: the selected one, and all while they are shown.

    Attributes:
        layer: Draws what was measured.

    Signals:
        arrived: A face was measured; show the faces again.
        crashed: An error that nobody expected.
    """

    arrived = Signal()
    crashed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.layer = InventedLayer(
            LegendTexts(
                little=self.tr("Invented: little"),
                much=self.tr("much"),
                nothing=self.tr("Nothing to speak of was invented here"),
            )
        )
        self._background = Background(self)
        self._background.crashed.connect(self.crashed)
        self._found: dict[_Key, Invented] = {}
        self._asked: set[_Key] = set()  # being measured, or measured in vain
        self._kept: tuple[Invented, KeepMask, Numbers] | None = None
        self._counting = False

    def clear(self) -> None:
        """Forget everything: another photograph is shown."""
        self._background.drop()
        self._found, self._asked, self._kept = {}, set(), None
        self._counting = False
        self.layer.set_faces(())

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in work: :meth:`close` would not have to wait."""
        return self._background.at_rest

    def close(self) -> None:
        """Join the thread."""
        self._background.close()

    def show(self, pyramid: TilePyramid | None, seen: Sequence[Seen]) -> Numbers:
        """Draw what is known of these faces and measure what is not.

        Returns:
            The numbers of the selected face at its strength; empty where they are not known.
        """
        keys = {key for each in seen if (key := _key(each)) is not None}
        self._found = {key: each for key, each in self._found.items() if key in keys}
        self._asked &= keys
        shown = list[InventedFace]()
        numbers: Numbers = {}
        for each in sorted(seen, key=lambda one: not one.selected):
            found = self._measured(pyramid, each)
            if found is None:
                continue
            shown.append(InventedFace(found, each.share.strength, each.share.keep))
            if each.selected:
                numbers = self._numbers(found, each.share)
        self.layer.set_faces(shown)
        return numbers

    def _measured(self, pyramid: TilePyramid | None, seen: Seen) -> Invented | None:
        key = _key(seen)
        if key is None or pyramid is None:
            return None
        wanted = seen.selected or self.layer.visible
        if wanted and key not in self._found and key not in self._asked:
            self._asked.add(key)
            work = partial(measure, pyramid, *key)
            self._background.submit(work, partial(self._take, key), _leave_unknown)
        return self._found.get(key)

    def _take(self, key: _Key, found: Invented) -> None:
        if key in self._asked:
            self._asked.remove(key)
            self._found[key] = found
            self.arrived.emit()

    def _numbers(self, found: Invented, share: Share) -> Numbers:
        numbers = found.numbers if share.keep is None else self._numbers_kept(found, share.keep)
        return {region: number * share.strength for region, number in numbers.items()}

    def _numbers_kept(self, found: Invented, keep: KeepMask) -> Numbers:
        """Return them as they were a moment ago while a stroke is being painted."""
        known = self._kept if self._kept is not None and self._kept[0] is found else None
        if (known is None or known[1] is not keep) and not self._counting:
            self._counting = True
            then = partial(self._take_kept, found, keep)
            self._background.submit(partial(found.numbers_kept, keep), then, _leave_unknown)
        return found.numbers if known is None else known[2]

    def _take_kept(self, found: Invented, keep: KeepMask, numbers: Numbers) -> None:
        self._counting = False
        self._kept = found, keep, numbers
        self.arrived.emit()


def _key(seen: Seen) -> _Key | None:
    landmarks = seen.face.landmarks
    return None if landmarks is None else (seen.share.patch, landmarks)


def _leave_unknown(sentence: str) -> None:
    """Warn of nothing: a face without a place is told of where it is restored."""

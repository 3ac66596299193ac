"""What results and recipes are called: like their sources, and never two by one name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from lafr_engine.album.walk import SUFFIXES, Source

FORMAT_SUFFIXES: Final = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png",),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "AVIF": (".avif",),
}
"""The suffixes of each format; the first is the one given by default."""

RECIPE_SUFFIX: Final = ".lafr.json"


def sidecar(picture: Path) -> Path:
    """Return where the recipe of a picture lies: ``photo.jpg`` has ``photo.jpg.lafr.json``.

    The picture's own suffix stays in the name: ``photo.jpg`` and ``photo.png`` may lie in one
    folder, and each has a recipe of its own.
    """
    return picture.with_name(picture.name + RECIPE_SUFFIX)


def targets(
    sources: Sequence[Source], out: Path, suffixes: Mapping[str, tuple[str, ...]], only: str | None
) -> list[Path]:
    """Say where each source's result goes.

    The name stays. The suffix stays too where it belongs to the format that is written, else
    that format's own takes its place. Where two results would have one name, each goes into a
    folder of ``out`` like its source's; where even that does not tell them apart, a number does.

    Args:
        sources: What is worked on.
        out: The folder of the results.
        suffixes: Of each format; the first is its own.
        only: The format that everything is written in; None for each source's own.
    """
    names = [_named(Path(source.path.name), only or source.format, suffixes) for source in sources]
    groups = defaultdict(list)
    for index, name in enumerate(names):
        groups[str(name).casefold()].append(index)
    result: list[Path] = []
    taken: set[str] = set()
    for index, (source, name) in enumerate(zip(sources, names, strict=True)):
        alone = len(groups[str(names[index]).casefold()]) == 1
        chosen = _free(name if alone else source.place.with_name(name.name), taken)
        result.append(out / chosen)
    return result


def _named(name: Path, kind: str | None, suffixes: Mapping[str, tuple[str, ...]]) -> Path:
    allowed = suffixes.get(kind or "", ())
    if not allowed or name.suffix.lower() in allowed:
        return name
    known = name.suffix.lower() in SUFFIXES
    return name.with_suffix(allowed[0]) if known else Path(f"{name.name}{allowed[0]}")


def _free(path: Path, taken: set[str]) -> Path:
    chosen, number = path, 2
    while str(chosen).casefold() in taken:
        chosen, number = path.with_name(f"{path.stem}-{number}{path.suffix}"), number + 1
    taken.add(str(chosen).casefold())
    return chosen

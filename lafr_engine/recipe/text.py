"""Recipes as JSON, read as what anybody may have written: strictly, and with limits."""

from __future__ import annotations

import base64
import binascii
import json
import stat
import unicodedata
from datetime import datetime
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, Final, NoReturn

from lafr_engine.album.names import FORMAT_SUFFIXES
from lafr_engine.errors import RecipeError
from lafr_engine.messages import Acceptance, Box, FaceGeometry
from lafr_engine.recipe import fields
from lafr_engine.recipe.fields import FieldError, Fields, refuse
from lafr_engine.recipe.values import (
    FORMAT,
    Bundle,
    Export,
    FaceRecipe,
    Kept,
    Made,
    MaskKind,
    Output,
    Recipe,
    Source,
)

MAX_BYTES: Final = 16 * 2**20
"""A longer recipe is refused; masks painted over a thousand faces take less."""

_MAX_FACES: Final = 10_000
_MAX_SIDE: Final = 10_000_000
_PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_GREY_8: Final = b"\x08\0"


def to_text(recipe: Recipe) -> str:
    """Return a recipe as JSON, which `parse` reads.

    Plain ASCII: the name of a file may be no text at all, and must come back as it was.
    """
    source, export, made = recipe.source, recipe.export, recipe.made
    values = {
        "format": FORMAT,
        "made": {
            "program": made.program,
            "libraries": dict(made.libraries),
            "threads": made.threads,
        },
        "source": {
            "name": source.name,
            "path": source.path,
            "bytes": source.bytes,
            "sha256": source.sha256,
        },
        "output": {"name": recipe.output.name, "sha256": recipe.output.sha256},
        "export": {
            "format": export.format,
            "quality": export.quality,
            "scale": export.scale,
            "aligned": export.aligned,
            "label": None if export.label is None else export.label.isoformat(),
        },
        "faces": [_face_values(each) for each in recipe.faces],
    }
    return json.dumps(values, indent=1) + "\n"


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        RecipeError: Missing, too long, damaged, altered, or of a version that is not known.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would wait for its writer
            raise RecipeError(path, "is no file")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(path, f"cannot be read ({error.strerror or error})") from error
    return parse(data, path)


def parse(data: bytes, path: Path) -> Recipe:
    """Read the JSON of a recipe.

    Args:
        data: The file's bytes.
        path: The file, for the sentence of an error.

    Raises:
        RecipeError: Too long, damaged, altered, or of a version that is not known.
    """
    if len(data) > MAX_BYTES:
        raise RecipeError(path, f"is too long for a recipe (more than {MAX_BYTES} bytes)")
    try:
        values = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except FieldError as error:
        raise RecipeError(path, f"is no sound recipe: {error}") from error
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise RecipeError(path, f"is no recipe: it is no JSON, or damaged ({reason})") from error
    try:
        return _recipe(values)
    except FieldError as error:
        raise RecipeError(path, f"is no sound recipe: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; a name that stands twice would say two things."""
    built = dict(pairs)
    if len(built) != len(pairs):
        raise FieldError("a field stands in it twice")
    return built


def _no_number(name: str) -> NoReturn:
    raise FieldError(f"it holds {name}, which is no number")


def _face_values(face: FaceRecipe) -> dict[str, Any]:
    keep = face.keep
    kept = None
    if keep is not None:
        png = base64.b64encode(keep.png).decode("ascii")
        kept = {"rectangle": list(keep.rectangle), "png": png}
    return {
        "box": list(face.face.box),
        "landmarks": [list(point) for point in face.face.landmarks],
        "score": face.face.score,
        "seed": face.seed,
        "strength": face.strength,
        "decision": str(face.decision),
        "identity": face.identity,
        "bundle": {"name": face.bundle.name, "sha256": face.bundle.sha256},
        "keep": kept,
        "mask": str(face.mask),
    }


def _recipe(value: object) -> Recipe:
    whole = Fields(value)
    version = whole.take("format", fields.whole(1, 10**9))
    if version > FORMAT:
        refuse("format", f"is {version}: a newer version of this program wrote it")
    recipe = Recipe(
        made=whole.take("made", _made),
        source=whole.take("source", _source),
        output=whole.take("output", _output),
        export=whole.take("export", _export),
        faces=whole.take("faces", fields.several(0, _MAX_FACES, _face)),
    )
    whole.end()
    _check_together(recipe)
    return recipe


def _check_together(recipe: Recipe) -> None:
    """Refuse what each field allows, but not all together."""
    export = recipe.export
    if PurePath(recipe.output.name).suffix.lower() not in FORMAT_SUFFIXES[export.format]:
        refuse("output.name", f"does not end like the name of a {export.format} file")
    if export.aligned and (len(recipe.faces) > 1 or export.scale != 1):
        refuse("export.aligned", "goes with one face at most, and with scale 1")


def _made(value: object, at: str) -> Made:
    inner = Fields(value, at)
    made = Made(
        program=inner.take("program", fields.text(100)),
        libraries=inner.take("libraries", _libraries),
        threads=inner.take("threads", fields.whole(1, 1024)),
    )
    inner.end()
    return made


def _libraries(value: object, at: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or len(value) > 50:
        refuse(at, "is no JSON object of up to 50 names")
    short = fields.text(100)
    return tuple((short(name, at), short(version, at)) for name, version in value.items())


def _source(value: object, at: str) -> Source:
    inner = Fields(value, at)
    source = Source(
        name=inner.take("name", _name),
        path=inner.maybe("path", _relative),
        bytes=inner.take("bytes", fields.whole(0, 2**63)),
        sha256=inner.take("sha256", fields.sha256),
    )
    inner.end()
    return source


def _output(value: object, at: str) -> Output:
    inner = Fields(value, at)
    output = Output(inner.take("name", _name), inner.take("sha256", fields.sha256))
    inner.end()
    return output


def _name(value: object, at: str) -> str:
    """Read the name of a file, which may be no text, but leads to no other folder."""
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        refuse(at, "is no text of 1 to 255 characters")
    if "\0" in value or "/" in value or value in (".", "..") or PurePath(value).name != value:
        refuse(at, "is no name of a file, or leads to another folder")
    return _sayable(value, at)


def _relative(value: object, at: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 4096 or "\0" in value:
        refuse(at, "is no path")
    if PurePosixPath(value).is_absolute() or PurePath(value).is_absolute() or PurePath(value).drive:
        refuse(at, "is no path from the recipe's folder")
    return _sayable(value, at)


def _sayable(value: str, at: str) -> str:
    """Let through what a terminal can be shown, and bytes of a name that are no text."""
    for sign in value:
        kind = unicodedata.category(sign)
        if kind == "Cc" or (kind == "Cs" and not "\udc80" <= sign <= "\udcff"):
            refuse(at, "holds control characters")
    return value


def _export(value: object, at: str) -> Export:
    inner = Fields(value, at)
    export = Export(
        format=inner.take("format", fields.one_of(*FORMAT_SUFFIXES)),
        quality=inner.maybe("quality", fields.whole(1, 100)),
        scale=inner.take("scale", fields.one_of(1, 2, 4)),
        aligned=inner.take("aligned", fields.flag),
        label=inner.maybe("label", _date),
    )
    inner.end()
    return export


def _date(value: object, at: str) -> datetime:
    try:
        date = datetime.fromisoformat(fields.text(40)(value, at))
    except FieldError:
        raise
    except ValueError:
        refuse(at, "is no date as in 2026-01-31T12:00:00+01:00")
    return date if date.tzinfo is not None else refuse(at, "has no time zone")


def _face(value: object, at: str) -> FaceRecipe:
    inner = Fields(value, at)
    geometry = FaceGeometry(
        box=inner.take("box", _box),
        landmarks=inner.take("landmarks", fields.several(5, 5, _point)),
        score=inner.take("score", fields.number(0.0, 1.0)),
    )
    face = FaceRecipe(
        face=geometry,
        seed=inner.take("seed", fields.whole(-(2**63), 2**63 - 1)),
        strength=inner.take("strength", fields.number(0.0, 1.0)),
        decision=inner.take("decision", fields.one_of(*Acceptance)),
        identity=inner.maybe("identity", fields.number(-1.01, 1.01)),
        bundle=inner.take("bundle", _bundle),
        keep=inner.maybe("keep", _kept),
        mask=inner.take("mask", fields.one_of(*MaskKind), MaskKind.LANDMARKS),
    )
    inner.end()
    return face


def _box(value: object, at: str) -> Box:
    x0, y0, x1, y1 = fields.several(4, 4, fields.place)(value, at)
    return x0, y0, x1, y1


def _point(value: object, at: str) -> tuple[float, float]:
    x, y = fields.several(2, 2, fields.place)(value, at)
    return x, y


def _bundle(value: object, at: str) -> Bundle:
    inner = Fields(value, at)
    bundle = Bundle(inner.take("name", fields.text(200)), inner.take("sha256", fields.sha256))
    inner.end()
    return bundle


def _kept(value: object, at: str) -> Kept:
    """Read a mask; its size is compared here, so that none has to be decoded to know it."""
    inner = Fields(value, at)
    side = fields.whole(0, _MAX_SIDE)
    x0, y0, x1, y1 = inner.take("rectangle", fields.several(4, 4, side))
    if x0 >= x1 or y0 >= y1:
        refuse(f"{at}.rectangle", "is empty")
    png = inner.take("png", _base64)
    inner.end()
    size = (x1 - x0).to_bytes(4, "big") + (y1 - y0).to_bytes(4, "big")
    if png[: len(_PNG) + 10] != _PNG + size + _GREY_8:
        refuse(f"{at}.png", "is no 8-bit grey PNG of the rectangle's size")
    return Kept(png, (x0, y0, x1, y1))


def _base64(value: object, at: str) -> bytes:
    if not isinstance(value, str):
        refuse(at, "is no text")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        refuse(at, "is not in base64")

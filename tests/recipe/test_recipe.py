from __future__ import annotations

import copy
import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lafr_engine.album.names import sidecar
from lafr_engine.errors import RecipeError
from lafr_engine.messages import Acceptance, FaceGeometry
from lafr_engine.recipe import (
    MAX_BYTES,
    Bundle,
    Export,
    FaceRecipe,
    Kept,
    Made,
    MaskKind,
    Output,
    Recipe,
    Source,
    parse,
    read_recipe,
    to_text,
)

HERE = Path("photo.jpg.lafr.json")


def grey_png(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(height)))
    parts = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


FACE = FaceRecipe(
    face=FaceGeometry((1.1, 2.2, 30.3, 40.4), tuple((i / 3, i / 7) for i in range(5)), 0.9),
    seed=3,
    strength=0.1 + 0.2,
    decision=Acceptance.CONFIDENT,
    identity=-0.25,
    bundle=Bundle("lafr-compact-1", "ab" * 32),
    keep=Kept(grey_png(7, 5), (10, 20, 17, 25)),
)
RECIPE = Recipe(
    source=Source("Oma & Opa 家.jpg", "../in/Oma & Opa 家.jpg", 12345, "01" * 32),
    output=Output("photo.jpg", "23" * 32),
    export=Export(
        "JPEG", 90, 2, label=datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=1)))
    ),
    faces=(
        FACE,
        replace(
            FACE,
            keep=None,
            identity=None,
            decision=Acceptance.ACCEPTED,
            mask=MaskKind.PARSENET,
        ),
    ),
    made=Made("LAFR Desktop 0.1.0", (("numpy", "2.4.6"), ("torch", "2.14.1+cu130")), 8),
)

names = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=60).filter(
    lambda name: "/" not in name and name not in (".", "..")
)
places = st.floats(-1e7, 1e7)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
dates = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=30))]))
points = st.lists(st.tuples(places, places), min_size=5, max_size=5).map(tuple)
faces = st.builds(
    FaceRecipe,
    face=st.builds(
        FaceGeometry, st.tuples(places, places, places, places), points, st.floats(0.0, 1.0)
    ),
    seed=st.integers(-(2**63), 2**63 - 1),
    strength=st.floats(0.0, 1.0),
    decision=st.sampled_from(Acceptance),
    identity=st.none() | st.floats(-1.0, 1.0),
    bundle=st.builds(Bundle, st.just("lafr-compact-1"), hashes),
    keep=st.none()
    | st.tuples(st.integers(1, 9), st.integers(1, 9)).map(
        lambda size: Kept(grey_png(*size), (3, 4, 3 + size[0], 4 + size[1]))
    ),
    mask=st.sampled_from(MaskKind),
)
recipes = st.builds(
    Recipe,
    source=st.builds(Source, names, st.none() | names, st.integers(0, 2**63), hashes),
    output=st.builds(Output, names.map(lambda name: f"{name}.jpg"), hashes),
    export=st.builds(
        Export,
        st.just("JPEG"),
        st.none() | st.integers(1, 100),
        st.sampled_from([1, 2, 4]),
        label=st.none() | dates,
    ),
    faces=st.lists(faces, max_size=3).map(tuple),
    made=st.builds(Made, st.just("LAFR Desktop 0.1.0"), st.just(()), st.integers(1, 1024)),
)


@given(recipes)
@settings(deadline=None)
def test_a_recipe_comes_back_to_the_last_bit(recipe: Recipe) -> None:
    assert parse(to_text(recipe).encode("ascii"), HERE) == recipe


def test_a_name_that_is_no_text_comes_back() -> None:
    name = os.fsdecode(b"caf\xe9.jpg")
    recipe = replace(RECIPE, source=replace(RECIPE.source, name=name, path=f"../{name}"))
    assert parse(to_text(recipe).encode("ascii"), HERE) == recipe


def test_two_pictures_of_one_stem_have_recipes_of_their_own() -> None:
    folder = Path("out")
    pair = {sidecar(folder / "photo.jpg").name, sidecar(folder / "photo.png").name}
    assert pair == {"photo.jpg.lafr.json", "photo.png.lafr.json"}


def leaves(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of some JSON."""
    if way:
        yield way
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*way, key))


def changed(way: tuple[Any, ...], new: Any) -> bytes:
    values = json.loads(to_text(RECIPE))
    holder = values
    for key in way[:-1]:
        holder = holder[key]
    holder[way[-1]] = new
    return json.dumps(values).encode()


def spelt(way: tuple[Any, ...]) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in way).lstrip(".")


WAYS = list(leaves(json.loads(to_text(RECIPE))))
ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**30, 10**400, 1e300, 0.5),
    *("", "x", "../../etc/passwd", "/etc/passwd", "a\0b", "\x1b[2J", "x" * 5000),
    *([], {}, [[]], [None] * 5),
)


@pytest.mark.parametrize("way", WAYS, ids=spelt)
def test_a_field_that_holds_what_it_must_not_is_named(way: tuple[Any, ...]) -> None:
    refused = 0
    for odd in ODD:
        try:
            parse(changed(way, odd), HERE)
        except RecipeError as error:
            refused += 1
            assert str(error).startswith(f"{HERE}: ")
            assert "\n" not in str(error)
            assert "\x1b" not in str(error)
            assert spelt(way).split("[", maxsplit=1)[0].split(".")[0] in str(error)
            assert error.path == HERE
    assert refused >= 10


@pytest.mark.parametrize("way", [way for way in WAYS if isinstance(way[-1], str)], ids=spelt)
def test_a_field_that_is_missing_or_too_much_is_named(way: tuple[Any, ...]) -> None:
    values = json.loads(to_text(RECIPE))
    holder = values
    for key in way[:-1]:
        holder = holder[key]
    more = copy.deepcopy(values)
    del holder[way[-1]]
    if way[-1] == "mask":  # recipes from before there was a choice have none
        recipe = parse(json.dumps(values).encode(), HERE)
        assert recipe.faces[way[1]].mask is MaskKind.LANDMARKS
    elif "libraries" not in way[:-1]:  # these are whatever computed
        with pytest.raises(RecipeError, match="is missing") as caught:
            parse(json.dumps(values).encode(), HERE)
        assert spelt(way) in str(caught.value)
        holder = more
        for key in way[:-1]:
            holder = holder[key]
        holder["surprise"] = 1
        with pytest.raises(RecipeError, match="unknown field 'surprise'"):
            parse(json.dumps(more).encode(), HERE)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_recipe_is_refused_or_is_a_recipe(data: st.DataObject) -> None:
    whole = bytearray(to_text(RECIPE).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        how = data.draw(st.sampled_from(["cut", "flip", "drop", "double"]))
        if how == "cut":
            del whole[max(at, 1) :]
        elif how == "flip":
            whole[at] = data.draw(st.integers(0, 255))
        elif how == "drop":
            del whole[at : at + data.draw(st.integers(1, 80))]
        else:
            whole[at:at] = whole[at : at + data.draw(st.integers(1, 80))]
        whole = whole or bytearray(b" ")
    try:
        recipe = parse(bytes(whole), HERE)
    except RecipeError as error:
        assert str(error).startswith(f"{HERE}: is no")
    else:
        assert parse(to_text(recipe).encode(), HERE) == recipe


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe{}", "no JSON"),
        (b"[" * 200_000, "no JSON"),
        (b"[]", "no JSON object"),
        (b"1" * 5000, "no JSON"),
        (b'{"format": 2, "news": []}', "newer version"),
        (b'{"format": 0}', "format"),
        (b'{"format": 1, "format": 1}', "twice"),
        (b'{"format": NaN}', "NaN"),
        (b'{"format": -Infinity}', "Infinity"),
        (b" " * (MAX_BYTES + 1), "too long"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_recipe_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        parse(data, HERE)


@pytest.mark.parametrize(
    ("way", "new", "words"),
    [
        (("output", "name"), "../photo.jpg", "output.name"),
        (("output", "name"), ".bashrc", "output.name does not end like"),
        (("source", "name"), "a\x1b[2J.jpg", "source.name holds control"),
        (("source", "path"), "a/\ud800.jpg", "source.path holds control"),
        (("output", "name"), "photo.png", "output.name does not end like"),
        (("source", "path"), "/dev/zero", "source.path"),
        (("export", "aligned"), True, "export.aligned"),
        (("export", "scale"), 3, "export.scale"),
        (("export", "label"), "2026-01-31T12:00:00", "no time zone"),
        (("faces", 0, "keep", "rectangle"), [10, 20, 18, 25], "faces\\[0\\].keep.png"),
        (("faces", 0, "keep", "rectangle"), [10, 20, 10, 25], "faces\\[0\\].keep.rectangle"),
        (("faces", 0, "keep", "png"), "!", "faces\\[0\\].keep.png is not in base64"),
        (("faces", 1, "decision"), "rejected", "faces\\[1\\].decision"),
        (("faces", 1, "mask"), "ellipse", "faces\\[1\\].mask is none of landmarks, parsenet"),
        (("faces", 1, "landmarks"), [[1, 2]] * 4, "faces\\[1\\].landmarks"),
    ],
)
def test_what_a_recipe_must_not_say(way: tuple[Any, ...], new: Any, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        parse(changed(way, new), HERE)


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.lafr.json")
    for path, words in (
        (tmp_path / "none.lafr.json", "cannot be read"),
        (tmp_path, "no file"),
        (tmp_path / "pipe.lafr.json", "no file"),
    ):
        with pytest.raises(RecipeError, match=words):
            read_recipe(path)

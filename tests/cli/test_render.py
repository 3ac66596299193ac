from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lafr_engine.bundle.store import find
from lafr_engine.cli import main
from lafr_engine.imaging.files import read_picture, write_picture
from lafr_engine.imaging.picture import Picture
from lafr_engine.messages import (
    Acceptance,
    AcceptedFace,
    FaceRestored,
    FacesFound,
    FindFaces,
    PhotoRendered,
    RenderPhoto,
    RestoreFace,
)
from lafr_engine.recipe import MaskKind, Recipe, read_recipe
from lafr_engine.service import Handler
from lafr_engine.worker.again import computing_by, difference
from lafr_engine.worker.handlers import make_handlers
from lafr_engine.worker.pictures import png
from lafr_engine.worker.recipes import made_with, way_to
from tests.faces.small_parsenet import install

ROOT = Path(__file__).parents[2]
Out = pytest.CaptureFixture[str]


def small(samples: Path) -> NDArray[Any]:
    """A part of a photograph with one face, so that tests are quick."""
    pixels = read_picture(samples / "pif_soldier_family.jpg").pixels
    return np.ascontiguousarray(pixels[140:300, 330:490])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def render(*arguments: Path | str) -> int:
    return main(["render", *map(str, arguments), "--device", "cpu"])


@pytest.fixture(scope="module")
def home(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph in a folder, and beside it what ``lafr restore`` made of it."""
    folder = tmp_path_factory.mktemp("home")
    write_picture(Picture(small(samples), format="JPEG"), folder / "in" / "Oma & Opa 家.jpg")
    line = ["restore", str(folder / "in"), "--out", str(folder / "out"), "--device", "cpu"]
    assert main([*line, "--strength", "0.8", "--seed", "1"]) == 0
    return folder


@pytest.fixture
def out(home: Path, tmp_path: Path) -> Path:
    """The result and its recipe in a fresh place, with the photograph where it says."""
    shutil.copytree(home / "in", tmp_path / "in")
    shutil.copytree(home / "out", tmp_path / "out")
    return tmp_path / "out" / "Oma & Opa 家.jpg"


def recipe_of(result: Path) -> Path:
    return result.with_name(f"{result.name}.lafr.json")


def edit(recipe: Path, change: Callable[[dict[str, Any]], None]) -> None:
    values = json.loads(recipe.read_text())
    change(values)
    recipe.write_text(json.dumps(values))


def test_the_recipe_says_what_was_done(out: Path) -> None:
    recipe = read_recipe(recipe_of(out))
    assert recipe.source.path == f"../in/{out.name}"
    assert recipe.source.sha256 == sha256(out.parents[1] / "in" / out.name)
    assert (recipe.output.name, recipe.output.sha256) == (out.name, sha256(out))
    assert recipe.export.format == "JPEG"
    assert recipe.export.label is not None
    (face,) = recipe.faces
    assert (face.seed, face.strength, face.decision) == (1, 0.8, Acceptance.AUTOMATIC)
    assert face.bundle.name == find().name
    assert face.identity is not None
    assert 0.3 < face.identity <= 1.0
    assert str(out.parents[1]) not in recipe_of(out).read_text()


def test_a_fresh_process_makes_the_same_bytes(out: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lafr_engine.cli", "render", str(recipe_of(out))]
    again = tmp_path / "again"
    done = subprocess.run(
        [*command, "--out", str(again), "--device", "cpu"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(again / out.name)]
    assert (again / out.name).read_bytes() == out.read_bytes()


@pytest.fixture(scope="module")
def handlers() -> dict[type, Handler]:
    return make_handlers("cpu")


def accepted(
    handlers: dict[type, Handler], photo: Path, cache: Path, seed: int = 0
) -> AcceptedFace:
    """Find and restore a photograph's face as an album has it done."""
    (found,) = [e for e in handlers[FindFaces](FindFaces("f", photo)) if isinstance(e, FacesFound)]
    face = found.faces[0][0]
    events = handlers[RestoreFace](RestoreFace("r", photo, face, cache, seed))
    (made,) = [event for event in events if isinstance(event, FaceRestored)]
    return AcceptedFace(
        face=face,
        crop=made.crop,
        rectangle=made.rectangle,
        bundle=made.bundle,
        bundle_sha256=made.bundle_sha256,
        seed=made.seed,
        identity=made.identity,
    )


def export(handlers: dict[type, Handler], job: RenderPhoto) -> PhotoRendered:
    (made,) = [event for event in handlers[RenderPhoto](job) if isinstance(event, PhotoRendered)]
    assert made.sha256 == sha256(job.out)
    return made


def test_exports_of_an_album_in_every_format(
    handlers: dict[type, Handler], samples: Path, tmp_path: Path, capsys: Out
) -> None:
    """Each format with something of its own: depth, scale, quality, a mask, no label, no face."""
    pixels = small(samples).astype(np.uint16) * 257
    deep, plain = tmp_path / "in" / "deep.tif", tmp_path / "in" / "plain.png"
    write_picture(Picture(pixels, format="TIFF", dpi=(300.0, 300.0)), deep)
    write_picture(Picture(small(samples), format="PNG"), plain)
    face = accepted(handlers, plain, tmp_path / "cache")
    deep_face = accepted(handlers, deep, tmp_path / "cache", seed=2)
    assert face.rectangle is not None
    x0, y0, x1, y1 = face.rectangle
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    mask[: (y1 - y0) // 2] = 255
    keep = tmp_path / "cache" / "keep.png"
    keep.write_bytes(png(mask))
    kept = replace(face, keep=keep, strength=0.6, decision=Acceptance.CONFIDENT)
    folder = tmp_path / "out"
    jobs = [
        RenderPhoto("1", plain, (kept,), folder / "a.png"),
        RenderPhoto("2", plain, (face,), folder / "a.jpg", quality=70),
        RenderPhoto("3", deep, (deep_face,), folder / "a.tif", scale=2),
        RenderPhoto("4", plain, (face,), folder / "a.webp", quality=80, label=False),
        RenderPhoto("5", plain, (face, replace(face, strength=0.0)), folder / "a.bmp"),
        RenderPhoto("6", plain, (), folder / "a.avif"),
    ]
    for job in jobs:
        notices = export(handlers, job).notices
        assert not any("recipe" in notice for notice in notices)
    assert read_picture(folder / "a.tif").pixels.shape == (320, 320, 3)
    assert read_picture(folder / "a.tif").pixels.dtype == np.uint16
    recipes = [recipe_of(job.out) for job in jobs]
    shutil.rmtree(tmp_path / "cache")
    assert render(*recipes, "--out", tmp_path / "again") == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [str(tmp_path / "again" / job.out.name) for job in jobs]
    for job in jobs:
        assert (tmp_path / "again" / job.out.name).read_bytes() == job.out.read_bytes()
    first = read_recipe(recipes[0])
    assert first.faces[0].decision is Acceptance.CONFIDENT
    assert first.faces[0].keep is not None


def mask_of(result: Path) -> MaskKind:
    (face,) = read_recipe(recipe_of(result)).faces
    return face.mask


def test_masks_by_parsenet_are_made_again_or_refused(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    """Whatever is installed by then: a recipe's masks are those of then, or there is no file."""
    photo, again = tmp_path / "in" / out.name, tmp_path / "again"
    by_landmarks, plain = make_handlers("cpu"), tmp_path / "plain.png"
    face = accepted(by_landmarks, photo, tmp_path / "cache")
    assert mask_of(out) is MaskKind.LANDMARKS
    weights = install(tmp_path / "user", monkeypatch)
    assert render(recipe_of(out), "--out", again) == 0
    assert (again / out.name).read_bytes() == out.read_bytes()
    export(by_landmarks, RenderPhoto("1", photo, (face,), plain))  # restored before, written after
    assert mask_of(plain) is MaskKind.LANDMARKS
    # By the command line.
    line = ["restore", str(photo), "--out", str(tmp_path / "by"), "--device", "cpu"]
    assert main([*line, "--strength", "0.8", "--seed", "1"]) == 0
    restored = tmp_path / "by" / out.name
    assert mask_of(restored) is MaskKind.PARSENET
    assert changed(restored, photo) > 1.2 * changed(out, photo)
    # By an album, whose export needs the weights no more.
    album, exported = make_handlers("cpu"), tmp_path / "album.png"
    parsed = accepted(album, photo, tmp_path / "cache")
    gone = weights.rename(tmp_path / "gone.pth")
    export(make_handlers("cpu"), RenderPhoto("2", photo, (parsed,), exported))
    assert mask_of(exported) is MaskKind.PARSENET
    x0, y0, x1, y1 = parsed.rectangle or (0, 0, 0, 0)
    seen = read_picture(
        next((tmp_path / "cache").glob(parsed.crop.name.replace("crop", "preview")))
    )
    assert np.array_equal(read_picture(exported).pixels[y0:y1, x0:x1], seen.pixels)
    # Without the weights there is no file, with others neither, and with them the same bytes.
    recipes, new = (recipe_of(restored), recipe_of(exported)), tmp_path / "new"
    capsys.readouterr()
    assert render(*recipes, "--out", new) == 1
    told = capsys.readouterr().err
    for recipe in recipes:
        assert f"{recipe}: its masks were drawn with ParseNet, which is not installed" in told
    assert f"into {weights.parent}" in told
    weights.write_bytes(b"other")
    assert render(*recipes, "--out", new) == 1
    assert f"{weights}: the sha256 is not the pinned one" in capsys.readouterr().err
    assert not new.exists()
    gone.replace(weights)
    assert render(*recipes, recipe_of(plain), "--out", new) == 0
    for made in (restored, exported, plain):
        assert (new / made.name).read_bytes() == made.read_bytes()


def changed(result: Path, source: Path) -> int:
    """How many pixels of a result are far from its source's."""
    after, before = (read_picture(path).pixels.astype(int) for path in (result, source))
    return int((np.abs(after - before).max(axis=2) > 3).sum())


def test_a_recipe_that_cannot_be_written_is_told_and_the_picture_stays(
    handlers: dict[type, Handler], home: Path, tmp_path: Path
) -> None:
    photo = next((home / "in").iterdir())
    face = replace(accepted(handlers, photo, tmp_path / "cache"), bundle_sha256="")
    made = export(handlers, RenderPhoto("1", photo, (face,), tmp_path / "out" / "a.png"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]
    (notice,) = [notice for notice in made.notices if "recipe" in notice]
    assert "faces[0].bundle.sha256" in notice
    none = RenderPhoto("2", photo, (), tmp_path / "none" / "a.png", recipe=False)
    assert export(handlers, none).notices == ()
    assert [path.name for path in none.out.parent.iterdir()] == ["a.png"]


def test_an_aligned_crop(samples: Path, tmp_path: Path) -> None:
    write_picture(Picture(small(samples), format="PNG"), tmp_path / "face.png")
    folder = tmp_path / "out"
    line = ["restore", str(tmp_path / "face.png"), "--out", str(folder), "--aligned"]
    assert main([*line, "--seed", "2", "--strength", "0.7", "--device", "cpu"]) == 0
    assert read_recipe(folder / "face.png.lafr.json").export.aligned
    assert render(folder / "face.png.lafr.json", "--out", tmp_path / "again.png") == 0
    assert sha256(tmp_path / "again.png") == sha256(folder / "face.png")


def test_recipes_can_be_switched_off(samples: Path, tmp_path: Path) -> None:
    write_picture(Picture(small(samples), format="PNG"), tmp_path / "in.png")
    folder = tmp_path / "out"
    line = ["restore", str(tmp_path / "in.png"), "--out", str(folder), "--device", "cpu"]
    assert main([*line, "--no-recipe"]) == 0
    assert [path.name for path in folder.iterdir()] == ["in.png"]


def test_a_recipe_in_the_way_is_not_replaced(out: Path, capsys: Out) -> None:
    out.unlink()
    recipe_of(out).write_text("mine")
    source = out.parents[1] / "in"
    assert main(["restore", str(source), "--out", str(out.parent), "--device", "cpu"]) == 1
    assert f"{recipe_of(out)}: exists already" in capsys.readouterr().err
    assert [path.name for path in out.parent.iterdir()] == [recipe_of(out).name]
    assert recipe_of(out).read_text() == "mine"


def test_a_photograph_that_moved_is_named(out: Path, tmp_path: Path, capsys: Out) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "in").rename(elsewhere)
    recipe, again = recipe_of(out), tmp_path / "again"
    assert render(recipe, "--out", again) == 1
    assert "was not found; --source says where it is" in capsys.readouterr().err
    assert render(recipe, "--out", again, "--source", tmp_path) == 1
    assert f"is not at {tmp_path}" in capsys.readouterr().err
    assert not again.exists()
    recipe = shutil.copyfile(recipe, elsewhere / recipe.name)  # beside the photograph
    assert render(recipe, "--out", again, "--overwrite") == 0
    recipe.unlink()
    recipe = recipe_of(out)
    assert render(recipe, "--out", again, "--source", elsewhere, "--overwrite") == 0
    (elsewhere / out.name).rename(tmp_path / "renamed.jpg")
    assert render(recipe, "--out", again / "b.jpg", "--source", tmp_path / "renamed.jpg") == 0
    assert sha256(again / out.name) == sha256(again / "b.jpg") == sha256(out)


def test_a_photograph_that_changed_is_refused(out: Path, tmp_path: Path, capsys: Out) -> None:
    photo = tmp_path / "in" / out.name
    data = bytearray(photo.read_bytes())
    data[-3] ^= 1
    photo.write_bytes(data)
    assert render(recipe_of(out), "--out", tmp_path / "again") == 1
    assert f"was not made from {photo}" in capsys.readouterr().err.replace("out/../", "")
    photo.unlink()
    os.mkfifo(photo)
    assert render(recipe_of(out), "--out", tmp_path / "again") == 1
    assert not (tmp_path / "again").exists()


def test_another_bundle_is_refused(out: Path, tmp_path: Path, capsys: Out) -> None:
    def other(values: dict[str, Any]) -> None:
        values["faces"][0]["bundle"]["sha256"] = "0" * 64

    def unknown(values: dict[str, Any]) -> None:
        values["faces"][0]["bundle"]["name"] = "lafr-other-7"

    for change, words in ((other, "is not the one that the recipe"), (unknown, "models import")):
        edit(recipe_of(out), change)
        assert render(recipe_of(out), "--out", tmp_path / "again") == 1
        assert words in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_an_altered_recipe_makes_another_file_and_says_so(
    out: Path, tmp_path: Path, capsys: Out
) -> None:
    def weaker(values: dict[str, Any]) -> None:
        values["faces"][0]["strength"] = 0.3

    edit(recipe_of(out), weaker)
    assert render(recipe_of(out), "--out", tmp_path / "again") == 1
    told = capsys.readouterr()
    assert "not byte for byte the file of then" in told.err
    assert "altered recipe" in told.err
    assert told.out == ""
    assert sha256(tmp_path / "again" / out.name) != sha256(out)


def test_files_in_the_way_and_photographs_stay(out: Path, tmp_path: Path, capsys: Out) -> None:
    recipe, photo = recipe_of(out), tmp_path / "in" / out.name
    before = photo.read_bytes()
    assert render(recipe, "--out", out.parent) == 1
    assert "exists already" in capsys.readouterr().err
    assert render(recipe, "--out", photo.parent, "--overwrite") == 1
    assert "never written to" in capsys.readouterr().err
    assert render(recipe, "--out", tmp_path / "a.png") == 1
    assert "would hold JPEG" in capsys.readouterr().err
    assert photo.read_bytes() == before
    shutil.copyfile(recipe, tmp_path / "out" / "twice.lafr.json")
    (tmp_path / "more").mkdir()
    assert render(recipe, tmp_path / "out" / "twice.lafr.json", "--out", tmp_path / "more") == 1
    assert "another of these recipes" in capsys.readouterr().err


def test_bad_recipes_are_named_and_the_others_are_done(
    out: Path, tmp_path: Path, capsys: Out
) -> None:
    bad = tmp_path / "bad.lafr.json"
    bad.write_bytes(recipe_of(out).read_bytes()[:900])
    missing = tmp_path / "missing.lafr.json"
    assert render(bad, missing, recipe_of(out), "--out", tmp_path / "again") == 1
    told = capsys.readouterr()
    assert str(bad) in told.err
    assert str(missing) in told.err
    assert told.out.splitlines() == [str(tmp_path / "again" / out.name)]


def test_wrong_usage_is_two(out: Path, tmp_path: Path) -> None:
    recipe = recipe_of(out)
    assert render(recipe, recipe, "--out", tmp_path / "x", "--source", out) == 2
    assert render(recipe, "--out", recipe) == 2
    assert main(["render", str(recipe)]) == 2


def test_help_does_not_wait_for_torch() -> None:
    script = (
        "import sys; from lafr_engine.cli import main; status = main(['render', '--help']); "
        "import lafr_engine.recipe; sys.exit(status or 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"--source" in done.stdout


def test_the_way_to_a_photograph_names_no_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "anna"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home" / "anna"))
    photo = tmp_path / "home" / "anna" / "scans" / "a.jpg"
    assert way_to(photo, tmp_path / "home" / "anna" / "out") == "../scans/a.jpg"
    assert way_to(photo, photo.parent) == "a.jpg"
    assert way_to(photo, tmp_path / "usb") is None
    assert way_to(tmp_path / "usb" / "a.jpg", tmp_path / "usb" / "out") == "../a.jpg"
    assert way_to(tmp_path / "home" / "a.jpg", photo.parent) is None


def test_what_has_changed_since_is_named(out: Path) -> None:
    recipe: Recipe = read_recipe(recipe_of(out))
    now = made_with(recipe.made.program)
    assert "another processor" in difference(recipe.made, now)
    older = replace(recipe.made, libraries=(("numpy", "1.0"), ("torch", now.libraries[-1][1])))
    assert difference(older, now).startswith("it was made with numpy 1.0, now ")
    newer = replace(now, program="LAFR Desktop 9.0")
    assert difference(recipe.made, newer).endswith("now LAFR Desktop 9.0")
    assert "torch" not in difference(older, now)


def test_as_many_threads_compute_as_then() -> None:
    before = torch.get_num_threads()
    with computing_by(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before

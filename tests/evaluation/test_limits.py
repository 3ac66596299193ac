from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from lafr_engine.bundle.manifest import bundle_hash, read_manifest, verify
from lafr_engine.bundle.third_party import weights_path
from lafr_engine.cli import main
from lafr_engine.errors import ConfigError
from lafr_engine.evaluation.limits import (
    FaceRow,
    Kind,
    Measured,
    Rung,
    as_json,
    as_table,
    degraded,
    find_limits,
    lowest,
    measure_faces,
    rungs_of,
)
from lafr_engine.evaluation.sets import hq_set, load_faces
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.faces.cut import cut
from lafr_engine.faces.detect import Search
from lafr_engine.faces.geometry import align
from lafr_engine.faces.identity import IdentityNet
from lafr_engine.imaging.files import read_picture
from lafr_engine.pipeline import Models
from lafr_engine.restore.base import Crops, FaceRestorer
from lafr_engine.restore.chain import build_chain
from lafr_engine.training.export import write_bundle
from lafr_engine.training.presets import SMOKE

PHOTO = "old_1860_three_girls.jpg"


@pytest.fixture(scope="module")
def hq(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three aligned faces of three people."""
    folder = tmp_path_factory.mktemp("hq")
    pixels = np.asarray(read_picture(samples / PHOTO).pixels)
    detector = CenterFace(weights_path("centerface"), Search(sides=(640,), finest=640), threads=1)
    found = sorted(detector(pixels), key=lambda each: -each.width)[:3]
    for name, face in zip("abc", found, strict=True):
        crop = cut(pixels, align(face.landmarks), 512).transpose(1, 2, 0)
        Image.fromarray(np.rint(255 * crop).astype(np.uint8)).save(folder / f"{name}.png")
    return folder


@pytest.fixture(scope="module")
def net() -> IdentityNet:
    return IdentityNet.load(weights_path("dlib-face"))


def models(restorer: FaceRestorer) -> Models:
    return Models(
        lambda pixels: [],
        restorer,
        lambda before, after: np.ones(len(before), np.float32),
    )


def rung(
    value: float, lost: float = 0.0, verified: float = 1.0, kind: Kind = "width", detail: float = 0
) -> Rung:
    return Rung(kind, value, detail or value, 0.8, 0.8 - lost, 0.0, verified)


GOOD = [rung(48.0), rung(64.0)]


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        ([rung(8.0), *GOOD], 0),
        ([rung(8.0, verified=0.4), rung(10.0), *GOOD], 1),
        ([rung(8.0, lost=0.03), rung(10.0, lost=-0.1), *GOOD], 1),
        # One that fails among those that hold lifts the limit above itself.
        ([rung(8.0), rung(10.0, lost=0.03), *GOOD], 2),
        ([rung(8.0, lost=0.019, verified=0.75), *GOOD], 0),
        ([*GOOD, rung(99.0, verified=0.74)], None),
        ([], None),
    ],
)
def test_the_limit_is_the_lowest_from_which_on_all_hold(
    rungs: list[Rung], expected: int | None
) -> None:
    assert lowest(rungs) == expected


def blurs(*verified: float) -> list[Rung]:
    details = (4.0, 9.0, 16.0)
    return [
        rung(sigma, verified=share, kind="blur", detail=detail)
        for sigma, detail, share in zip((24.0, 12.0, 6.0), details, verified, strict=True)
    ]


def test_the_limit_of_blur_lies_between_what_fails_and_what_holds() -> None:
    widths = [rung(8.0, verified=0.2), rung(12.0), rung(16.0)]
    found = find_limits([*widths, *blurs(0.1, 0.3, 0.9)])
    assert (found.width, found.blur, found.blur_holds) == (12.0, 12.0, True)
    found = find_limits([*widths, *blurs(0.1, 0.8, 0.9)])
    assert (found.blur, found.blur_holds) == (6.0, True)


def test_no_limit_of_blur_is_needed_where_all_holds_and_none_helps_where_nothing_does() -> None:
    every = find_limits([rung(8.0), *blurs(0.8, 0.8, 0.9)])
    assert (every.width, every.blur, every.blur_holds) == (8.0, None, True)
    nothing = find_limits([rung(8.0, lost=0.5), *blurs(0.8, 0.8, 0.4)])
    assert (nothing.width, nothing.blur, nothing.blur_holds) == (None, None, False)


def test_rungs_are_means_and_shares_of_their_faces() -> None:
    rows = (
        FaceRow("a", "width", 8.0, 7.0, 0.5, 0.4),
        FaceRow("b", "width", 8.0, 9.0, 0.5, 0.6),
        FaceRow("c", "width", 8.0, 9.5, 0.5, 0.49),
        FaceRow("d", "width", 8.0, 9.0, 0.5, 0.5),
        FaceRow("a", "blur", 4.0, 30.0, 0.9, 0.9),
    )
    narrow, soft = rungs_of(Measured(0.45, rows))
    assert (narrow.kind, narrow.value, narrow.detail) == ("width", 8.0, 9.0)
    assert narrow.after == pytest.approx(1.99 / 4)
    assert narrow.losing == pytest.approx(1 / 4)
    assert narrow.verified == pytest.approx(3 / 4)
    assert narrow.holds
    assert soft.detail == 30.0
    report = as_json(Measured(0.45, rows))
    assert report["limits"] == {"width": 8.0, "blur": None, "blur_holds": True}
    assert [each["holds"] for each in report["rungs"]] == [True, True]
    table = as_table(Measured(0.45, rows))
    assert "| 8 px wide | 9.0 | 0.500 | 0.497 | 25% | 75% | holds |" in table
    assert "Limit of blur: none is needed." in table


@pytest.mark.parametrize(("kind", "worse", "better"), [("width", 8.0, 32.0), ("blur", 16.0, 4.0)])
def test_a_lower_rung_is_farther_from_the_face_and_the_same_each_time(
    hq: Path, kind: Kind, worse: float, better: float
) -> None:
    face = hq_set(hq)[0]
    clean = load_faces([face.hq])
    truth = read_picture(face.hq).pixels.astype(np.float64)
    errors = [
        np.abs(degraded(clean, kind, each, face.seed) - truth).mean() for each in (worse, better)
    ]
    assert errors[0] > 1.5 * errors[1] > 0
    again = degraded(clean, kind, worse, face.seed)
    assert np.array_equal(again, degraded(clean, kind, worse, face.seed))
    assert not np.array_equal(again, degraded(clean, kind, worse, face.seed + 1))


def test_a_restorer_that_makes_strangers_of_all_has_no_limits(hq: Path, net: IdentityNet) -> None:
    faces = hq_set(hq)
    stranger = load_faces([faces[2].hq]).numpy() / 2 + 0.5

    def swap(crops: Crops) -> Crops:
        return np.repeat(stranger, len(crops), axis=0)

    told: list[tuple[int, int]] = []
    ladders: list[tuple[Kind, tuple[float, ...]]] = [("width", (48.0,)), ("blur", (2.0,))]
    measured = measure_faces(faces[:2], models(swap), net, lambda *at: told.append(at), ladders)
    assert told[-1] == (4, 4)
    assert all(row.before > row.after + 0.1 for row in measured.rows)
    found = find_limits(rungs_of(measured))
    assert (found.width, found.blur_holds) == (None, False)
    assert "no width holds" in as_table(measured)


def test_a_restorer_that_changes_nothing_holds_wherever_people_are_known(
    hq: Path, net: IdentityNet
) -> None:
    def smooth(crops: Crops) -> Crops:
        soft = [cv2.GaussianBlur(crop.transpose(1, 2, 0), (0, 0), 0.5) for crop in crops]
        return np.asarray(soft, np.float32).transpose(0, 3, 1, 2)

    ladders: list[tuple[Kind, tuple[float, ...]]] = [("width", (8.0, 48.0)), ("blur", (2.0,))]
    measured = measure_faces(hq_set(hq), models(smooth), net, ladders=ladders)
    low, high = (each for each in rungs_of(measured) if each.kind == "width")
    assert high.holds
    assert high.before > low.before
    assert 6 < low.detail < 12
    assert 24 < high.detail < 60
    assert -1.0 < measured.threshold < 0.9


def test_one_face_alone_is_refused(hq: Path, net: IdentityNet) -> None:
    with pytest.raises(ConfigError, match="two people"):
        measure_faces(hq_set(hq)[:1], models(lambda crops: crops), net)


def test_write_belongs_to_limits(
    hq: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "r.json"), "--write"]
    assert main(["evaluate", "--invented", str(hq), *out]) == 2
    assert "--write goes with --limits" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command(
    hq: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundle = write_bundle(build_chain(SMOKE.chain), tmp_path / "lafr-smoke-1", {}, "Apache-2.0")
    before, manifest = bundle_hash(bundle), (bundle / "bundle.json").read_bytes()
    faces = shutil.copytree(hq, tmp_path / "three faces")
    out = tmp_path / "r" / "limits.json"
    call = ["evaluate", "--limits", str(faces), "--bundle", str(bundle), "--device", "cpu"]
    ladders = (("width", (16.0, 48.0)), ("blur", (12.0, 2.0)))
    monkeypatch.setattr("lafr_engine.evaluation.limits.LADDERS", ladders)
    monkeypatch.setattr("lafr_engine.evaluation.limits.MOST_LOST", 2.0)
    monkeypatch.setattr("lafr_engine.evaluation.limits.LEAST_VERIFIED", 0.0)
    assert main([*call, "--out", str(out)]) == 0
    report = json.loads(out.read_text(encoding="utf-8"))
    command = "lafr evaluate --limits 'three faces' (3 faces)"
    assert (report["faces"], report["command"]) == (3, command)
    assert len(report["rows"]) == 3 * 4
    assert report["limits"] == {"width": 16.0, "blur": None, "blur_holds": True}
    assert "| 48 px wide |" in capsys.readouterr().out
    assert (bundle / "bundle.json").read_bytes() == manifest
    again = tmp_path / "again.json"
    assert main([*call, "--out", str(again), "--write"]) == 0
    assert again.read_bytes() == out.read_bytes()
    written = read_manifest(bundle)
    verify(bundle, written)
    assert written.limits is not None
    assert (written.limits.width, written.limits.blur) == (16.0, None)
    assert written.limits.command == command
    assert bundle_hash(bundle) == before
    monkeypatch.setattr("lafr_engine.evaluation.limits.LEAST_VERIFIED", 1.1)
    assert main([*call, "--out", str(again), "--write"]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert read_manifest(bundle) == written

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import OutputError, UnreadableFile
from lafr_engine.evaluation.metrics import MetricNets
from lafr_engine.evaluation.sets import hq_set, read_table
from lafr_engine.evaluation.study import (
    comparison,
    failures,
    identity,
    levels,
    nonfaces,
    page,
    robustness,
    strata,
)
from lafr_engine.evaluation.study.judge import METRICS, STAGES, FaceJudge
from lafr_engine.evaluation.study.run import run_study
from lafr_engine.evaluation.study.values import Earlier, Options, Outcome, Part, Rival, Study
from lafr_engine.faces.eligibility import Limits
from lafr_engine.faces.geometry import FFHQ_512, Face
from lafr_engine.faces.identity import IdentityNet
from lafr_engine.nets.face_mesh import FaceMesh
from lafr_engine.nets.perceptual import HedPerceptual, MobileNetPerceptual
from lafr_engine.restore.chain import build_chain
from lafr_engine.training.presets import SMOKE
from tests.small_nets import MeshWeights, write_hed, write_mesh, write_mobilenet

_MADE_OF = {"bundle": "lafr-smoke-1", "bundle_sha256": "ab"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("study")
    hq = folder / "hq"
    hq.mkdir()
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        coarse = Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8))
        coarse.resize((512, 512), Image.Resampling.BICUBIC).save(hq / f"{name}.png")
    nets = MetricNets(
        perceptual=HedPerceptual(write_hed(folder / "hed.h5")),
        perceptual_mobilenet=MobileNetPerceptual(write_mobilenet(folder / "m.pth"), taps=(1, 3)),
        identity=IdentityNet.load(weights_path("dlib-face")),
        mesh=FaceMesh(write_mesh(folder / "mesh.tflite", MeshWeights.random())),
        perceptual_side=64,
    )

    def detector(pixels: NDArray[np.uint8]) -> list[Face]:
        return []

    return Study(
        chain=build_chain(SMOKE.chain).eval().requires_grad_(False),
        faces=tuple(hq_set(hq)),
        nets=nets,
        detector=detector,
        options=Options(quick=True, few=1, shown=1),
        table={"a": {"age_group": "adult"}, "b": {"age_group": "child", "scale_to_512": "2"}},
        tell=lambda _: None,
    )


def test_pictures_are_refused_by_the_limits_of_the_bundle(study: Study) -> None:
    face = Face((100.0, 100.0, 400.0, 460.0), FFHQ_512, 0.9)

    def refused(limits: Limits) -> list[str]:
        seeing = replace(study, detector=lambda _: [face], limits=limits)
        return [row["reason"] for row in nonfaces.PART.run(seeing, {}).numbers["non_faces"]]

    assert set(refused(Limits())) == {""}
    assert all("below 500" in reason for reason in refused(Limits(least_evidence=500.0)))
    text, dots = refused(Limits(least_detail=100.0))  # one is full of edges, the other has few
    assert text == ""
    assert "Too blurred: the face shows" in dots


def _part(name: str, run: Callable[[], Outcome]) -> Part:
    return Part(name, name.title(), "about", lambda _study, _earlier: run())


def test_a_study_that_was_stopped_goes_on_where_it_was(study: Study, tmp_path: Path) -> None:
    ran: list[str] = []

    def first() -> Outcome:
        ran.append("first")
        return Outcome({"n": 1}, ("one",), ("<p>1</p>",))

    def second() -> Outcome:
        ran.append("second")
        if ran.count("second") == 1:
            raise KeyboardInterrupt
        return Outcome({"n": 2}, ("two",), ("<p>2</p>",))

    parts = [_part("first", first), _part("second", second)]
    with pytest.raises(KeyboardInterrupt):
        run_study(study, parts, tmp_path, _MADE_OF)
    assert not (tmp_path / "report.html").exists()
    written = run_study(study, parts, tmp_path, _MADE_OF)
    assert ran == ["first", "second", "second"]
    numbers = json.loads(written.numbers.read_text(encoding="utf-8"))
    assert (numbers["first"], numbers["second"]) == ({"n": 1}, {"n": 2})
    html = written.report.read_text(encoding="utf-8")
    assert "<p>1</p>" in html
    assert "two" in html
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("change", ["seed", "bundle", "face", "damage"])
def test_what_was_measured_otherwise_is_measured_again(
    study: Study, tmp_path: Path, change: str
) -> None:
    ran: list[int] = []

    def run() -> Outcome:
        ran.append(1)
        return Outcome({}, (), ())

    parts, made_of, then = [_part("x", run)], dict(_MADE_OF), study
    run_study(study, parts, tmp_path, made_of)
    run_study(study, parts, tmp_path, made_of)
    assert len(ran) == 1
    if change == "seed":
        then = replace(study, options=replace(study.options, seed=1))
    elif change == "face":
        then = replace(study, faces=study.faces[:1])
    elif change == "bundle":
        made_of["bundle_sha256"] = "cd"
    else:
        kept = tmp_path / "parts" / "x.json"
        kept.write_bytes(kept.read_bytes()[:-9])
    run_study(then, parts, tmp_path, made_of)
    assert len(ran) == 2


def test_a_report_may_show_no_faces(study: Study, tmp_path: Path) -> None:
    figures = (page.paragraph("kept"), page.pictures(["x"], {"a": [torch.zeros(3, 8, 8)]}))
    parts = [_part("x", lambda: Outcome({}, (), figures))]
    for pictures in (True, False):
        written = run_study(study, parts, tmp_path, _MADE_OF, pictures=pictures)
        html = written.report.read_text(encoding="utf-8")
        assert ("base64" in html) is pictures
        assert "kept" in html


def test_a_folder_that_cannot_be_written_is_named(study: Study, tmp_path: Path) -> None:
    (tmp_path / "parts").write_text("in the way")
    with pytest.raises(OutputError, match=r"x\.json"):
        run_study(study, [_part("x", lambda: Outcome({}, (), ()))], tmp_path, _MADE_OF)


def test_a_face_is_its_own_likeness(study: Study) -> None:
    _, hq = next(study.each("x", study.faces))
    judge = FaceJudge(study.nets, hq)
    values = judge.measure(hq)
    assert values["identity"] == pytest.approx(1, abs=1e-4)
    assert values["perceptual"] == pytest.approx(0, abs=1e-6)
    assert values["landmarks"] == 0
    worse = judge.measure((hq + 0.2).clamp(-1, 1))
    assert (worse["psnr"] or 0) < (values["psnr"] or 0)


def test_levels_feed_identity_strata_and_failures(study: Study) -> None:
    outcome = levels.PART.run(study, {})
    earlier: Earlier = {"levels": outcome}
    numbers = outcome.numbers
    assert len(numbers["rows"]) == 2 * len(STAGES)
    assert json.dumps(numbers, allow_nan=False)
    cosines = numbers["cosines"]["medium"]["input"]["plain"]
    assert np.asarray(cosines).shape == (2, 2)
    assert cosines[0][0] == pytest.approx(numbers["rows"][0]["identity"], abs=1e-3)
    verified = identity.PART.run(study, earlier).numbers
    assert verified["impostors"] == 2
    assert 0 <= verified["levels"]["medium"]["full"]["plain"]["auc"] <= 1
    found = strata.PART.run(study, earlier).numbers["strata"]
    assert {name: each["faces"] for name, each in found["age"].items()} == {"adult": 1, "child": 1}
    assert found["source"]["enlarged"]["faces"] == 1
    failed = failures.PART.run(study, earlier).numbers
    assert failed["share_of_faces"]["medium"]["perceptually worse"] == 1.0  # an untrained chain
    assert sum(row["count"] for row in failed["causes"]) == len(failed["failures"])


def test_one_face_alone_has_no_impostors(study: Study) -> None:
    alone = replace(study, faces=study.faces[:1])
    outcome = identity.PART.run(alone, {"levels": Outcome({"cosines": {}}, (), ())})
    assert "no impostors" in outcome.findings[0]


def test_a_rival_that_knows_the_answer_wins(study: Study) -> None:
    _, hq = next(study.each("x", study.few))
    rivals = (Rival("oracle", "It has seen the face.", lambda _: hq),)
    outcome = comparison.PART.run(replace(study, rivals=rivals, scores={"mean": _mean}), {})
    content = outcome.numbers["levels"]["medium"]
    assert content["oracle"]["psnr"] == max(values["psnr"] for values in content.values())
    assert content["oracle"]["mean"] == pytest.approx(float(hq.mean()), abs=1e-2)
    assert any("oracle on all but psnr" in finding for finding in outcome.findings)
    assert set(METRICS) <= content["LAFR"].keys()


def _mean(picture: torch.Tensor, _hq: torch.Tensor) -> float:
    return float(picture.mean())


def test_every_device_is_measured(study: Study) -> None:
    outcome = robustness.DEVICES_PART.run(study, {})
    assert set(outcome.numbers["devices"]) == {"phone", "night", "social media", "scanned print"}
    assert all(each["input"]["psnr"] for each in outcome.numbers["devices"].values())


def test_the_table_beside_the_faces_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "val"
    folder.mkdir()
    assert read_table(folder) == {}
    (tmp_path / "val.csv").write_text("file,age_group\nval/a.jpg,adult\n", encoding="utf-8")
    assert read_table(folder)["a"]["age_group"] == "adult"
    (tmp_path / "val.csv").write_text("name\na\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="no table of the faces"):
        read_table(folder)

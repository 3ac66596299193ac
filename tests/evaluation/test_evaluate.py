from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.evaluation import evaluate as module
from lafr_engine.evaluation.baselines import SuperResolution
from lafr_engine.evaluation.evaluate import Evaluation, Pictures, Subjects, evaluate
from lafr_engine.evaluation.metrics import MetricNets
from lafr_engine.evaluation.report import Provenance, as_markdown, build_report
from lafr_engine.evaluation.sets import hq_set, pair_set
from lafr_engine.evaluation.sheet import Sheet
from lafr_engine.faces.identity import IdentityNet
from lafr_engine.nets.face_mesh import FaceMesh
from lafr_engine.nets.perceptual import HedPerceptual, MobileNetPerceptual
from lafr_engine.nets.rrdb import RRDBNet
from tests.small_nets import MeshWeights, SmallChain, write_hed, write_mesh, write_mobilenet


@pytest.fixture(scope="module")
def nets(tmp_path_factory: pytest.TempPathFactory) -> MetricNets:
    folder = tmp_path_factory.mktemp("weights")
    return MetricNets(
        perceptual=HedPerceptual(write_hed(folder / "hed.h5")),
        perceptual_mobilenet=MobileNetPerceptual(write_mobilenet(folder / "m.pth"), taps=(1, 3)),
        identity=IdentityNet.load(weights_path("dlib-face")),
        mesh=FaceMesh(write_mesh(folder / "mesh.tflite", MeshWeights.random())),
        perceptual_side=64,
    )


@pytest.fixture
def hq(tmp_path: Path) -> Path:
    """Two smooth random pictures."""
    folder = tmp_path / "hq"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        coarse = Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8))
        coarse.resize((512, 512), Image.Resampling.BICUBIC).save(folder / f"{name}.png")
    return folder


def _mean(evaluation: Evaluation, stage: str, metric: str) -> float:
    values = [row.values[metric] for row in evaluation.rows if row.stage == stage]
    return float(np.mean([value for value in values if value is not None]))


def test_a_chain_that_sharpens_beats_its_blurred_input(
    hq: Path, tmp_path: Path, nets: MetricNets
) -> None:
    lq = tmp_path / "lq"
    lq.mkdir()
    for path in hq.iterdir():
        pixels = torch.from_numpy(np.asarray(Image.open(path)).copy()).permute(2, 0, 1).float()
        blurred = torch.nn.functional.avg_pool2d(pixels, 9, 1, 4, count_include_pad=False)
        Image.fromarray(blurred.permute(1, 2, 0).byte().numpy()).save(lq / path.name)
    faces = pair_set(lq, hq)
    evaluation = evaluate(faces, Subjects(SmallChain(amount=-0.9)), nets)
    assert evaluation.levels == ("given",)
    assert len(evaluation.rows) == 2 * 4
    for metric in ("psnr", "ssim"):
        ordered = [_mean(evaluation, stage, metric) for stage in ("input", "chain", "ceiling")]
        assert ordered == sorted(ordered), metric
    assert _mean(evaluation, "chain", "perceptual") < _mean(evaluation, "input", "perceptual")
    assert _mean(evaluation, "ceiling", "identity") == pytest.approx(1, abs=1e-3)
    assert _mean(evaluation, "ceiling", "landmarks") < 0.1
    assert all(row.adapter < row.before for row in evaluation.latents)


def test_another_restorer_is_measured_beside_the_chain(hq: Path, nets: MetricNets) -> None:
    net = RRDBNet(blocks=1, width=8, growth=4)
    torch.nn.init.constant_(net.last.bias, 0.5)  # type: ignore[arg-type]  # it has one
    subjects = Subjects(SmallChain(0), SuperResolution(net))
    evaluation = evaluate(pair_set(hq, hq, 1), subjects, nets)
    assert len(evaluation.rows) == 5
    assert _mean(evaluation, "baseline", "psnr") < _mean(evaluation, "input", "psnr")
    assert _mean(evaluation, "baseline", "psnr") > 5  # of its colours at least
    report = build_report(evaluation, Provenance("", "", "", "", "", 64))
    assert "| given | baseline |" in as_markdown(report)


def test_levels_get_worse_and_a_run_can_be_repeated(hq: Path, nets: MetricNets) -> None:
    faces = hq_set(hq, 1)
    seen: list[tuple[int, int]] = []
    evaluation = evaluate(
        faces, Subjects(SmallChain(0)), nets, progress=lambda *at: seen.append(at)
    )
    assert evaluation.levels == ("mild", "medium", "severe")
    inputs = {row.level: row.values for row in evaluation.rows if row.stage == "input"}
    falling = [inputs[level]["psnr"] or 0 for level in evaluation.levels]
    assert falling == sorted(falling, reverse=True)
    assert seen == [(1, 1)]
    assert evaluate(faces, Subjects(SmallChain(0)), nets) == evaluation


def test_no_device_degrades_but_the_cpu(
    hq: Path, nets: MetricNets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The meta device stands for any other: it has shapes, but neither noise nor values."""
    monkeypatch.setattr(module, "Judge", lambda *_: None)  # needs values
    batch = module._Batch(hq_set(hq), SmallChain(0).to("meta"), nets, "meta")
    low_quality = batch._low_quality("severe")
    assert low_quality.device.type == "meta"
    assert low_quality.shape == (2, 3, 512, 512)


def test_landmarks_are_not_measured_where_no_face_is_seen(
    hq: Path, tmp_path: Path, nets: MetricNets
) -> None:
    weights = replace(MeshWeights.random(), flag_bias=np.full(1, -50, np.float32))
    blind = replace(nets, mesh=FaceMesh(write_mesh(tmp_path / "blind.tflite", weights)))
    evaluation = evaluate(pair_set(hq, hq, 1), Subjects(SmallChain(0)), blind)
    assert {row.values["landmarks"] for row in evaluation.rows} == {None}
    assert {row.values["landmarks_relative"] for row in evaluation.rows} == {None}


def test_the_sheet_has_a_row_a_face_and_shows_the_pictures(tmp_path: Path) -> None:
    red, green = torch.zeros(3, 512, 512, dtype=torch.uint8), torch.zeros(3, 512, 512).byte()
    red[0], green[1] = 255, 255
    sheet = Sheet(cell=32)
    for name in ("a", "b"):
        sheet.add(Pictures(name, hq=green, ceiling=red, stages={"mild": (red, red, red)}))
    sheet.write(tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as image:
        assert image.size == (5 * 34, 16 + 2 * 34)
        assert image.getpixel((4 * 34 + 16, 16 + 34 + 8)) == (0, 255, 0)
        assert image.getpixel((3 * 34 + 16, 16 + 8)) == (255, 0, 0)

from __future__ import annotations

import numpy as np
import pytest
import torch

from lafr_engine.errors import ConfigError
from lafr_engine.evaluation.study import codebooks, devices, failures, nonfaces, robustness, scaling
from lafr_engine.evaluation.study.alignment import Gaussian, frechet, patches
from lafr_engine.evaluation.study.identity import roc, split
from lafr_engine.evaluation.study.pruning import compare
from lafr_engine.evaluation.study.run import NAMES, choose
from lafr_engine.evaluation.study.strata import COVERS, Look, cover
from lafr_engine.nets.adapter import AdapterConfig
from lafr_engine.restore.chain import build_chain
from lafr_engine.training.presets import SMOKE


def _gaussian(mean: float, scale: float) -> Gaussian:
    generator = torch.Generator().manual_seed(0)
    found = Gaussian()
    for _ in range(2):
        found.add(torch.randn(4000, 3, generator=generator) * scale + mean)
    return found


def test_frechet_distance_of_gaussians_is_the_known_one() -> None:
    assert frechet(_gaussian(0, 1), _gaussian(0, 1)) == pytest.approx(0, abs=1e-9)
    assert frechet(_gaussian(0, 1), _gaussian(2, 1)) == pytest.approx(12, rel=0.02)
    assert frechet(_gaussian(0, 1), _gaussian(0, 3)) == pytest.approx(12, rel=0.05)


def test_patches_hold_two_by_two_positions() -> None:
    z = torch.arange(16.0).view(1, 1, 4, 4)
    assert patches(z).tolist()[0] == [0, 1, 4, 5]
    assert patches(z).shape == (4, 4)


def test_a_roc_knows_perfect_random_and_reversed_scores() -> None:
    low, high = np.linspace(0, 1, 100), np.linspace(2, 3, 50)
    assert roc(high, low).auc == pytest.approx(1)
    assert roc(high, low).accepted_at(0.0) == 1
    assert roc(low, high).auc == pytest.approx(0)
    assert roc(low, low).auc == pytest.approx(0.5)
    half = roc(np.array([0.1, 0.9]), np.array([0.5, 0.5]))
    assert half.auc == pytest.approx(0.5)
    assert half.accepted_at(0.01) == 0.5


def test_pairs_of_one_face_stand_on_the_diagonal() -> None:
    genuine, impostors = split([[1.0, 0.2], [0.3, 0.9]])
    assert genuine.tolist() == [1.0, 0.9]
    assert impostors.tolist() == [0.2, 0.3]


@pytest.fixture(scope="module")
def face() -> torch.Tensor:
    row, column = torch.meshgrid(
        torch.linspace(-1, 1, 512), torch.linspace(-1, 1, 512), indexing="ij"
    )
    waves = torch.stack([torch.sin(row * k) * torch.cos(column * k) for k in (9, 21, 40)])
    return (waves * 0.8)[None]


@pytest.mark.parametrize("device", devices.DEVICES, ids=lambda device: device.name)
def test_a_device_harms_and_can_be_repeated(device: devices.Device, face: torch.Tensor) -> None:
    lq, target = device.apply(face, 3)
    assert lq.shape == target.shape == face.shape
    assert lq.abs().max() <= 1
    assert (lq - target).abs().mean() > 0.01
    assert torch.equal(device.apply(face, 3)[0], lq)
    assert device.name == "phone" or not torch.equal(device.apply(face, 4)[0], lq)
    assert device.note.endswith(".")


@pytest.mark.parametrize("curve", robustness.CURVES, ids=lambda curve: curve.name)
def test_a_curve_harms_more_and_more(curve: robustness.Curve, face: torch.Tensor) -> None:
    harm = []
    for strength in curve.strengths:
        lq, target = curve.apply(face, strength, 5)
        harm.append(float((lq - (face if curve.name == "cast" else target)).square().mean()))
    assert harm == sorted(harm)
    assert harm[-1] > 2 * harm[0]


def test_a_cast_is_not_to_be_taken_away(face: torch.Tensor) -> None:
    cast = next(curve for curve in robustness.CURVES if curve.name == "cast")
    lq, target = cast.apply(face, 0.2, 0)
    assert (target - face)[:, 0].mean() > 0.1
    assert (lq - target).abs().mean() < 0.05


@pytest.mark.parametrize("what", COVERS[1:])
def test_covers_hide_a_part_of_the_face(what: str, face: torch.Tensor) -> None:
    changed = (cover(face, what) != face).any(1).float().mean()
    assert 0.03 < changed < 0.4


def test_looks_fall_into_groups() -> None:
    assert Look(0.0, 0.0, 0.7, 0.0, 0.0).groups() == {
        "pose": "frontal",
        "mouth": "closed",
        "light": "normal",
        "lighting": "even",
    }
    assert Look(-0.3, 0.2, 0.9, -0.5, 0.4).groups() == {
        "pose": "turned",
        "mouth": "open",
        "light": "dark",
        "lighting": "one-sided",
    }


def test_pictures_without_a_face_are_pictures() -> None:
    drawn = nonfaces.non_faces(0)
    assert len(drawn) >= 6
    for picture in drawn.values():
        assert picture.shape == (1, 3, 512, 512)
        assert -1 <= picture.min() < picture.max() <= 1


def _stages(adapter: float, both: float, full: float) -> dict[str, dict[str, float]]:
    values = {"input": 0.8, "adapter": adapter, "both": both, "full": full}
    return {stage: {"identity": value} for stage, value in values.items()}


def test_a_failure_is_laid_at_the_first_stage_that_is_worse() -> None:
    kind = failures.KINDS[0]
    near, far = {"before": 0.3, "adapter": 0.2}, {"before": 0.2, "adapter": 0.3}
    assert failures.cause(kind, _stages(0.7, 0.7, 0.7), far) == "adapter: latent moved away"
    assert failures.cause(kind, _stages(0.7, 0.7, 0.7), near).startswith("adapter or VAE")
    assert failures.cause(kind, _stages(0.8, 0.7, 0.7), near) == "U-Net"
    assert failures.cause(kind, _stages(0.8, 0.8, 0.7), near) == "fidelity gate"


def test_only_what_got_worse_is_a_failure() -> None:
    good = {"psnr": 25.0, "ssim": 0.7, "perceptual": 1.0, "identity": 0.8, "landmarks": None}
    rows = [
        {"face": "a", "level": "mild", "stage": stage, **good, **more}
        for stage, more in (
            ("input", {}),
            ("adapter", {}),
            ("both", {"perceptual": 1.5}),
            ("full", {"perceptual": 1.5, "psnr": 26.0}),
        )
    ]
    found = failures.find(rows, [{"face": "a", "level": "mild", "before": 0.2, "adapter": 0.1}])
    assert [(row["kind"], row["cause"]) for row in found] == [("perceptually worse", "U-Net")]
    assert found[0]["worse_by"] == pytest.approx(0.5)


def test_sizes_end_with_all_faces() -> None:
    assert scaling.sizes(1124, quick=False) == [150, 600, 1124]
    assert scaling.sizes(100, quick=False) == [100]
    assert scaling.sizes(1124, quick=True) == [8, 16]


def test_variants_differ_in_size_or_mode_alone() -> None:
    base = AdapterConfig()
    found = codebooks.variants(base, quick=False)
    assert {(c.assignment, c.codes) for c in found.values()} == {
        *(("hard", n) for n in (256, 512, 1024, 2048, 4096)),
        ("soft", 1024),
        ("gumbel", 1024),
    }
    assert {c.widths for c in found.values()} == {base.widths}


def test_exact_pruning_changes_nothing_and_the_others_something() -> None:
    chain = build_chain(SMOKE.chain)
    rows = compare(chain, torch.randn(1, 8, 16, 16), seed=0)
    assert rows["exact"]["difference"] < 1e-5 < rows["bias"]["difference"]
    assert rows["delete"]["difference"] > 1e-5
    sizes = [rows[name]["parameters"] for name in ("none", "exact", "bias", "delete")]
    assert sizes == sorted(sizes, reverse=True)
    assert rows["none"]["multiply_adds"] > rows["delete"]["multiply_adds"] > 0


def test_parts_bring_what_they_build_on_and_are_named_when_wrong() -> None:
    assert [part.name for part in choose(["failures"], trains=False)] == ["levels", "failures"]
    assert {part.name for part in choose([], trains=False)} == set(NAMES) - {"codebooks", "scaling"}
    assert [part.name for part in choose([], trains=True)] == list(NAMES)
    with pytest.raises(ConfigError, match="'nothing'"):
        choose(["nothing"], trains=True)
    with pytest.raises(ConfigError, match="--train"):
        choose(["scaling"], trains=False)

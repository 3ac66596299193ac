"""facexlib's own code runs here, on random weights: nothing is fetched and nothing is faked."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from facexlib.detection.retinaface import RetinaFace as Facexlib

from lafr_engine.errors import WeightsDamaged, WeightsMissing
from lafr_engine.faces.detect import Search
from lafr_engine.faces.retinaface import RetinaFace


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "detection_mobilenet0.25_Final.pth"
    net = Facexlib(network_name="mobile0.25", device=torch.device("cpu"))
    with torch.no_grad():
        for head in net.ClassHead:  # untrained, it would see a face nowhere
            head.conv1x1.bias += torch.tensor([0.0, 1.0, 0.0, 1.0])
    torch.save({f"module.{name}": value for name, value in net.state_dict().items()}, path)
    return path


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (96, 144, 3), dtype=np.uint8)


def test_one_look_agrees_with_facexlib(weights: Path, pixels: np.ndarray) -> None:
    detector = RetinaFace(weights, _sha256(weights))
    reference = Facexlib(network_name="mobile0.25", device=torch.device("cpu"))
    state = torch.load(weights, weights_only=True)
    reference.load_state_dict({name[7:]: value for name, value in state.items()})
    with torch.no_grad():
        rows = reference.detect_faces(pixels[..., ::-1].copy(), conf_threshold=0.5)
    seen = detector.look(pixels, 144)
    assert seen
    best = rows[rows[:, 4].argmax()]
    assert seen[0].score == pytest.approx(best[4], abs=1e-5)
    assert np.allclose(seen[0].box, best[:4] - 0.5, atol=1e-3)
    assert np.allclose(seen[0].landmarks, best[5:].reshape(5, 2) - 0.5, atol=1e-3)


def test_a_look_at_another_size_answers_in_picture_coordinates(
    weights: Path, pixels: np.ndarray
) -> None:
    detector = RetinaFace(weights, _sha256(weights))
    centres = [
        ((face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2)
        for face in detector.look(pixels, 288)
    ]
    assert len(centres) > 1
    reach = np.array(centres).max(axis=0)
    assert (reach > [72, 48]).all()
    assert (reach < [200, 150]).all()


def test_it_searches_like_any_detector(weights: Path, pixels: np.ndarray) -> None:
    search = Search(sides=(96,), finest=96, threshold=0.999, turned_threshold=0.999)
    assert RetinaFace(weights, _sha256(weights), search=search)(pixels) == []


def test_weights_are_refused_when_missing_altered_or_of_another_net(
    weights: Path, tmp_path: Path
) -> None:
    with pytest.raises(WeightsMissing):
        RetinaFace(tmp_path / "none.pth", "0" * 64)
    with pytest.raises(WeightsDamaged, match="sha256"):
        RetinaFace(weights, "0" * 64)
    with pytest.raises(WeightsDamaged, match="state dict"):
        RetinaFace(weights, _sha256(weights), network="resnet50")
    other = tmp_path / "other.pth"
    other.write_bytes(b"no pickle")
    with pytest.raises(WeightsDamaged, match="state dict"):
        RetinaFace(other, _sha256(other))


def test_a_pickle_that_runs_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    torch.save({"module.x": subprocess.Popen}, path)
    with pytest.raises(WeightsDamaged, match="state dict"):
        RetinaFace(path, _sha256(path))


def test_importing_the_module_imports_no_facexlib() -> None:
    code = "import sys, lafr_engine.faces.retinaface; sys.exit('facexlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

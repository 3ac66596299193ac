from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lafr_engine.bundle import third_party
from lafr_engine.bundle.load import load_parser
from lafr_engine.errors import WeightsDamaged, WeightsMissing
from lafr_engine.faces.geometry import FFHQ_512
from lafr_engine.faces.mask import Part, parsed_mask, soft_mask
from lafr_engine.faces.parsing import FaceParser
from tests.faces.small_parsenet import install


def face_labels() -> np.ndarray:
    """A face with hair above it, as labels."""
    y, x = np.mgrid[:512, :512]
    labels = np.zeros((512, 512), np.uint8)
    labels[np.hypot((x - 256) / 170, (y - 250) / 210) < 1] = Part.HAIR
    labels[np.hypot((x - 256) / 130, (y - 290) / 160) < 1] = Part.SKIN
    for centre, part in zip(FFHQ_512[:2], (Part.LEFT_EYE, Part.RIGHT_EYE), strict=True):
        labels[np.hypot(x - centre[0], y - centre[1]) < 15] = part
    return labels


def test_the_mask_follows_the_face_and_leaves_hair() -> None:
    labels = face_labels()
    mask = parsed_mask(labels, FFHQ_512)
    assert mask.dtype == np.float32
    for x, y in FFHQ_512:
        assert mask[round(y), round(x)] > 0.99
    assert mask[labels == Part.HAIR].mean() < 0.05
    assert mask[labels == Part.BACKGROUND].mean() < 0.01
    assert soft_mask(FFHQ_512)[labels == Part.HAIR].mean() > 0.1  # an ellipse takes more of it
    assert mask[430, 256] > 0.3  # the chin
    assert np.abs(np.diff(mask, axis=0)).max() < 0.12
    assert mask[0].max() == mask[-1].max() == mask[:, 0].max() == mask[:, -1].max() == 0.0


def test_glasses_are_not_cut() -> None:
    labels = face_labels()
    labels[225:275, 100:412] = Part.GLASSES  # they stand out over the temples
    mask = parsed_mask(labels, FFHQ_512)
    assert mask[250, 126:386].min() > 0.5


def test_wrong_labels_do_not_cut_into_the_features() -> None:
    labels = face_labels()
    labels[150:280, 150:250] = Part.HAIR  # over an eye
    mask = parsed_mask(labels, FFHQ_512)
    assert mask[round(FFHQ_512[0, 1]), round(FFHQ_512[0, 0])] > 0.99


def test_where_the_labels_show_no_face_landmarks_decide() -> None:
    nothing = np.full((512, 512), Part.CLOTH, np.uint8)
    assert np.array_equal(parsed_mask(nothing, FFHQ_512), soft_mask(FFHQ_512))


@pytest.fixture(scope="module")
def random_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parsenet = pytest.importorskip("facexlib.parsing.parsenet")
    torch.manual_seed(1)
    net = parsenet.ParseNet(in_size=512, out_size=512, parsing_ch=19)
    path = tmp_path_factory.mktemp("parsenet") / "parsing_parsenet.pth"
    torch.save(net.state_dict(), path)
    return path


def test_the_real_network_labels_a_crop(random_weights: Path) -> None:
    parser = FaceParser(random_weights, hashlib.sha256(random_weights.read_bytes()).hexdigest())
    crop = np.random.default_rng(2).random((512, 512, 3), dtype=np.float32)
    labels = parser(crop)
    assert labels.shape == (512, 512)
    assert labels.dtype == np.uint8
    assert labels.max() < 19
    assert len(np.unique(labels)) > 1


def test_a_card_without_memory_hands_over_to_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = install(tmp_path, monkeypatch)
    parser = FaceParser(path, third_party.PARSENET.sha256)
    crop = np.random.default_rng(3).random((512, 512, 3), dtype=np.float32)
    expected = parser(crop)
    assert set(np.unique(expected)) == {Part.SKIN, Part.NOSE}
    moved = FaceParser(path, third_party.PARSENET.sha256, "meta")  # a device that holds nothing
    net = parser._net
    monkeypatch.setattr(moved, "_net", OutOfMemory(net))
    for _ in range(2):
        assert np.array_equal(moved(crop), expected)
    monkeypatch.setattr(parser, "_net", OutOfMemory(net))
    with pytest.raises(torch.OutOfMemoryError):
        parser(crop)


class OutOfMemory(torch.nn.Module):
    """A network that finds no memory until it is moved to the CPU."""

    def __init__(self, net: torch.nn.Module) -> None:
        super().__init__()
        self.net, self.moved = net, False

    def to(self, *args: Any, **kwargs: Any) -> OutOfMemory:
        self.moved = True
        super().to(*args, **kwargs)
        return self

    def forward(self, x: torch.Tensor) -> Any:
        if not self.moved:
            raise torch.OutOfMemoryError("no memory")
        return self.net(x)


def test_other_files_are_refused(random_weights: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing):
        FaceParser(tmp_path / "none.pth", "0" * 64)
    with pytest.raises(WeightsDamaged, match="sha256"):
        FaceParser(random_weights, "0" * 64)
    other = tmp_path / "other.pth"
    torch.save({"weight": torch.zeros(3)}, other)
    with pytest.raises(WeightsDamaged, match="state dict"):
        FaceParser(other, hashlib.sha256(other.read_bytes()).hexdigest())


def test_without_its_file_or_its_code_masks_are_drawn_by_landmarks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = install(tmp_path, monkeypatch)
    assert isinstance(load_parser("cpu"), FaceParser)
    with monkeypatch.context() as packaged:
        packaged.setattr(importlib.util, "find_spec", lambda name: None)
        assert load_parser("cpu") is None
    path.unlink()
    assert load_parser("cpu") is None

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import ConfigError, WeightsDamaged, WeightsMissing
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.faces.cut import cut
from lafr_engine.faces.detect import Search
from lafr_engine.faces.geometry import align
from lafr_engine.faces.identity import SAME_PERSON, IdentityNet, shipped_mean
from lafr_engine.imaging.files import read_picture
from lafr_engine.imaging.picture import rgb8


@pytest.fixture(scope="module")
def net() -> IdentityNet:
    return IdentityNet.load(weights_path("dlib-face"))


@pytest.fixture(scope="module")
def crops(samples: Path) -> np.ndarray:
    """The three women of a sample photograph, (3, 3, 256, 256)."""
    pixels = rgb8(read_picture(samples / "gsa_three_women.webp"))
    faces = CenterFace(weights_path("centerface"), Search(sides=(640,)), threads=1)(pixels)
    return np.stack([cut(pixels, align(face.landmarks, 256), 256) for face in faces])


def test_the_same_people_score_high_and_strangers_low(net: IdentityNet, crops: np.ndarray) -> None:
    darker = np.ascontiguousarray(crops * np.float32(0.8) + np.float32(0.05))
    same = net.compare(crops, darker)
    others = net.compare(crops, np.roll(crops, 1, axis=0))
    assert same.plain.shape == same.jittered.shape == (3,)
    assert min(same.plain.min(), same.jittered.min(), same.mean.min()) > 0.85
    assert max(others.plain.max(), others.jittered.max()) < SAME_PERSON


def test_both_views_agree_on_who_it_is(net: IdentityNet, crops: np.ndarray) -> None:
    plain, other = net.embed(crops), net.embed_views(crops)
    matrix = net.cosine(plain[:, None], other[None])
    assert matrix.shape == (3, 3)
    assert (matrix.argmax(axis=1) == np.arange(3)).all()
    assert np.diag(matrix).min() > 0.7


def test_the_cosine_is_taken_about_the_mean(net: IdentityNet) -> None:
    step = np.zeros(128, np.float32)
    step[0] = 0.1
    assert net.cosine(net.mean + step, net.mean - step) == pytest.approx(-1.0, abs=1e-4)
    assert net.cosine(net.mean, net.mean + step) == 0.0


def test_an_embedding_does_not_depend_on_the_batch(net: IdentityNet, crops: np.ndarray) -> None:
    many = net.embed(np.concatenate([crops] * 6))
    assert np.allclose(many[15:18], net.embed(crops), atol=1e-5)
    assert net.embed(crops[:0]).shape == (0, 128)


def test_pairs_must_match_in_number(net: IdentityNet, crops: np.ndarray) -> None:
    with pytest.raises(ConfigError):
        net.compare(crops, crops[:2])


def test_a_mean_that_is_missing_or_no_mean_is_refused(tmp_path: Path, net: IdentityNet) -> None:
    with pytest.raises(WeightsMissing):
        shipped_mean(tmp_path / "none.npy")
    path = tmp_path / "mean.npy"
    path.write_bytes(b"no numbers")
    with pytest.raises(WeightsDamaged):
        shipped_mean(path)
    with pytest.raises(WeightsDamaged):
        IdentityNet(net.net, np.zeros(64, np.float32))

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import ConfigError, WeightsDamaged
from lafr_engine.faces.geometry import FFHQ_512
from lafr_engine.nets.face_mesh import LEFT_EYE, RIGHT_EYE, FaceMesh, inter_ocular
from tests.small_nets import MeshWeights, write_mesh


def _expected(x: Tensor, w: MeshWeights) -> tuple[Tensor, Tensor]:
    """What TensorFlow computes for (1, 3, 192, 192) in [0, 1]: SAME pads more at the far end."""
    t = {name: torch.from_numpy(value) for name, value in vars(w).items()}
    # (192 / 4 - 1) * 4 + 3 - 192 < 0: stride 4 with a kernel of 3 needs no padding.
    x = F.conv2d(x, t["stem"].permute(0, 3, 1, 2), t["stem_bias"], stride=4).relu()
    y = F.conv2d(x, t["depth"].permute(3, 0, 1, 2), t["depth_bias"], padding=1, groups=4)
    y = F.prelu(y, t["slope"].flatten())
    x = F.pad(F.max_pool2d(x + y, 8), (0, 0, 0, 0, 0, 2))
    points = F.conv2d(x, t["points"].permute(0, 3, 1, 2), t["points_bias"])
    return points.reshape(1, 468, 3), F.conv2d(x, t["flag"].permute(0, 3, 1, 2), t["flag_bias"])


def test_the_file_is_computed_operator_by_operator(tmp_path: Path) -> None:
    weights = MeshWeights.random()
    mesh = FaceMesh(write_mesh(tmp_path / "m.tflite", weights))
    x = torch.rand(1, 3, 512, 512) * 2 - 1
    window = F.interpolate(x[:, :, 66:486, 46:466], (192, 192), mode="bilinear", antialias=True)
    points, logit = _expected((window + 1) / 2, weights)
    landmarks, score = mesh(x)
    scale = 420 / 192
    expected = points * scale + torch.tensor([46 - 0.5, 66 - 0.5, 0.0])
    torch.testing.assert_close(landmarks, expected, rtol=1e-5, atol=1e-3)
    torch.testing.assert_close(score, logit.flatten().sigmoid())


def test_gradients_reach_the_picture_and_nothing_else(tmp_path: Path) -> None:
    mesh = FaceMesh(write_mesh(tmp_path / "m.tflite", MeshWeights.random()))
    x = (torch.rand(2, 3, 256, 256) * 2 - 1).requires_grad_()
    landmarks, _ = mesh(x)
    assert landmarks.shape == (2, 468, 3)
    landmarks.square().mean().backward()
    assert x.grad is not None
    assert x.grad[:, :, 33:243, 23:233].abs().max() > 0
    assert not any(parameter.requires_grad for parameter in mesh.parameters())


@pytest.mark.parametrize("shape", [(1, 3, 512, 256), (1, 3, 32, 32)])
def test_crops_must_be_square_and_not_tiny(tmp_path: Path, shape: tuple[int, ...]) -> None:
    mesh = FaceMesh(write_mesh(tmp_path / "m.tflite", MeshWeights.random()))
    with pytest.raises(ConfigError):
        mesh(torch.zeros(shape))


def test_a_file_that_is_no_network_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mesh.tflite"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(WeightsDamaged, match=r"mesh\.tflite"):
        FaceMesh(path)


def test_the_eyes_of_a_portrait_lie_where_it_was_aligned_to(samples: Path) -> None:
    """Needs the training weights; the detector and a real photograph do the rest."""
    mesh = FaceMesh(weights_path("face-landmark"))
    crop = _first_face(samples / "gsa_three_women.webp")
    landmarks, score = mesh(crop)
    assert score.item() > 0.9
    for index, eye in enumerate((LEFT_EYE, RIGHT_EYE)):
        centre = landmarks[0, eye, :2].mean(0)
        # The detector's idea of an eye's centre is not the mesh's; the other eye is 126 px away.
        assert (centre - torch.tensor(FFHQ_512[index])).norm() < 25
    assert abs(inter_ocular(landmarks).item() - 126) < 16


def _first_face(path: Path) -> Tensor:
    import cv2

    from lafr_engine.faces.centerface import CenterFace
    from lafr_engine.faces.geometry import align
    from lafr_engine.imaging.files import read_picture
    from lafr_engine.imaging.picture import rgb8

    pixels = rgb8(read_picture(path))
    face = CenterFace(weights_path("centerface"), threads=1)(pixels)[0]
    crop = cv2.warpAffine(pixels, align(face.landmarks).matrix, (512, 512))
    return torch.from_numpy(crop).permute(2, 0, 1)[None].float() / 127.5 - 1

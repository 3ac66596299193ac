"""The bundle that ships: its limits, and that it does its work on real pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from lafr_engine.bundle import store
from lafr_engine.bundle.load import load_chain
from lafr_engine.bundle.manifest import read_manifest, verify
from lafr_engine.cli import main
from lafr_engine.imaging.degrade import degrade_level
from lafr_engine.imaging.files import read_picture
from lafr_engine.nets.adapter import code_usage
from lafr_engine.restore.chain import Chain

MEGABYTES = 40
GFLOP = 60


@pytest.fixture(scope="module")
def chain() -> Chain:
    return load_chain(None, "cpu")


@pytest.fixture(scope="module")
def face(samples: Path) -> torch.Tensor:
    """A face of a sample, roughly framed, (1, 3, 512, 512) in [-1, 1]."""
    pixels = read_picture(samples / "var_exif6.jpg").pixels
    height, width = pixels.shape[:2]
    side = min(height, width)
    square = torch.from_numpy(np.ascontiguousarray(pixels[:side, :side])).permute(2, 0, 1)
    return torch.nn.functional.interpolate(
        square[None].float() / 127.5 - 1.0, size=(512, 512), mode="area"
    )


def test_is_sound_and_small_enough() -> None:
    folder = store.find(None)
    manifest = read_manifest(folder)
    verify(folder, manifest)
    assert folder.name == manifest.name
    assert sum(entry.size for entry in manifest.files.values()) <= MEGABYTES * 1e6
    assert manifest.training["stages"]


def test_one_face_costs_no_more_than_the_limit(chain: Chain, face: torch.Tensor) -> None:
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        chain(face)
    assert counter.get_total_flops() <= GFLOP * 1e9


def test_restores_what_was_degraded(chain: Chain, face: torch.Tensor) -> None:
    lq = degrade_level(face, "medium", [1])
    with torch.inference_mode():
        out = chain(lq)
    before = (lq - face).square().mean()
    after = (out.image.clamp(-1, 1) - face).square().mean()
    assert after < before


def test_codes_are_in_use(chain: Chain, face: torch.Tensor) -> None:
    with torch.inference_mode():
        found = chain.adapter(chain.encode(face))
    perplexity, _ = code_usage(found.indices, chain.config.adapter.codes)
    assert perplexity > 32


def test_a_sample_comes_back_with_its_faces_restored(
    samples: Path, tmp_path: Path, capsys: Any
) -> None:
    out = tmp_path / "out"
    assert main(["restore", str(samples / "var_exif6.jpg"), "--out", str(out), "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["error"] is None
    states = [each["state"] for each in line["faces"]]
    assert states.count("restored") >= 2
    before, after = read_picture(samples / "var_exif6.jpg"), read_picture(Path(line["output"]))
    assert before.pixels.shape == after.pixels.shape
    assert not np.array_equal(before.pixels, after.pixels)

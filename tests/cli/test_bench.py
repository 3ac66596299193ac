from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from lafr_engine.cli import main
from lafr_engine.evaluation.bench import measure
from lafr_engine.evaluation.full_size import build_networks
from lafr_engine.nets.adapter import AdapterConfig
from lafr_engine.restore import full_size
from lafr_engine.restore.chain import ChainConfig
from lafr_engine.training.presets import small_unet


def test_each_stage_runs_once_a_round_and_one_round_does_not_count() -> None:
    calls: list[str] = []
    seen: list[tuple[int, int]] = []
    stages = {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}
    timings = measure(stages, 3, torch.device("cpu"), lambda *at: seen.append(at))
    assert calls == ["a", "b"] * 4
    assert [timing.name for timing in timings] == ["a", "b"]
    assert all(0 <= timing.least <= timing.milliseconds for timing in timings)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_stages_of_the_built_in_bundle(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--rounds", "1", "--device", "cpu", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    times = {timing["name"]: timing["milliseconds"] for timing in report["timings"]}
    parts = ("encode", "adapter", "U-Net", "decode", "gate")
    assert all(times[name] > 0 for name in (*parts, "find faces", "restore a face", "paste a face"))
    # Loosely, for one round beside other work: the parts are what the chain is made of.
    assert 0.2 < sum(times[name] for name in parts) / times["chain"] < 5
    assert set(report["plain_over_pruned"]) == {"U-Net", "chain"}
    assert report["rounds"] == 1


def test_a_photograph_without_a_face_is_named(
    no_face: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--photo", str(no_face), "--device", "cpu", "--rounds", "1"]) == 2
    assert "no_face_church.jpg: no face was found" in capsys.readouterr().err


SMALL = ChainConfig(
    codec="kl",
    kl={
        "down_block_types": ["DownEncoderBlock2D"] * 4,
        "up_block_types": ["UpDecoderBlock2D"] * 4,
        "block_out_channels": [4, 4, 8, 8],
        "layers_per_block": 1,
        "norm_num_groups": 4,
        "latent_channels": 4,
        "scaling_factor": 0.18215,
    },
    adapter=AdapterConfig(4, (8, 8), (1, 1), codes=16, code_channels=8, groups=1, gate=False),
    unet=small_unet(4, (8, 16), seen=4, groups=4),
    text="exact",
    prompt_tokens=7,
)


def test_the_chain_at_full_size_in_all_prunings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full_size, "sd21_chain", lambda: SMALL)
    command = ["bench", "--config", "sd21", "--random-weights", "--rounds", "2", "--device", "cpu"]
    assert main([*command, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    stages = {each["name"]: each for each in report["stages"]}
    prunings = ("none", "exact", "bias", "delete")
    assert set(stages) == {"encode", "adapter", "decode", *(f"U-Net, {p}" for p in prunings)}
    parameters = [stages[f"U-Net, {p}"]["parameters"] for p in prunings]
    assert sorted(parameters, reverse=True) == parameters
    assert len(set(parameters)) == 4
    assert all(each["multiply_adds"] > 0 and each["working_bytes"] > 0 for each in stages.values())
    assert all(each["weight_bytes"] >= 4 * each["parameters"] for each in stages.values())
    times = {each["name"]: each["milliseconds"] for each in report["timings"]}
    assert set(times) == set(stages) | {f"chain, {p}" for p in (*prunings, "plain")} | {
        f"{name}, plain" for name in ("encode", "adapter", "U-Net", "decode")
    }
    assert times["chain, plain"] > times["decode, plain"] > 0
    assert main(command) == 0
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 3 + len(times)
    assert table[-1].startswith("| encode, plain")


def test_a_configuration_without_weights_asks_for_random_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "--config", "sd21"]) == 2
    assert "--random-weights" in capsys.readouterr().err


@torch.no_grad()
def test_the_unets_share_weights_and_compute_the_same() -> None:
    torch.manual_seed(0)
    nets = build_networks(SMALL)
    z = torch.randn(2, 4, 16, 16)
    torch.testing.assert_close(nets.predict("exact", z), nets.predict("none", z), atol=1e-4, rtol=0)
    held = {p.data_ptr() for unet in nets.unets.values() for p in unet.parameters()}
    alone = sum(1 for _ in nets.unets["none"].parameters())
    assert len(held) < 1.5 * alone

"""Training by several processes, as `accelerate launch` starts them, here on the CPU."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lafr_engine.bundle.load import load_chain
from lafr_engine.bundle.manifest import read_manifest
from tests.training.small import PRESET, write_faces

ROOT = Path(__file__).parents[2]
_SCRIPT = """
import sys, torch
from pathlib import Path
from lafr_engine.training.run import RunOptions, train
from tests.training.small import PRESET
torch.set_num_threads(1)
train(PRESET, RunOptions(Path(sys.argv[1]), Path(sys.argv[2]), device="cpu"))
torch.distributed.destroy_process_group()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_two_processes_train_every_stage_together(tmp_path: Path) -> None:
    faces, out, port = write_faces(tmp_path / "faces"), tmp_path / "run", str(free_port())
    common = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    processes = []
    for rank in ("0", "1"):
        environment = os.environ | common | {"RANK": rank, "LOCAL_RANK": rank}
        environment |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-W", "ignore", "-c", _SCRIPT, str(faces), str(out)]
        with (tmp_path / f"{rank}.txt").open("w") as told:
            processes.append(
                subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=told)
            )
    try:
        ended = [process.wait(240) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert ended == [0, 0], "\n".join((tmp_path / f"{r}.txt").read_text() for r in "01")
    bundle = out / "bundle" / "lafr-small"
    stages = read_manifest(bundle).training["stages"]
    assert {label: each["images"] for label, each in stages.items()} == {
        each.label: 2 * each.steps * each.batch for each in PRESET.stages
    }
    with torch.no_grad():
        assert load_chain(bundle, "cpu")(torch.zeros(1, 3, 64, 64)).image.isfinite().all()
    assert {p.name for p in out.iterdir()} == {
        "bundle",
        "log.csv",
        "pictures",
        "run.json",
        "stages",
    }

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

from lafr_engine.bundle import third_party
from lafr_engine.bundle.third_party import Weights

ROOT = Path(__file__).parents[2]


def build(tree: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Build the wheel of a source tree with this environment's hatchling, as pip does."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    command += ["--directory", str(out)]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def test_the_wheel_carries_resources_and_no_training_weights(tmp_path: Path) -> None:
    done = build(ROOT, tmp_path)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    resources = ROOT / "resources"
    own = [path for path in resources.rglob("*") if path.is_file()]
    shipped = {
        f"lafr_engine/_resources/{path.relative_to(resources).as_posix()}"
        for path in own
        if path.parent.name not in ("third_party", "study")
    }
    shipped |= {
        f"lafr_engine/_resources/third_party/{weights.file_name}"
        for weights in third_party.listed("runtime")
    }
    assert {name for name in names if name.startswith("lafr_engine/_resources/")} == shipped
    assert "lafr_engine/bundle/third_party.toml" in names
    assert not any(name.startswith(("tests/", "installer/")) for name in names)


def tree_asking_for(weights: Weights, tree: Path) -> Path:
    """What hatchling needs of the source, with a list of third-party weights of its own."""
    left_out = shutil.ignore_patterns("__pycache__", "models", "samples", "third_party")
    for name in ("installer", "lafr_desktop", "lafr_engine", "resources"):
        shutil.copytree(ROOT / name, tree / name, ignore=left_out)
    for name in ("LICENSE", "README.md", "THIRD_PARTY.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tree / name)
    rows = "\n".join(f'{key} = "{value}"' for key, value in asdict(weights).items())
    listing = tree / "lafr_engine" / "bundle" / "third_party.toml"
    listing.write_text(f"[[weights]]\n{rows}\n", encoding="utf-8")
    return tree


def test_a_build_brings_its_weights(wheel: Weights, tmp_path: Path) -> None:
    tree = tree_asking_for(replace(wheel, kind="runtime"), tmp_path / "tree")
    stray = tree / "resources" / "third_party" / "training_only.bin"
    stray.parent.mkdir()
    stray.write_bytes(b"not to be shipped")
    done = build(tree, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    (built,) = (tmp_path / "out").glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        brought = {name for name in archive.namelist() if "_resources/third_party/" in name}
    assert brought == {f"lafr_engine/_resources/third_party/{wheel.file_name}"}


def test_a_wrong_hash_stops_the_build_with_one_sentence(wheel: Weights, tmp_path: Path) -> None:
    wanted = replace(wheel, kind="runtime", sha256="0" * 64)
    done = build(tree_asking_for(wanted, tmp_path / "tree"), tmp_path / "out")
    assert done.returncode != 0
    assert "is damaged or altered" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not list((tmp_path / "out").glob("*.whl"))


def test_setup_refuses_an_unknown_option() -> None:
    script = ROOT / "installer" / "setup.sh"
    done = subprocess.run(
        ["bash", str(script), "--nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "usage" in done.stderr


def test_ci_runs_the_command_that_the_readme_names() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    commands = [line for line in readme if line.startswith("bash installer/setup.sh")]
    assert len(commands) == 2
    assert commands[1].startswith("bash installer/setup.sh --test && ")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)

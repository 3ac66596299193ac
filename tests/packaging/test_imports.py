from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("PySide6", "cv2", "diffusers", "onnxruntime", "safetensors", "torch", "torchvision")


def imported_by(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after the statement."""
    code = f"{statement}\nimport sys\nprint(*(name.partition('.')[0] for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "lafr_engine",
        "lafr_engine.cli",
        "lafr_engine.bundle",
        "lafr_engine.bundle.third_party",
        "lafr_engine.evaluation",
        "lafr_engine.faces",
        "lafr_engine.imaging",
        "lafr_engine.nets",
        "lafr_engine.restore",
        "lafr_engine.training",
        "lafr_desktop.__main__",
    ],
)
def test_importing_is_cheap(module: str) -> None:
    assert imported_by(f"import {module}").isdisjoint(HEAVY)


def test_the_check_sees_heavy_modules() -> None:
    assert "safetensors" in imported_by("import safetensors")

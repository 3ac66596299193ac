from __future__ import annotations

import argparse

import pytest
import torch

from lafr_engine.cli.restorer_options import add_restorer_options, repeatable, restorer_options
from lafr_engine.restore.one_step import RestorerOptions


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_restorer_options(parser)
    return parser.parse_args(words)


def test_without_arguments_all_is_as_it_always_was() -> None:
    assert restorer_options(parsed(), "cuda") == RestorerOptions()
    assert repeatable(parsed())


def test_arguments_become_options() -> None:
    args = parsed("--precision", "fp16", "--tiled", "--compile")
    found = restorer_options(args, "cpu")
    assert found == RestorerOptions(precision="fp16", tiled=True, compiled=True)


@pytest.mark.parametrize("words", [("--tiled",), ("--compile",), ("--precision", "auto")])
def test_what_rounds_otherwise_is_not_repeated_by_a_recipe(words: tuple[str, ...]) -> None:
    assert not repeatable(parsed(*words))


@pytest.mark.parametrize(
    ("device", "bf16", "expected"),
    [
        ("cpu", True, "fp32"),
        ("mps", True, "fp32"),
        ("cuda", True, "bf16"),
        ("cuda:1", False, "fp16"),
    ],
)
def test_auto_is_half_precision_on_a_graphics_card_alone(
    device: str, bf16: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: bf16)
    assert restorer_options(parsed("--precision", "auto"), device).precision == expected


def test_an_unknown_precision_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--precision", "int4")
    assert "int4" in capsys.readouterr().err

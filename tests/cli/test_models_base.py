from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from lafr_engine.bundle import base_model as base
from lafr_engine.bundle.base_model import BaseFile, BaseModel, is_accepted
from lafr_engine.cli import main
from lafr_engine.cli.models_base import Meter
from tests.bundle.file_server import FileServer, running
from tests.bundle.small_base import serve_base, write_base

COMMAND = ["models", "fetch-base"]


class Terminal(io.StringIO):
    """Somebody sits there."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def server() -> Iterator[FileServer]:
    with running() as server:
        yield server


@pytest.fixture(autouse=True)
def model(server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BaseModel:
    """The small base, on the server of files."""
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.setattr(base, "user_data_dir", lambda: tmp_path / "user")
    model = serve_base(server)
    monkeypatch.setattr(base, "base_model", lambda: model)
    return model


def test_without_anybody_to_ask_the_licence_has_to_be_accepted_by_an_option(
    model: BaseModel, server: FileServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(COMMAND) == 2
    told = capsys.readouterr().err
    assert "Use Restrictions" in told
    assert "--accept-licence" in told
    assert server.asked == []
    assert not is_accepted(model)


def test_the_base_is_fetched_and_the_licence_is_asked_for_once(
    model: BaseModel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*COMMAND, "--accept-licence"]) == 0
    told = capsys.readouterr()
    assert told.out == f"{model.folder}\n"
    assert "Use Restrictions" in told.err
    assert model.revision in told.err
    assert main(COMMAND) == 0
    told = capsys.readouterr()
    assert "Use Restrictions" not in told.err
    assert told.err.count("already there") == len(model.files)


@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("Yes\n", 0), ("\n", 2), ("no\n", 2)])
def test_somebody_is_asked(
    model: BaseModel, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert main(COMMAND) == status
    assert is_accepted(model) is (status == 0)


def test_a_local_folder_is_taken_over(
    model: BaseModel,
    server: FileServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = write_base(tmp_path / "local")
    assert main([*COMMAND, "--accept-licence", "--from", str(source), "--link"]) == 0
    assert capsys.readouterr().out == f"{model.folder}\n"
    assert server.asked == []
    assert base.installed_base(model) == model.folder


def test_linking_needs_something_to_link() -> None:
    assert main([*COMMAND, "--accept-licence", "--link"]) == 2


def test_a_failure_is_one_sentence(server: FileServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.files.clear()
    assert main([*COMMAND, "--accept-licence"]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("lafr: http://127.0.0.1")


def test_the_meter_tells_size_and_rate() -> None:
    out = Terminal()
    meter = Meter(out)
    file = BaseFile("unet/config.json", 4_000_000, "")
    for there in (1_000_000, 4_000_000):
        meter(file, there)
    last = out.getvalue().splitlines()[-1]
    assert "4.0 of 4.0 MB, " in last
    assert last.endswith(" MB/s")

from __future__ import annotations

import json
import shutil
import threading
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from lafr_engine.bundle import base_model as base
from lafr_engine.bundle.base_model import (
    RECORD,
    BaseFile,
    BaseModel,
    accept,
    base_model,
    installed_base,
    is_accepted,
    require_base,
)
from lafr_engine.bundle.download import Patience
from lafr_engine.bundle.fetch_base import adopt_base, fetch_base
from lafr_engine.errors import (
    DownloadFailed,
    OutputError,
    WeightsBusy,
    WeightsDamaged,
    WeightsMissing,
)
from tests.bundle.file_server import Answer, FileServer, drop_after, running, slowly, status
from tests.bundle.small_base import contents, serve_base, small_base, write_base

QUICK = Patience(timeout=5.0, attempts=2, pause=0.001)
UNET = "unet/diffusion_pytorch_model.safetensors"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder; it is not there yet."""
    monkeypatch.setattr(base, "user_data_dir", lambda: tmp_path / "user")
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    return tmp_path / "user"


@pytest.fixture
def server() -> Iterator[FileServer]:
    with running() as server:
        yield server


def ignore(_sentence: str) -> None:
    """Hear no sentence."""


def quiet(_file: BaseFile, _there: int) -> None:
    """Hear no progress."""


def fetch(model: BaseModel) -> Path:
    return fetch_base(model, ignore, quiet, QUICK)


def assert_whole(folder: Path, model: BaseModel) -> None:
    for path, data in contents(model).items():
        assert (folder / path).read_bytes() == data
    assert installed_base(model) == folder
    assert not list(folder.rglob("*.part"))


def test_the_list_pins_every_file_that_training_reads() -> None:
    model = base_model()
    assert len(model.revision) == 40
    assert all(len(file.sha256) == 64 and file.size > 0 for file in model.files)
    paths = {file.path for file in model.files}
    assert {"unet/config.json", UNET, "vae/config.json", "text_encoder/config.json"} <= paths
    assert {"tokenizer/vocab.json", "tokenizer/merges.txt"} <= paths
    assert 5.1e9 < model.size < 5.2e9
    assert model.url(model.files[0]).endswith(f"/resolve/{model.revision}/unet/config.json")
    assert "Attachment A" in model.licence_text()


def test_another_server_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.example/")
    model = base_model()
    start = f"http://mirror.example/{model.repository}/"
    assert model.url(model.files[0]).startswith(start)


def test_the_base_is_fetched_whole(server: FileServer) -> None:
    model = serve_base(server)
    seen: dict[str, int] = {}
    folder = fetch_base(model, ignore, lambda file, n: seen.__setitem__(file.path, n), QUICK)
    assert_whole(folder, model)
    assert seen == {file.path: file.size for file in model.files}
    record = json.loads((folder / RECORD).read_text())
    assert record["origin"] == f"{model.repository}@{model.revision}"
    assert record["files"][UNET]["sha256"] == model.files[-1].sha256


def test_what_is_there_is_not_fetched_again(server: FileServer) -> None:
    model = serve_base(server)
    folder = fetch(model)
    (folder / UNET).write_bytes(b"damaged")
    server.asked.clear()
    said: list[str] = []
    fetch_base(model, said.append, quiet, QUICK)
    assert [path.partition(model.revision)[2] for path, _ in server.asked] == [f"/{UNET}"]
    assert sum(sentence.endswith("already there") for sentence in said) == len(model.files) - 1
    assert_whole(folder, model)


def test_an_interrupted_base_is_not_there_and_goes_on_later(server: FileServer) -> None:
    model = serve_base(server)
    server.acts = [drop_after(100), *[status(503)] * 2]
    with pytest.raises(DownloadFailed):
        fetch(model)
    assert installed_base(model) is None
    server.asked.clear()
    assert_whole(fetch(model), model)
    assert server.asked[0][1] == "bytes=100-"


def test_a_wrong_file_leaves_no_base(server: FileServer) -> None:
    model = serve_base(server)
    path = next(each for each in server.files if each.endswith(UNET))
    good = server.files[path]
    server.files[path] = good[:-1] + b"?"
    with pytest.raises(WeightsDamaged, match="it was dropped"):
        fetch(model)
    assert installed_base(model) is None
    server.files[path] = good
    assert_whole(fetch(model), model)


def test_two_do_not_fetch_at_once(server: FileServer) -> None:
    model = serve_base(server)
    began = threading.Event()

    def tell_and_serve(answer: Answer, data: bytes, start: int) -> None:
        began.set()
        slowly(answer, data, start)

    server.acts = [tell_and_serve]
    first = threading.Thread(target=fetch, args=(model,))
    first.start()
    try:
        assert began.wait(10)
        with pytest.raises(WeightsBusy, match="another program"):
            fetch(model)
    finally:
        first.join()
    assert_whole(model.folder, model)


def test_a_disk_that_is_too_small_is_told_before_the_first_byte(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = serve_base(server)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 0, model.size - 1))
    with pytest.raises(OutputError, match="GB free"):
        fetch(model)
    assert server.asked == []


def test_what_came_already_needs_no_room(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = serve_base(server)
    server.acts = [drop_after(100), *[status(503)] * 2]
    with pytest.raises(DownloadFailed):
        fetch(model)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 0, model.size - 100))
    assert_whole(fetch(model), model)


def test_a_place_that_cannot_be_written_is_told(server: FileServer, own: Path) -> None:
    own.write_text("a file in the way")
    with pytest.raises(OutputError, match="cannot be made"):
        fetch(serve_base(server))


def test_a_local_folder_is_copied(tmp_path: Path) -> None:
    source = write_base(tmp_path / "local")
    model = small_base()
    folder = adopt_base(model, source, ignore)
    assert_whole(folder, model)
    assert not (folder / UNET).samefile(source / UNET)
    assert json.loads((folder / RECORD).read_text())["origin"] == str(source)


def test_a_local_folder_is_linked(tmp_path: Path) -> None:
    source = write_base(tmp_path / "local")
    model = small_base()
    folder = adopt_base(model, source, ignore, link=True)
    assert_whole(folder, model)
    assert (folder / UNET).samefile(source / UNET)
    shutil.rmtree(source)
    assert_whole(adopt_base(model, folder, ignore), model)


def test_a_configuration_in_other_words_is_taken_over(tmp_path: Path) -> None:
    source = write_base(tmp_path / "local")
    config = source / "unet" / "config.json"
    values = json.loads(config.read_text()) | {"_diffusers_version": "0.8.0", "sample_size": 64}
    config.write_text(json.dumps(values))
    said: list[str] = []
    model = small_base()
    folder = adopt_base(model, source, said.append)
    assert (folder / "unet/config.json").read_text() == config.read_text()
    assert any("says the same" in sentence for sentence in said)
    assert installed_base(model) == folder


@pytest.mark.parametrize(
    ("path", "data", "problem"),
    [
        ("unet/config.json", b'{"in_channels": 9}', "has the sha256"),
        ("unet/config.json", b"{", "is no configuration"),
        ("unet/config.json", b"[]", "has the sha256"),
        (UNET, b"other weights", "has the sha256"),
        ("tokenizer/merges.txt", b"", "has the sha256"),
    ],
)
def test_a_local_folder_of_something_else_is_refused(
    tmp_path: Path, path: str, data: bytes, problem: str
) -> None:
    source = write_base(tmp_path / "local")
    (source / path).write_bytes(data)
    with pytest.raises(WeightsDamaged, match=problem):
        adopt_base(small_base(), source, ignore)
    assert installed_base(small_base()) is None


def test_a_local_folder_that_lacks_a_file_is_refused(tmp_path: Path) -> None:
    source = write_base(tmp_path / "local")
    (source / UNET).unlink()
    with pytest.raises(WeightsMissing, match=f"{UNET} is missing"):
        adopt_base(small_base(), source, ignore)


def test_a_base_that_lost_a_file_or_its_record_is_not_there(tmp_path: Path) -> None:
    model = small_base()
    folder = adopt_base(model, write_base(tmp_path / "local"), ignore)
    record = (folder / RECORD).read_text()
    for damaged in ("", "[]", '{"files": {"unet/config.json": 3}}', '{"files": {}}'):
        (folder / RECORD).write_text(damaged)
        assert installed_base(model) is None
    (folder / RECORD).write_text(record)
    assert installed_base(model) == folder
    (folder / UNET).write_bytes(b"cut")
    assert installed_base(model) is None


def test_a_base_that_is_not_there_is_told_with_the_remedy() -> None:
    with pytest.raises(WeightsMissing, match="lafr models fetch-base"):
        require_base()


def test_a_licence_is_accepted_once(own: Path) -> None:
    model = base_model()
    assert not is_accepted(model)
    accept(model)
    assert is_accepted(model)
    (own / "accepted-licences.json").write_text("?")
    assert not is_accepted(model)

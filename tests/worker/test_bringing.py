from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lafr_engine.bundle import store
from lafr_engine.errors import BundleDamaged
from lafr_engine.messages import ImportModel, ModelImported
from lafr_engine.worker.handlers import make_handlers
from tests.restore.foreign_nets import small_restoreformer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what spandrel imports


def test_a_model_file_is_imported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "resources_dir", lambda: tmp_path / "shipped")
    monkeypatch.setattr(store, "user_data_dir", lambda: tmp_path / "user")
    path = tmp_path / "RestoreFormer.pth"
    torch.save(small_restoreformer(), path)
    bring = make_handlers("cpu")[ImportModel]
    told = list(bring(ImportModel("a", path, "Apache-2.0")))
    assert told[-1] == ModelImported("a", path, store.own_dir() / "RestoreFormer")
    again = list(bring(ImportModel("b", path, "Apache-2.0")))[-1]
    assert isinstance(again, ModelImported)
    assert again.folder is None
    assert "installed already" in again.sentence
    replaced = list(bring(ImportModel("c", path, "MIT", replace=True)))[-1]
    assert replaced == ModelImported("c", path, store.own_dir() / "RestoreFormer")


def test_a_file_that_cannot_be_imported_fails_the_job(tmp_path: Path) -> None:
    path = tmp_path / "letter.pth"
    path.write_text("Dear grandmother")
    with pytest.raises(BundleDamaged, match=r"letter\.pth"):
        list(make_handlers("cpu")[ImportModel](ImportModel("a", path, "MIT")))

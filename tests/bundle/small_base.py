"""A base of the real layout with small files, for a folder and for the server of files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from lafr_engine.bundle.base_model import BaseModel, base_model
from tests.bundle.file_server import FileServer


def contents(model: BaseModel) -> dict[str, bytes]:
    """Some bytes for each file; configurations hold what is expected of them."""
    return {
        file.path: json.dumps(dict(file.expects)).encode()
        if file.path.endswith("config.json")
        else file.path.encode() * 3000
        for file in model.files
    }


def small_base(endpoint: str = "http://127.0.0.1:9") -> BaseModel:
    """The real list, with sizes and hashes of the small files."""
    model = base_model()
    data = contents(model)
    files = tuple(
        replace(file, size=len(data[file.path]), sha256=hashlib.sha256(data[file.path]).hexdigest())
        for file in model.files
    )
    return replace(model, endpoint=endpoint, files=files)


def serve_base(server: FileServer) -> BaseModel:
    """Have a server hold the small base."""
    model = small_base(server.url)
    for path, data in contents(model).items():
        server.files[f"/{model.repository}/resolve/{model.revision}/{path}"] = data
    return model


def write_base(folder: Path) -> Path:
    """Write the small base as a local folder in the layout of diffusers."""
    for path, data in contents(base_model()).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder

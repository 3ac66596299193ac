"""The base of training at full size: which files, at which hashes, and where they are kept.

The list is ``base_model.toml`` beside this module. A base that is there whole has a record,
``base.json``, of where it came from and of the sha256 of each file.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lafr_engine.bundle.download import sha256_of
from lafr_engine.errors import OutputError, WeightsMissing
from lafr_engine.resources import resources_dir, user_data_dir

RECORD: Final = "base.json"
_LIST: Final = Path(__file__).with_name("base_model.toml")
_ACCEPTED: Final = "accepted-licences.json"


@dataclass(frozen=True, slots=True)
class BaseFile:
    """One file of the base.

    Attributes:
        path: Within the folder, with forward slashes.
        size: Its bytes.
        sha256: Of them.
        expects: Entries by which a configuration is recognised that another version wrote.
    """

    path: str
    size: int
    sha256: str
    expects: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BaseModel:
    """The base and its files.

    Attributes:
        name: Of its folder.
        title: For people.
        licence: Name of the licence.
        licence_file: Its text, among the shipped resources.
        endpoint: Scheme and host of the server.
        repository: On the server.
        revision: The pinned commit.
        files: All that is fetched.
    """

    name: str
    title: str
    licence: str
    licence_file: str
    endpoint: str
    repository: str
    revision: str
    files: tuple[BaseFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def folder(self) -> Path:
        """Where it is kept; it may not exist yet."""
        return user_data_dir() / "base" / self.name

    def url(self, file: BaseFile) -> str:
        """Return where a file is downloaded; ``HF_ENDPOINT`` names another server."""
        server = os.environ.get("HF_ENDPOINT", self.endpoint).rstrip("/")
        return f"{server}/{self.repository}/resolve/{self.revision}/{file.path}"

    def licence_text(self) -> str:
        """Return the whole licence."""
        path = resources_dir() / "licences" / self.licence_file
        return path.read_text(encoding="utf-8")


def base_model() -> BaseModel:
    """Read the list."""
    values = tomllib.loads(_LIST.read_text(encoding="utf-8"))
    files = tuple(BaseFile(**entry) for entry in values.pop("files"))
    return BaseModel(**values, files=files)


def installed_base(model: BaseModel | None = None) -> Path | None:
    """Return the folder of the base where it was fetched whole, else None.

    Sizes are compared; ``lafr models fetch-base`` compares the hashes again.
    """
    model = model or base_model()
    record = read_record(model.folder)
    sizes = {file.path: file.size for file in model.files}
    whole = set(record) == set(sizes) and all(
        (model.folder / path).is_file()
        and (model.folder / path).stat().st_size == entry.get("size")
        for path, entry in record.items()
    )
    return model.folder if whole else None


def require_base() -> Path:
    """Return the folder of the base.

    Raises:
        WeightsMissing: It was not fetched; the sentence says how to.
    """
    if (folder := installed_base()) is None:
        raise WeightsMissing(
            f"{base_model().title} is not there: fetch it with `lafr models fetch-base`, or name "
            "a folder with vae and unet by --base"
        )
    return folder


def read_record(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the files that a base's record names, each with ``size`` and ``sha256``.

    A record that is missing or damaged names none: the files are then checked again.
    """
    try:
        files = json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"]
        return {str(path): dict(entry) for path, entry in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def is_intact(path: Path, file: BaseFile) -> bool:
    """Whether a file is the pinned one, byte by byte."""
    return path.is_file() and path.stat().st_size == file.size and sha256_of(path) == file.sha256


def is_accepted(model: BaseModel) -> bool:
    """Whether the user accepted this text of the licence before."""
    return _digest(model) in _accepted()


def accept(model: BaseModel) -> None:
    """Remember that the user accepted the licence.

    Raises:
        OutputError: It cannot be written down.
    """
    path = user_data_dir() / _ACCEPTED
    part = path.with_name(f".{path.name}.part")
    accepted = _accepted() | {_digest(model): model.licence}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(accepted, indent=2) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise OutputError(path, f"cannot be written ({error.strerror})") from error


def _accepted() -> dict[str, str]:
    """Return what was accepted; a file that cannot be read means that the user is asked again."""
    try:
        return dict(json.loads((user_data_dir() / _ACCEPTED).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _digest(model: BaseModel) -> str:
    return sha256_of(resources_dir() / "licences" / model.licence_file)

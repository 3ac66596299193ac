"""Files of a training run that are never half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from safetensors import SafetensorError

from lafr_engine.errors import OutputError


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a temporary file beside ``path``, then move it there in one step.

    What a writer that was killed left behind is deleted first.

    Raises:
        OutputError: The file cannot be written; an earlier one of that name is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for stale in path.parent.glob(f".{path.name}.*"):
            stale.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
    except OSError as error:
        raise OutputError(path, f"cannot be written ({error})") from error
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o644)
        # After a power cut the name must not stand for a file whose content never got out.
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    except (OSError, RuntimeError, SafetensorError) as error:  # torch and safetensors: disk full
        raise OutputError(path, f"cannot be written ({error})") from error
    finally:
        temporary.unlink(missing_ok=True)

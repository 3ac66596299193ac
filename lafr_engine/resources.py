"""Where the files that ship with the program lie, and where a user's own are kept.

Stdlib only: the build hook and the lowest rooms use it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_APPLICATION = "lafr"


def resources_dir() -> Path:
    """The folder of shipped resources: ``samples``, ``models`` and ``third_party``.

    An installed package carries them as ``lafr_engine/_resources``; a source tree has them in
    ``resources`` beside the packages.
    """
    installed = _PACKAGE / "_resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def samples_dir() -> Path:
    """The folder of sample photographs."""
    return resources_dir() / "samples"


def user_data_dir() -> Path:
    """The folder for what this user downloads or trains; it may not exist yet."""
    import platformdirs  # not at the top: the build hook runs without dependencies

    return platformdirs.user_data_path(_APPLICATION, appauthor=False)

"""Every error that the engine raises on purpose, in one tree.

::

    LafrError                    str(error) is a sentence for people
    ├── InputError               a file given by the user cannot be used; knows its path
    │   ├── UnreadableFile       missing, no permission, a folder where a file belongs
    │   ├── NotAPicture          no image format recognised, truncated, damaged
    │   ├── PictureTooLarge      more pixels than the limit that the user can raise
    │   ├── PictureTooSmall      too few pixels to hold a face
    │   └── NoPictures           a folder without any image
    ├── OutputError              a result cannot be written; nothing half written is left
    ├── BundleError              a bundle of weights cannot be used
    │   ├── BundleMissing        no such bundle or file
    │   └── BundleDamaged        size, hash or manifest do not agree
    ├── WeightsError             a third-party weights file cannot be used
    │   ├── WeightsMissing       not installed; the sentence says how to get it
    │   └── WeightsDamaged       its sha256 is not the pinned one
    ├── ConfigError              a configuration or a combination of options makes no sense
    ├── DeviceError              a device was asked for that cannot be used
    └── TrainingError            training data, checkpoint or losses make it impossible to go on
"""

from __future__ import annotations

from pathlib import Path


class LafrError(Exception):
    """Root of the tree. ``str(error)`` is one sentence for people."""


class InputError(LafrError):
    """A file given by the user cannot be used.

    Attributes:
        path: The file or folder.
        reason: Why, as the second half of the sentence.
    """

    def __init__(self, path: Path | str, reason: str) -> None:
        """Compose the sentence "<path>: <reason>"."""
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class UnreadableFile(InputError):
    """The file is missing, unreadable, or not a file."""


class NotAPicture(InputError):
    """No image could be decoded from the file."""


class PictureTooLarge(InputError):
    """The picture has more pixels than the limit."""


class PictureTooSmall(InputError):
    """The picture is too small to hold a face."""


class NoPictures(InputError):
    """A folder holds no file of a known image format."""


class OutputError(LafrError):
    """A result cannot be written.

    Attributes:
        path: Where it should have gone.
        reason: Why it could not.
    """

    def __init__(self, path: Path | str, reason: str) -> None:
        """Compose the sentence "<path>: <reason>"."""
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class BundleError(LafrError):
    """A bundle of weights cannot be used."""


class BundleMissing(BundleError):
    """There is no such bundle, or one of its files is missing."""


class BundleDamaged(BundleError):
    """A bundle's manifest, sizes or hashes do not agree with its files."""


class WeightsError(LafrError):
    """A third-party weights file cannot be used."""


class WeightsMissing(WeightsError):
    """A third-party weights file is not installed."""


class WeightsDamaged(WeightsError):
    """A third-party weights file does not have the pinned sha256."""


class ConfigError(LafrError):
    """A configuration, or a combination of options, makes no sense."""


class DeviceError(LafrError):
    """A device was asked for that cannot be used."""


class TrainingError(LafrError):
    """Training cannot start or go on."""

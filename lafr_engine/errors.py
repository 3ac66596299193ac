"""Every error that the engine raises on purpose, in one tree.

::

    LafrError                    str(error) is a sentence for people
    ├── InputError               a file given by the user cannot be used; knows its path
    │   ├── UnreadableFile       missing, no permission, a folder where a file belongs
    │   ├── NotAPicture          no image format recognised, truncated, damaged
    │   ├── CodecMissing         a format that an optional package reads, which is not installed
    │   ├── PictureTooLarge      more pixels than the limit that the user can raise
    │   ├── PictureTooSmall      too few pixels to hold a face
    │   ├── NoPictures           a folder without any image
    │   └── RecipeError          a recipe that is damaged, altered, or of another photograph
    ├── OutputError              a result cannot be written; nothing half written is left
    ├── BundleError              a bundle of weights cannot be used
    │   ├── BundleMissing        no such bundle or file
    │   ├── BundleDamaged        size, hash or manifest do not agree
    │   ├── BundleInstalled      one of that name is there already
    │   ├── ExportDiffers        an ONNX export answers differently from its bundle
    │   └── ExportUnusable       an ONNX export is damaged, foreign, or of another bundle
    ├── WeightsError             a third-party weights file cannot be used
    │   ├── WeightsMissing       not installed; the sentence says how to get it
    │   ├── WeightsDamaged       its sha256 is not the pinned one
    │   ├── WeightsBusy          another program is fetching it
    │   └── DownloadFailed       the server or the connection failed; what came is kept
    ├── AlbumError               an album cannot do what was asked of it
    │   ├── AlbumMissing         no album in the folder
    │   ├── AlbumDamaged         its file is no database, or of a version that is not known
    │   └── AlbumBusy            another program works on it
    ├── FaceNotRestored          the restorer failed on a face
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


class CodecMissing(InputError):
    """The format is read by an optional package, which is not installed."""


class PictureTooLarge(InputError):
    """The picture has more pixels than the limit."""


class PictureTooSmall(InputError):
    """The picture is too small to hold a face."""


class NoPictures(InputError):
    """A folder holds no file of a known image format."""


class RecipeError(InputError):
    """A recipe is damaged, altered, of a version that is not known, or of another photograph."""


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


class BundleInstalled(BundleError):
    """A bundle of that name is installed already."""


class ExportDiffers(BundleError):
    """An ONNX export does not answer as the bundle that it was made of; it was not kept.

    Attributes:
        largest: Largest absolute difference of a value, in [-1, 1].
        mean: Mean absolute difference.
    """

    def __init__(self, name: str, largest: float, mean: float) -> None:
        """Compose the sentence."""
        self.largest = largest
        self.mean = mean
        super().__init__(
            f"{name}: the export differs from the bundle by up to {largest:.2g} ({mean:.2g} on "
            "average, of values from -1 to 1), and was not kept"
        )


class ExportUnusable(BundleError):
    """An ONNX export is missing, damaged, none of LAFR, or made of another bundle."""


class WeightsError(LafrError):
    """A third-party weights file cannot be used."""


class WeightsMissing(WeightsError):
    """A third-party weights file is not installed."""


class WeightsDamaged(WeightsError):
    """A third-party weights file does not have the pinned sha256."""


class WeightsBusy(WeightsError):
    """Another program is fetching the same weights."""


class DownloadFailed(WeightsError):
    """A download ended early or was refused; what came is kept for the next attempt."""


class AlbumError(LafrError):
    """An album cannot do what was asked of it."""


class AlbumMissing(AlbumError):
    """There is no album in the folder."""


class AlbumDamaged(AlbumError):
    """The album's file is no database, is damaged, or is of a version that is not known."""


class AlbumBusy(AlbumError):
    """Another program works on the album."""


class FaceNotRestored(LafrError):
    """The restorer failed on a face, which stays as it was."""


class ConfigError(LafrError):
    """A configuration, or a combination of options, makes no sense."""


class DeviceError(LafrError):
    """A device was asked for that cannot be used."""


class TrainingError(LafrError):
    """Training cannot start or go on."""

"""Metadata as exiftool writes them, and as it reads them again from what was written here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from lafr_engine.imaging.files import read_picture, write_picture
from lafr_engine.imaging.picture import enlarged
from tests.imaging.exiftool import run, tags_of
from tests.imaging.scenes import SRGB, scene

EXIF = {
    "EXIF:Make": "Kamera",
    "EXIF:Model": "Modell 3",
    "EXIF:Artist": "Jürgen Äpfel",
    "EXIF:Copyright": "Familie",
    "EXIF:ImageDescription": "Großmutter am See",
    "EXIF:Software": "Scanner 3",
    "EXIF:ModifyDate": "2004:05:06 07:08:09",
    "EXIF:DateTimeOriginal": "1957:08:02 12:00:00",
    "EXIF:OffsetTimeOriginal": "+01:00",
    "EXIF:UserComment": "auf der Rückseite: Anna",
    "EXIF:ExposureTime": "0.01",
    "EXIF:LensModel": "Linse",
    "EXIF:InteropIndex": "R98",
    "EXIF:GPSLatitude": "47.5",
    "EXIF:GPSLatitudeRef": "N",
    "EXIF:GPSLongitude": "8.25",
    "EXIF:GPSLongitudeRef": "E",
    "EXIF:XPComment": "Kommentar",
}
XMP = {
    "XMP-dc:Title": "Großmutter",
    "XMP-dc:Subject": "Familie",
    "XMP-dc:Creator": "Jürgen",
    "XMP-xmp:Rating": "4",
    "XMP-photoshop:City": "Zürich",
    "XMP-digiKam:TagsList": "People/Großmutter",
    "XMP-iptcExt:PersonInImage": "Großmutter",
    "XMP-xmp:Label": "rot & blau",
}
IPTC = {
    "IPTC:Keywords": "Familie",
    "IPTC:Caption-Abstract": "Grossmutter am See",
    "IPTC:By-line": "Juergen",
    "IPTC:City": "Zuerich",
}
PNG = {"PNG:Title": "Grossmutter", "PNG:Comment": "am See"}
# What a new file cannot say as the old one did: itself, its pixels' layout, and the reset turn.
ITSELF = ("SourceFile", "ExifTool", "System", "File", "Composite")
LAYOUT = {
    *("StripOffsets", "StripByteCounts", "RowsPerStrip", "Orientation", "NewSubfileType"),
    *("SubfileType", "JFIFVersion", "CurrentIPTCDigest", "IPTCDigest", "XMPToolkit"),
    *("YCbCrPositioning", "Interlace", "Filter", "Compression", "PlanarConfiguration"),
    *("ExifByteOrder", "Predictor", "SampleFormat", "ThumbnailOffset"),
    *("PixelsPerUnitX", "PixelsPerUnitY", "ProfileName", "MediaDataSize", "MediaDataOffset"),
}


def described(path: Path) -> dict[str, Any]:
    """What a file says of the photograph."""
    found = {}
    for key, value in tags_of(path).items():
        group, _, name = key.partition(":")
        if group not in ITSELF and name not in LAYOUT and not group.startswith("ICC"):
            found[key] = value
    return found


def tagged(path: Path, *, pixels: Any = None, turn: int = 1, **options: Any) -> Path:
    """Write a picture, and let exiftool give it all the metadata that its format takes."""
    Image.fromarray(scene() if pixels is None else pixels).save(path, **options)
    tags = EXIF | XMP | {"IFD0:Orientation": str(turn)}
    if path.suffix in (".jpg", ".tif"):
        tags |= IPTC
    if path.suffix == ".png":
        tags |= PNG
    said = [f"-{key}={value}" for key, value in tags.items()]
    unit = ("-ResolutionUnit=2", "-JFIF:ResolutionUnit=1") if path.suffix == ".jpg" else ()
    run(
        "-q",
        "-overwrite_original",
        "-n",
        "-XResolution=300",
        "-YResolution=300",
        *unit,
        *said,
        str(path),
    )
    return path


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("jpg", {"quality": 92, "icc_profile": SRGB}),
        ("png", {"icc_profile": SRGB}),
        ("tif", {"icc_profile": SRGB}),
        ("tif", {"compression": "tiff_lzw"}),
        ("webp", {"lossless": True, "icc_profile": SRGB}),
        ("avif", {"icc_profile": SRGB}),
    ],
)
@pytest.mark.parametrize("turn", [1, 6])
def test_everything_that_was_said_is_said_again(
    tmp_path: Path, suffix: str, options: dict[str, Any], turn: int
) -> None:
    if suffix == "avif" and turn != 1:
        pytest.skip("an AVIF turns by its own boxes, and EXIF only repeats them")
    source, copy = tagged(tmp_path / f"a.{suffix}", turn=turn, **options), tmp_path / f"b.{suffix}"
    before = described(source)
    assert before["IFD0:Artist"] == "Jürgen Äpfel"
    assert before["XMP-digiKam:TagsList"] == ["People/Großmutter"]
    write_picture(read_picture(source), copy)
    after = described(copy)
    lost = {key: value for key, value in before.items() if after.get(key) != value}
    sizes = {"ImageWidth", "ImageHeight", "ExifImageWidth", "ExifImageHeight"}
    assert {key for key in lost if key.partition(":")[2] not in sizes or turn < 5} == set()
    assert tags_of(copy).get("IFD0:Orientation", 1) == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("source", ["jpg", "tif", "png", "webp"])
def test_another_format_says_the_same_of_the_photograph(
    tmp_path: Path, source: str, kind: str
) -> None:
    picture = read_picture(tagged(tmp_path / f"a.{source}"))
    suffix = {"JPEG": "jpg", "PNG": "png", "TIFF": "tif", "WEBP": "webp", "AVIF": "avif"}[kind]
    write_picture(replace(picture, format=kind), tmp_path / f"b.{suffix}")
    before, after = described(tmp_path / f"a.{source}"), described(tmp_path / f"b.{suffix}")
    groups = ("IFD0", "ExifIFD", "GPS", "InteropIFD", "XMP-")
    kept = {key: value for key, value in before.items() if key.startswith(groups)}
    layout = {"ImageWidth", "ImageHeight", "BitsPerSample", "PhotometricInterpretation"}
    layout |= {"SamplesPerPixel"}
    lost = {key for key, value in kept.items() if after.get(key) != value}
    assert {key for key in lost if key.partition(":")[2] not in layout} == set()
    if source in ("jpg", "tif") and kind in ("JPEG", "TIFF"):
        assert after["IPTC:Caption-Abstract"] == "Grossmutter am See"


def test_inks_and_16_bits_carry_the_same(tmp_path: Path) -> None:
    pixels = scene(3, np.uint16)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, pixels, photometric="rgb", compression="lzw", metadata=None)
    tags = [f"-{key}={value}" for key, value in (EXIF | XMP | IPTC).items()]
    run("-q", "-overwrite_original", "-n", *tags, str(path))
    write_picture(read_picture(path), tmp_path / "b.tif")
    before, after = described(path), described(tmp_path / "b.tif")
    assert {key for key, value in before.items() if after.get(key) != value} == set()


def test_an_enlarged_picture_says_its_own_size(tmp_path: Path) -> None:
    for suffix in ("jpg", "tif", "png"):
        source = tagged(tmp_path / f"a.{suffix}")
        write_picture(enlarged(read_picture(source), 2), tmp_path / f"b.{suffix}")
        after = tags_of(tmp_path / f"b.{suffix}")
        assert after["IFD0:XResolution"] == 600
        group = {"jpg": "File", "tif": "IFD0", "png": "PNG"}[suffix]
        assert after[f"{group}:ImageWidth"] == 120

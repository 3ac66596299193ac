"""Every format with every mode, depth, orientation and profile, written and read again.

``python -m tests.imaging.matrix`` prints what is kept as a table in Markdown.
"""

from __future__ import annotations

import struct
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin, TiffImagePlugin

from lafr_engine.imaging.encode import SUFFIXES
from lafr_engine.imaging.files import read_picture, write_picture
from tests.imaging.profiles import profile

Pixels = NDArray[Any]
WIDTH, HEIGHT = 24, 20
CHANGED = np.s_[6:12, 8:15]
MAKER_NOTE = bytes(range(64))
PROPERTIES: Final = (
    *("size", "mode", "depth", "profile", "resolution", "EXIF", "XMP"),
    *("upright", "pixels outside", "pixels inside"),
)
_CHANNELS: Final = {"1": 1, "P": 1, "L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4, "CMYKA": 5}
_PROFILES: Final = {
    "RGB": ("sRGB", "Adobe RGB", "none"),
    "grey": ("grey", "none"),
    "inks": ("inks", "none"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is like.

    Attributes:
        format: JPEG, PNG, TIFF, WEBP, BMP or AVIF.
        mode: Pillow's word; CMYKA for inks with alpha.
        bits: 1, 8 or 16 for each channel.
        lossless: Whether its pixels come back.
    """

    format: str
    mode: str
    bits: int = 8
    lossless: bool = True

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that go with the mode."""
        if self.format == "BMP":
            return ("none",)
        family = {"1": "grey", "L": "grey", "LA": "grey", "CMYK": "inks", "CMYKA": "inks"}
        return _PROFILES[family.get(self.mode, "RGB")]

    @property
    def turns(self) -> range:
        """The orientations that it can have."""
        return range(1, 2) if self.format == "BMP" else range(1, 9)

    def __str__(self) -> str:
        """Name it as tests and tables do."""
        loss = "" if self.lossless else ", lossy"
        return f"{self.format} {self.mode} {self.bits} bit{loss}"


KINDS: Final = (
    *(Kind("JPEG", mode, 8, False) for mode in ("L", "RGB", "CMYK")),
    *(Kind("PNG", mode, 1 if mode == "1" else 8) for mode in ("1", "P", "L", "LA", "RGB", "RGBA")),
    *(Kind("PNG", mode, 16) for mode in ("L", "LA", "RGB", "RGBA")),
    *(Kind("TIFF", mode, 1 if mode == "1" else 8) for mode in _CHANNELS),
    *(Kind("TIFF", mode, 16) for mode in ("L", "LA", "RGB", "RGBA", "CMYK", "CMYKA")),
    *(Kind("WEBP", mode, 8) for mode in ("RGB", "RGBA")),
    Kind("WEBP", "RGB", 8, False),
    *(Kind("BMP", mode, 1 if mode == "1" else 8) for mode in ("1", "P", "L", "RGB")),
    *(Kind("AVIF", mode, 8, False) for mode in ("RGB", "RGBA")),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file says, told by libraries and not by the code that is tested."""

    size: tuple[int, int]
    mode: str
    bits: int
    icc: bytes | None
    dpi: tuple[float, ...] | None
    exif: tuple[Any, ...]
    xmp: str
    samples: Pixels


def scene(kind: Kind) -> Pixels:
    """Return upright samples, (H, W, channels), different in every corner."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    if kind.mode in ("1", "P"):
        numbers: Pixels = (x // 3 + y // 2) % (2 if kind.mode == "1" else 16)
        return numbers.astype(np.uint8)[..., None]
    white = (1 << kind.bits) - 1
    planes = [
        x / WIDTH,
        y / HEIGHT,
        (x + y) / (WIDTH + HEIGHT),
        0.3 * x / WIDTH,
        1 - 0.5 * y / HEIGHT,
    ]
    kind_of = np.uint16 if kind.bits == 16 else np.uint8
    chosen = planes[: _CHANNELS[kind.mode]]
    return np.stack([np.rint(plane * white).astype(kind_of) for plane in chosen], axis=2)


def stored(samples: Pixels, turn: int) -> Pixels:
    """Turn upright samples so that EXIF's orientation turns them back."""
    turns: dict[int, Callable[[Pixels], Pixels]] = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: np.rot90(a, 2),
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
        8: lambda a: np.rot90(a, -1),
    }
    return np.ascontiguousarray(turns[turn](samples))


def exif_block(turn: int) -> Image.Exif:
    """Return EXIF with a maker note and two resolutions."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Kamera", turn
    exif[0x011A], exif[0x011B], exif[0x0128] = 300.0, 150.0, 2
    details = exif.get_ifd(0x8769)
    details[0x9003], details[0x927C] = "1957:08:02 12:00:00", MAKER_NOTE
    return exif


def packet(turn: int) -> bytes:
    """Return XMP with an orientation and a title."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'tiff:Orientation="{turn}"><dc:title>Großmutter</dc:title></rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def write_source(kind: Kind, turn: int, icc: bytes | None, path: Path) -> None:
    """Write a file as other programs do."""
    samples = stored(scene(kind), turn)
    if kind.format == "TIFF":
        _write_tiff(kind, samples, turn, icc, path)
    elif kind.format == "PNG" and kind.bits == 16:
        _write_deep_png(samples, turn, icc, path)
    else:
        _write_by_pillow(kind, samples, turn, icc, path)


def _write_by_pillow(kind: Kind, samples: Pixels, turn: int, icc: bytes | None, path: Path) -> None:
    image = _image(kind, samples)
    options: dict[str, Any] = {"icc_profile": icc} if icc else {}
    if kind.format != "BMP":
        options |= {"exif": exif_block(turn), "xmp": packet(turn)}
    if kind.format in ("JPEG", "PNG", "BMP"):
        options["dpi"] = (300, 150)
    if kind.format == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", packet(turn).decode())
        options |= {"pnginfo": texts}
    if kind.format == "WEBP":
        options |= {"lossless": kind.lossless, "exact": True}
    quality = {} if kind.lossless else {"quality": 95}
    image.save(path, kind.format, **options, **quality)


def _image(kind: Kind, samples: Pixels) -> Image.Image:
    if kind.mode == "1":
        return Image.fromarray(samples[..., 0] > 0)
    if kind.mode == "CMYK":
        return Image.frombytes("CMYK", samples.shape[1::-1], samples.tobytes())
    image = Image.fromarray(samples.squeeze())
    if kind.mode == "P":
        image.putpalette(bytes(palette()))
    return image


def palette() -> Pixels:
    """Return 16 colours, (16, 3)."""
    colours: Pixels = np.random.default_rng(7).integers(0, 256, (16, 3), dtype=np.uint8)
    return colours


def _write_deep_png(samples: Pixels, turn: int, icc: bytes | None, path: Path) -> None:
    """Write 16 bits, which Pillow cannot, and put Pillow's own metadata in front of them."""
    image = imagecodecs.png_encode(samples.squeeze())
    _write_by_pillow(Kind("PNG", "RGB"), np.zeros((20, 20, 3), np.uint8), turn, icc, path)
    donor = path.read_bytes()
    path.write_bytes(image[:33] + donor[33 : donor.index(b"IDAT") - 4] + image[33:])


def _write_tiff(kind: Kind, samples: Pixels, turn: int, icc: bytes | None, path: Path) -> None:
    photometric = {"P": "palette", "RGB": "rgb", "CMYK": "separated"}
    name = photometric.get(kind.mode.removesuffix("A"), "minisblack")
    options: dict[str, Any] = {"compression": "lzw", "predictor": kind.mode not in ("1", "P")}
    if kind.mode.endswith("A"):
        options["extrasamples"] = ["unassalpha"]
    if kind.mode == "P":
        table = np.zeros((3, 256), np.uint16)
        table[:, :16] = palette().T.astype(np.uint16) * 257
        options["colormap"] = table
    if kind.mode == "1":
        samples, options = samples > 0, {}
    tags = [
        (0x0112, "H", 1, turn, True),
        (0x010F, "s", 0, "Kamera", True),
        (700, "B", len(packet(turn)), packet(turn), True),
        (0x8768, "I", 1, 0, True),
        (65000, "B", 5, b"\1\2\3\4\5", True),  # somebody's own
    ]
    tifffile.imwrite(
        path,
        samples.squeeze(),
        photometric=name,
        planarconfig="contig" if samples.shape[2] > 1 else None,
        iccprofile=icc,
        resolution=(300, 150),
        resolutionunit="INCH",
        extratags=tags,
        metadata=None,
        software=False,
        **options,
    )
    _append_exif(path, turn)


def _append_exif(path: Path, turn: int) -> None:
    """Put an EXIF directory behind the pixels and point the tag kept free for it there."""
    directory = TiffImagePlugin.ImageFileDirectory_v2(ifh=b"II*\0\0\0\0\0")
    directory.update(exif_block(turn).get_ifd(0x8769))
    with tifffile.TiffFile(path, mode="r+") as file:
        tag = file.pages.first.tags[0x8768]
        at = file.filehandle.seek(0, 2)
        file.filehandle.write(directory.tobytes(at))
        file.filehandle.seek(tag.offset)
        file.filehandle.write(struct.pack("<H", 0x8769))
        file.filehandle.seek(tag.valueoffset)
        file.filehandle.write(struct.pack("<I", at))


def look(path: Path) -> Seen:
    """Say what a file holds, by Pillow or tifffile."""
    if path.suffix == SUFFIXES["TIFF"][0]:
        return _look_at_tiff(path)
    with Image.open(path) as image:
        image.load()
        info, exif = dict(image.info), image.getexif()
        mode, size = image.mode, image.size
        samples = np.array(image).astype(np.uint8) if mode == "1" else np.array(image)
    bits, dpi = (1 if mode == "1" else 8), info.get("dpi")
    xmp = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    raw = path.read_bytes()
    if path.suffix == ".png" and raw[24] == 16:
        samples, bits, mode = imagecodecs.png_decode(raw), 16, f"colour type {raw[25]}"
    if mode == "CMYK":  # a JPEG of inks has no JFIF
        dpi = tuple(float(exif.get(tag, 0)) for tag in (282, 283))
    details = exif.get_ifd(0x8769)
    said = (exif.get(0x010F), exif.get(0x0112, 1), details.get(0x9003), details.get(0x927C))
    text = xmp.decode() if isinstance(xmp, bytes) else str(xmp)
    samples = samples.reshape(*samples.shape[:2], -1)
    return Seen(size, mode, bits, info.get("icc_profile") or None, dpi, said, text, samples)


def _look_at_tiff(path: Path) -> Seen:
    with tifffile.TiffFile(path) as file:
        page: Any = file.pages.first
        samples = page.asarray()
        tags = {tag.code: tag.value for tag in page.tags}
        layout = page.compression.name, page.predictor, page.planarconfig, page.extrasamples
        mode = f"{page.photometric.name} {layout}"
        bits, icc = page.bitspersample, page.iccprofile
    details = tags[0x8769]
    dates = details["DateTimeOriginal"], bytes(details["MakerNote"])
    said = (tags[0x010F], tags[0x0112], *dates, tags[65000], tags[296])
    dpi = tuple(tags[tag][0] / tags[tag][1] for tag in (282, 283))
    size = (samples.shape[1], samples.shape[0])
    samples = samples.reshape(*samples.shape[:2], -1)
    return Seen(size, mode, bits, icc or None, dpi, said, bytes(tags[700]).decode(), samples)


def check(kind: Kind, turn: int, profile_name: str, folder: Path) -> dict[str, bool | None]:
    """Write a source, read it, change a rectangle, write it, and compare.

    Returns:
        Whether each property is kept; None where the format has no place for it.
    """
    source, result = (folder / f"{name}{SUFFIXES[kind.format][0]}" for name in ("a", "b"))
    icc = profile(profile_name)
    write_source(kind, turn, icc, source)
    before = look(source)
    picture = read_picture(source)
    pixels = picture.pixels.copy()
    pixels[CHANGED] = pixels[2, 3]  # a colour that is there, so that a palette can hold it
    write_picture(replace(picture, pixels=pixels), result, overwrite=True)
    after = look(result)
    inside = _is_close(kind, pixels, read_picture(result).pixels)
    return _compared(kind, turn, icc, (before, after), inside)


def _compared(
    kind: Kind, turn: int, icc: bytes | None, seen: tuple[Seen, Seen], inside: bool
) -> dict[str, bool | None]:
    before, after = seen
    upright = scene(kind)
    outside = np.ones(upright.shape[:2], bool)
    outside[CHANGED] = False
    off = np.abs(after.samples.astype(int) - upright).max(axis=2)
    place = kind.format != "BMP"
    return {
        "size": after.size == (WIDTH, HEIGHT),
        "mode": after.mode == before.mode,
        "depth": after.bits == before.bits == kind.bits,
        "profile": after.icc == icc if place else None,
        "resolution": _same_resolution(after, kind, turn),
        "EXIF": _same_exif(before, after) if place else None,
        "XMP": _same_xmp(after) if place else None,
        "upright": after.exif[1] == 1 if place else None,
        "pixels outside": bool(off[outside].mean() <= (0 if kind.lossless else 6)),
        "pixels inside": inside,
    }


def _is_close(kind: Kind, wanted: Pixels, found: Pixels) -> bool:
    """Whether the changed rectangle holds its new colours; inks are as near as they can be."""
    white = np.iinfo(wanted.dtype).max
    exact = kind.lossless and not kind.mode.startswith("CMYK")
    off = np.abs(wanted[CHANGED].astype(int) - found[CHANGED])
    return bool(off.mean() <= (0 if exact else white / 10))


def _same_resolution(after: Seen, kind: Kind, turn: int) -> bool | None:
    if kind.format in ("WEBP", "AVIF"):
        return None  # EXIF alone says it there, and is compared as such
    wanted = (150, 300) if turn >= 5 else (300, 150)
    return after.dpi is not None and bool(np.allclose(after.dpi, wanted, atol=0.2))


def _same_exif(before: Seen, after: Seen) -> bool:
    return (before.exif[0], *before.exif[2:]) == (after.exif[0], *after.exif[2:])


def _same_xmp(after: Seen) -> bool:
    return 'tiff:Orientation="1"' in after.xmp and "Großmutter" in after.xmp


def table() -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| format, mode, depth | profiles | " + " | ".join(PROPERTIES) + " |"
    yield "|---|---|" + "---|" * len(PROPERTIES)
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            found = [
                check(kind, turn, name, Path(folder))
                for name in kind.profiles
                for turn in kind.turns
            ]
            cells = [_cell([each[key] for each in found], key, kind) for key in PROPERTIES]
            yield f"| {kind} | {', '.join(kind.profiles)} | " + " | ".join(cells) + " |"


def _cell(kept: list[bool | None], key: str, kind: Kind) -> str:
    if all(each is None for each in kept):
        return "no place"
    if not all(each for each in kept if each is not None):
        return f"**{sum(not each for each in kept if each is not None)} of {len(kept)} lost**"
    return "close" if key.startswith("pixels") and not kind.lossless else "kept"


if __name__ == "__main__":
    for line in table():
        sys.stdout.write(f"{line}\n")

"""Pictures and metadata that the tests of imaging share."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageCms

_MADE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# Its date is that of the run; without it the same bytes are made each time.
SRGB = _MADE[:24] + bytes(12) + _MADE[36:]
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>'


def scene(channels: int = 3, dtype: Any = np.uint8, height: int = 40, width: int = 60) -> Any:
    """Return a picture that is different in every corner, smooth enough for JPEG."""
    white = np.iinfo(dtype).max
    y, x = np.mgrid[:height, :width]
    planes = [x / width, y / height, (x + y) / (width + height), 0.4 * x / width][:channels]
    return np.stack([(plane * white).astype(dtype) for plane in planes], axis=2)


def exif_of(orientation: int) -> Image.Exif:
    """Return EXIF with a maker and a date."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Kamera"
    exif.get_ifd(0x8769)[0x9003] = "1957:08:02 12:00:00"
    return exif

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lafr_engine.imaging.files import read_picture, write_picture
from lafr_engine.imaging.picture import Picture, enlarged, turned
from lafr_engine.imaging.xmp import (
    XmpError,
    denser_xmp,
    packed,
    parsed,
    sized_xmp,
    turned_point,
    upright_xmp,
)
from tests.imaging.scenes import scene


def test_orientation_in_xmp_is_reset() -> None:
    assert upright_xmp(b'tiff:Orientation="6"') == b'tiff:Orientation="1"'
    assert b">1<" in upright_xmp(b"<tiff:Orientation>8</tiff:Orientation>")


def test_regions_turn_with_the_pixels() -> None:
    for turn in range(2, 9):
        point = np.zeros((40, 60), np.uint8)
        point[30, 6] = 1  # at a tenth across and three quarters down
        y, x = np.argwhere(turned(point, turn))[0]
        height, width = turned(point, turn).shape
        expected = turned_point((6 + 0.5) / 60, (30 + 0.5) / 40, turn)
        assert expected == pytest.approx(((x + 0.5) / width, (y + 0.5) / height))


def digikam(turn: int = 1) -> bytes:
    """XMP as digiKam writes it, with attributes, and a rectangle as Microsoft does."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta '
        'xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:t="http://ns.adobe.com/tiff/1.0/" '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" '
        'xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" '
        'xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" '
        'xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" '
        'xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" '
        'xmlns:other="http://example.org/other" other:kept="yes &amp; no" '
        f't:Orientation="{turn}" t:XResolution="300/1" t:YResolution="150/1" '
        'exif:PixelXDimension="60" exif:PixelYDimension="40">'
        '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="60" '
        'stDim:h="40" stDim:unit="pixel"/><mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description '
        'mwg-rs:Name="Großmutter" mwg-rs:Type="Face"><mwg-rs:Area stArea:x="0.25" stArea:y="0.4" '
        'stArea:w="0.2" stArea:h="0.3" stArea:unit="normalized"/></rdf:Description></rdf:li>'
        "</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
        "<MPReg:Rectangle>0.1, 0.2, 0.3, 0.4</MPReg:Rectangle>"
        "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()


def test_turned_regions_sizes_and_resolutions() -> None:
    changed = sized_xmp(upright_xmp(digikam(6), 6), 40, 60)
    text = changed.decode()
    for said in (
        'tiff:Orientation="1"',
        'tiff:XResolution="150/1"',
        'tiff:YResolution="300/1"',
        'exif:PixelXDimension="40"',
        'exif:PixelYDimension="60"',
        'stArea:x="0.6"',
        'stArea:y="0.25"',
        'stArea:w="0.3"',
        'stArea:h="0.2"',
        'stDim:w="40"',
        'stDim:h="60"',
        'other:kept="yes &amp; no"',
        "Großmutter",
        ">0.400000, 0.100000, 0.400000, 0.300000<",
    ):
        assert said in text, said
    assert b'XResolution="600/1"' in denser_xmp(digikam(), 2)


def test_the_resolution_and_size_grow_with_the_picture(tmp_path: Path) -> None:
    picture = Picture(scene(), format="PNG", xmp=digikam(), dpi=(300.0, 150.0))
    write_picture(enlarged(picture, 2), tmp_path / "a.png")
    text = (read_picture(tmp_path / "a.png").xmp or b"").decode()
    for said in ('XResolution="600/1"', 'PixelXDimension="120"', 'stDim:w="120"'):
        assert said in text


@pytest.mark.parametrize(
    "packet",
    [
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><x><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;</rdf:RDF></x>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a" * 1000,
        b"<a>" * 5000,
        b"",
        b"<a/>",
        b'<?xml version="1.0" encoding="utf-99"?><a/>',
    ],
)
def test_the_parser_refuses_what_no_packet_needs(packet: bytes) -> None:
    with pytest.raises(XmpError):
        parsed(packet)


def test_a_packet_survives_the_parser() -> None:
    again = packed(parsed(digikam()))
    assert packed(parsed(again)) == again
    assert b'xmlns:other="http://example.org/other"' in again


def test_previews_are_taken_out() -> None:
    body = b"<xmp:Thumbnails xmlns:xmp='http://ns.adobe.com/xap/1.0/'>aaaa</xmp:Thumbnails>"
    xmp = digikam().replace(b"<MPReg", body + b"<MPReg")
    assert b"Thumbnails" not in sized_xmp(xmp, 60, 40)
    assert "Großmutter".encode() in sized_xmp(xmp, 60, 40)

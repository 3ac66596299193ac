from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lafr_engine.imaging.files import read_picture, write_picture
from lafr_engine.imaging.label import DIGITAL_SOURCE_TYPE, Label, LabelledFace, labelled
from lafr_engine.imaging.picture import Picture
from lafr_engine.imaging.xmp import Element, Tree, parsed, qualified, value
from tests.imaging.exiftool import tags_of
from tests.imaging.scenes import scene

LABEL = Label(
    "LAFR Desktop 0.3.0",
    "lafr-compact-1",
    datetime(2026, 11, 25, 3, 4, 5, tzinfo=UTC),
    (LabelledFace((9.0, 10.0, 21.0, 22.0)), LabelledFace((40.0, 20.0, 56.0, 36.0), "Karl & Anna")),
)
DIGIKAM = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
 xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
 xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
 xmlns:digiKam="http://www.digikam.org/ns/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
 Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/print">
 <digiKam:TagsList><rdf:Seq><rdf:li>People/Großmutter</rdf:li></rdf:Seq></digiKam:TagsList>
 <xmpMM:History><rdf:Seq><rdf:li stEvt:action="created" stEvt:when="1999-01-01"/></rdf:Seq>
 </xmpMM:History>
 <mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="60" stDim:h="40"
 stDim:unit="pixel"/><mwg-rs:RegionList><rdf:Bag>
 <rdf:li><rdf:Description mwg-rs:Name="Großmutter" mwg-rs:Type="Face"><mwg-rs:Area stArea:x="0.25"
 stArea:y="0.4" stArea:w="0.2" stArea:h="0.3" stArea:unit="normalized"/></rdf:Description></rdf:li>
 <rdf:li rdf:parseType="Resource"><mwg-rs:Type>Focus</mwg-rs:Type></rdf:li>
 </rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>"""


def labelled_tree(xmp: bytes | None) -> tuple[Tree, list[Element]]:
    """A labelled picture's packet, and what holds the properties of each region."""
    picture = labelled(Picture(scene(), xmp=xmp), LABEL)
    assert picture.xmp is not None
    tree = parsed(picture.xmp)
    items = tree.root.findall(f".//{qualified('mwg-rs', 'RegionList')}/*/{qualified('rdf', 'li')}")
    inner = qualified("rdf", "Description")
    return tree, [each if each.find(inner) is None else each.find(inner) for each in items]  # type: ignore[misc]  # found


def said(tree: Tree, prefix: str, name: str) -> list[str]:
    return [text for each in tree.rdf if (text := value(each, prefix, name)) is not None]


def test_a_picture_without_xmp_is_labelled() -> None:
    tree, regions = labelled_tree(None)
    assert said(tree, "Iptc4xmpExt", "DigitalSourceType") == [DIGITAL_SOURCE_TYPE]
    assert said(tree, "Iptc4xmpExt", "AISystemUsed") == ["LAFR Desktop, lafr-compact-1"]
    assert said(tree, "Iptc4xmpExt", "AISystemVersionUsed") == ["0.3.0"]
    event = tree.root.find(f".//{qualified('rdf', 'Seq')}/{qualified('rdf', 'li')}")
    assert event is not None
    assert value(event, "stEvt", "when") == "2026-11-25T03:04:05+00:00"
    assert value(event, "stEvt", "softwareAgent") == "LAFR Desktop 0.3.0"
    assert value(event, "stEvt", "parameters") == "faces restored with lafr-compact-1"
    assert [value(each, "mwg-rs", "Name") for each in regions] == [None, "Karl & Anna"]
    area = regions[1].find(qualified("mwg-rs", "Area"))
    assert area is not None
    numbers = [float(value(area, "stArea", name) or 0) for name in "xywh"]
    assert numbers == pytest.approx([48.5 / 60, 28.5 / 40, 16 / 60, 16 / 40], abs=1e-6)


def test_names_of_other_programs_are_kept() -> None:
    tree, regions = labelled_tree(DIGIKAM.encode())
    names = [value(each, "mwg-rs", "Name") for each in regions]
    assert names == ["Großmutter", None, "Karl & Anna"]
    words = "Restored by LAFR Desktop 0.3.0 with lafr-compact-1"
    assert [value(each, "mwg-rs", "Description") for each in regions] == [words, None, words]
    assert said(tree, "Iptc4xmpExt", "DigitalSourceType") == [DIGITAL_SOURCE_TYPE]
    events = tree.root.findall(f".//{qualified('xmpMM', 'History')}/*/{qualified('rdf', 'li')}")
    assert [value(each, "stEvt", "action") for each in events] == ["created", "edited"]
    assert "People/Großmutter" in [each.text for each in tree.root.iter()]


def test_labelling_twice_marks_no_face_twice() -> None:
    once = labelled(Picture(scene(), xmp=DIGIKAM.encode()), LABEL)
    _, regions = labelled_tree(once.xmp)
    assert len(regions) == 3


def test_a_label_without_faces_marks_none() -> None:
    picture = labelled(Picture(scene()), replace(LABEL, faces=()))
    assert picture.xmp is not None
    assert b"mwg-rs" not in picture.xmp


@pytest.mark.parametrize("xmp", [b"<broken", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_damaged_xmp_gives_way_with_a_notice(xmp: bytes) -> None:
    picture = labelled(Picture(scene(), xmp=xmp), LABEL)
    assert len(picture.notices) == 1
    assert DIGITAL_SOURCE_TYPE.encode() in (picture.xmp or b"")


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("JPEG", "jpg"), ("PNG", "png"), ("TIFF", "tif"), ("WEBP", "webp"), ("AVIF", "avif")],
)
@pytest.mark.parametrize("xmp", [None, DIGIKAM.encode()])
def test_exiftool_reads_the_label(
    tmp_path: Path, kind: str, suffix: str, xmp: bytes | None
) -> None:
    path = tmp_path / f"a.{suffix}"
    picture = labelled(Picture(scene(), format=kind, xmp=xmp), LABEL)
    assert write_picture(picture, path) == ()
    found = tags_of(path)
    assert found["XMP-iptcExt:DigitalSourceType"] == DIGITAL_SOURCE_TYPE
    region = found["XMP-mwg-rs:RegionInfo"]["RegionList"][-1]
    assert region["Name"] == "Karl & Anna"
    assert region["Type"] == "Face"
    assert region["Area"]["X"] == pytest.approx(48.5 / 60, abs=1e-6)
    assert found["XMP-mwg-rs:RegionInfo"]["AppliedToDimensions"]["W"] == 60
    assert found["XMP-xmpMM:History"][-1]["SoftwareAgent"] == "LAFR Desktop 0.3.0"
    assert read_picture(path).xmp == picture.xmp


def test_a_bitmap_says_that_it_holds_no_label(tmp_path: Path) -> None:
    picture = labelled(Picture(scene(), format="BMP"), LABEL)
    assert "BMP holds none" in write_picture(picture, tmp_path / "a.bmp")[0]

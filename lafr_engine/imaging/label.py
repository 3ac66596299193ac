"""The label: a picture says that a network took part in it, which one, when, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from xml.etree import ElementTree

from lafr_engine.imaging.picture import Picture
from lafr_engine.imaging.xmp import Element, Tree, XmpError, empty, packed, parsed, qualified, value

DIGITAL_SOURCE_TYPE: Final = (
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
)
_SAME_FACE: Final = 0.3  # intersection over union of two boxes
_DAMAGED: Final = "Its XMP was damaged and is replaced by the label."
Area = tuple[float, float, float, float]
"""Left, top, right and bottom in shares of width and height."""


@dataclass(frozen=True, slots=True)
class LabelledFace:
    """A face that was restored.

    Attributes:
        box: (x0, y0, x1, y1) in pixels of the upright picture that is labelled.
        name: The person's, where it is known.
    """

    box: tuple[float, float, float, float]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What a picture says about its restoration.

    Attributes:
        software: Name and version of the program.
        model: Name of the bundle of networks.
        date: When it was restored, with its time zone.
        faces: The restored ones.
    """

    software: str
    model: str
    date: datetime
    faces: tuple[LabelledFace, ...] = ()


def labelled(picture: Picture, label: Label) -> Picture:
    """Return the picture with the label in its XMP; what else stands there stays.

    Faces that another program has marked keep their region and name; only a description is
    added where there is none. A packet that is damaged is replaced, with a notice.

    Args:
        picture: Upright; BMP holds no XMP, which writing it will say.
        label: What to say.
    """
    notices = picture.notices
    try:
        tree = empty() if picture.xmp is None else parsed(picture.xmp)
    except XmpError:
        tree, notices = empty(), (*notices, _DAMAGED)
    _say_source(tree, label)
    _add_history(tree, label)
    if label.faces:
        _add_regions(tree, label, picture.width, picture.height)
    return replace(picture, xmp=packed(tree), notices=notices)


def _say_source(tree: Tree, label: Label) -> None:
    """Say what made the picture, in IPTC's words."""
    program, _, version = label.software.rpartition(" ")
    said = {
        "DigitalSourceType": DIGITAL_SOURCE_TYPE,
        "AISystemUsed": f"{program or label.software}, {label.model}",
        "AISystemVersionUsed": version if program else "",
    }
    for name, text in said.items():
        key = qualified("Iptc4xmpExt", name)
        for description in list(tree.rdf):
            description.attrib.pop(key, None)
            for old in description.findall(key):
                description.remove(old)
        if text:
            ElementTree.SubElement(tree.describe(), key).text = text


def _add_history(tree: Tree, label: Label) -> None:
    name = qualified("xmpMM", "History")
    history = next((found for d in list(tree.rdf) for found in d.findall(name)), None)
    if history is None:
        history = ElementTree.SubElement(tree.describe(), name)
    sequence = _child(history, "rdf", "Seq")
    event = ElementTree.SubElement(sequence, qualified("rdf", "li"))
    event.set(qualified("rdf", "parseType"), "Resource")
    said = {
        "action": "edited",
        "when": label.date.isoformat(timespec="seconds"),
        "softwareAgent": label.software,
        "parameters": f"faces restored with {label.model}",
    }
    for key, text in said.items():
        ElementTree.SubElement(event, qualified("stEvt", key)).text = text


def _add_regions(tree: Tree, label: Label, width: int, height: int) -> None:
    """Mark the faces as the Metadata Working Group's regions."""
    bag = _bag(tree, width, height)
    known = [(area, holder) for holder in _regions(bag) if (area := _area(holder))]
    words = f"Restored by {label.software} with {label.model}"
    for face in label.faces:
        # Half a pixel from the centre of the first to its edge, where shares begin.
        x0, y0, x1, y1 = (side + 0.5 for side in face.box)
        box = (x0 / width, y0 / height, x1 / width, y1 / height)
        same = max(known, key=lambda each: _overlap(each[0], box), default=None)
        if same is not None and _overlap(same[0], box) > _SAME_FACE:
            _describe(same[1], words)
        else:
            _add_region(bag, face, box, words)


def _bag(tree: Tree, width: int, height: int) -> Element:
    """Return the list of regions, made where there is none."""
    name = qualified("mwg-rs", "Regions")
    regions = next((found for d in list(tree.rdf) for found in d.findall(name)), None)
    if regions is None:
        regions = ElementTree.SubElement(tree.describe(), name)
        regions.set(qualified("rdf", "parseType"), "Resource")
        size = _child(regions, "mwg-rs", "AppliedToDimensions")
        size.set(qualified("rdf", "parseType"), "Resource")
        for key, text in (("w", str(width)), ("h", str(height)), ("unit", "pixel")):
            _child(size, "stDim", key).text = text
    inner = regions.find(qualified("rdf", "Description"))
    holder = regions if inner is None else inner
    found = _child(holder, "mwg-rs", "RegionList")
    for kind in ("Bag", "Seq"):
        listed = found.find(qualified("rdf", kind))
        if listed is not None:
            return listed
    return _child(found, "rdf", "Bag")


def _regions(bag: Element) -> Iterator[Element]:
    """Yield what holds the properties of each region."""
    for item in bag.findall(qualified("rdf", "li")):
        inner = item.find(qualified("rdf", "Description"))
        yield item if inner is None else inner


def _area(region: Element) -> Area | None:
    area = region.find(qualified("mwg-rs", "Area"))
    if area is None:
        return None
    inner = area.find(qualified("rdf", "Description"))
    holder = area if inner is None else inner
    try:
        x, y, w, h = (float(value(holder, "stArea", name) or "") for name in "xywh")
    except ValueError:  # a point, or a circle: no face's box
        return None
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def _overlap(one: Area, other: Area) -> float:
    """Return intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0.0) * max(height, 0.0)
    both = sum((a[2] - a[0]) * (a[3] - a[1]) for a in (one, other)) - shared
    return shared / both if both > 0 else 0.0


def _describe(region: Element, words: str) -> None:
    if value(region, "mwg-rs", "Description") is not None:
        return
    if qualified("rdf", "parseType") in region.attrib:  # no other attribute may stand beside it
        _child(region, "mwg-rs", "Description").text = words
    else:
        region.set(qualified("mwg-rs", "Description"), words)


def _add_region(bag: Element, face: LabelledFace, box: Area, words: str) -> None:
    item = ElementTree.SubElement(bag, qualified("rdf", "li"))
    item.set(qualified("rdf", "parseType"), "Resource")
    said = {"Name": face.name, "Type": "Face", "Description": words}
    for key, text in said.items():
        if text:
            _child(item, "mwg-rs", key).text = text
    area = _child(item, "mwg-rs", "Area")
    area.set(qualified("rdf", "parseType"), "Resource")
    x0, y0, x1, y1 = (min(1.0, max(0.0, side)) for side in box)
    numbers = {"x": (x0 + x1) / 2, "y": (y0 + y1) / 2, "w": x1 - x0, "h": y1 - y0}
    for key, number in numbers.items():
        _child(area, "stArea", key).text = f"{number:.6f}"
    _child(area, "stArea", "unit").text = "normalized"


def _child(parent: Element, prefix: str, name: str) -> Element:
    """Return a child, made where there is none."""
    key = qualified(prefix, name)
    found = parent.find(key)
    return ElementTree.SubElement(parent, key) if found is None else found

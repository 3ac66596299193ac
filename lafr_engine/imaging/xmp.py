"""XMP packets: small changes at the level of bytes, larger ones through a parser that is safe.

The parser refuses every document type, and with it every entity.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

Element = ElementTree.Element

NAMESPACES: Final = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xml": "http://www.w3.org/XML/1998/namespace",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "MPReg": "http://ns.microsoft.com/photo/1.2/t/Region#",
}
_SIZES: Final = {
    ("tiff", "ImageWidth"): 0,
    ("tiff", "ImageLength"): 1,
    ("exif", "PixelXDimension"): 0,
    ("exif", "PixelYDimension"): 1,
}
_BEGIN: Final = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END: Final = '\n<?xpacket end="w"?>'
_DEEPEST: Final = 200


class XmpError(ValueError):
    """The packet cannot be understood; whoever asked decides what becomes of it."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed packet.

    Attributes:
        root: ``x:xmpmeta`` or ``rdf:RDF``.
        prefixes: As the packet had them, by namespace.
    """

    root: Element
    prefixes: dict[str, str]

    @property
    def rdf(self) -> Element:
        """The element that holds the descriptions."""
        name = qualified("rdf", "RDF")
        found = self.root if self.root.tag == name else self.root.find(f".//{name}")
        if found is None:
            raise XmpError("no RDF in the packet")
        return found

    def describe(self) -> Element:
        """Return a description that properties can be put into, made where there is none."""
        name = qualified("rdf", "Description")
        found = self.rdf.find(name)
        if found is None:
            found = ElementTree.SubElement(self.rdf, name, {qualified("rdf", "about"): ""})
        return found


class _Builder(ElementTree.TreeBuilder):
    """Builds a tree, remembers prefixes, and refuses what no packet needs."""

    def __init__(self) -> None:
        super().__init__()
        self.prefixes: dict[str, str] = {}
        self._depth = 0

    def start_ns(self, prefix: str, uri: str) -> None:
        self.prefixes.setdefault(uri, prefix)

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise XmpError("elements too deep in each other")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag)

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise XmpError(f"a document type ({name}, {public}, {system}) has no place in XMP")


def qualified(prefix: str, name: str) -> str:
    """Return a name as ElementTree spells it."""
    return f"{{{NAMESPACES[prefix]}}}{name}"


def parsed(packet: bytes) -> Tree:
    """Parse a packet.

    Raises:
        XmpError: It is damaged, or tries what a packet may not.
    """
    builder = _Builder()
    parser = ElementTree.XMLParser(target=builder)
    try:
        parser.feed(packet.strip(b"\x00 \t\r\n"))
        tree = Tree(parser.close(), builder.prefixes)
    except (ElementTree.ParseError, LookupError) as error:  # LookupError: an unknown encoding
        raise XmpError(f"the packet is damaged ({error})") from error
    if tree.rdf is None:
        raise XmpError("no RDF in the packet")
    return tree


def empty() -> Tree:
    """Return a packet that says nothing yet."""
    root = Element(qualified("x", "xmpmeta"))
    ElementTree.SubElement(root, qualified("rdf", "RDF"))
    return Tree(root, {})


def packed(tree: Tree) -> bytes:
    """Return a tree as a packet, with the prefixes that it had."""
    prefixes = _all_prefixes(tree)
    spaces = "".join(
        f" xmlns:{prefix}={quoteattr(uri)}" for uri, prefix in prefixes.items() if prefix != "xml"
    )
    text = "".join(_written(tree.root, prefixes, spaces))
    return f"{_BEGIN}{text}{_END}".encode()


def bare(packet: bytes) -> bytes:
    """Return a packet without the marks before and behind it."""
    return packet.removeprefix(_BEGIN.encode()).removesuffix(_END.encode())


def _all_prefixes(tree: Tree) -> dict[str, str]:
    """Give each namespace in use a prefix of its own."""
    known = {uri: prefix for prefix, uri in NAMESPACES.items()}
    result: dict[str, str] = {}
    for uri in dict.fromkeys(_uris(tree.root)):
        wanted = known.get(uri) or tree.prefixes.get(uri) or "ns"
        prefix, number = wanted, 1
        while prefix in result.values():
            prefix, number = f"{wanted}{number}", number + 1
        result[uri] = prefix
    return result


def _uris(root: Element) -> Iterator[str]:
    for element in root.iter():
        for name in (element.tag, *element.attrib):
            if name.startswith("{"):
                yield name[1:].partition("}")[0]


def _written(element: Element, prefixes: dict[str, str], spaces: str = "") -> Iterator[str]:
    name = _short(element.tag, prefixes)
    attributes = "".join(
        f" {_short(key, prefixes)}={quoteattr(value)}" for key, value in element.attrib.items()
    )
    yield f"<{name}{spaces}{attributes}>{escape(element.text or '')}"
    for child in element:
        yield from _written(child, prefixes)
        yield escape(child.tail or "")
    yield f"</{name}>"


def _short(name: str, prefixes: dict[str, str]) -> str:
    uri, brace, local = name[1:].partition("}")
    return f"{prefixes[uri]}:{local}" if brace else name


def value(element: Element, prefix: str, name: str) -> str | None:
    """Return a simple property, which may be an attribute or an element."""
    key = qualified(prefix, name)
    if key in element.attrib:
        return element.attrib[key]
    child = element.find(key)
    return None if child is None else (child.text or "").strip()


def put(element: Element, prefix: str, name: str, text: str) -> None:
    """Set a simple property, in the form in which it is there."""
    key = qualified(prefix, name)
    child = element.find(key)
    if child is None:
        element.set(key, text)
    else:
        child.text = text


def unpadded(packet: bytes) -> bytes:
    """Take out the white space at a packet's end that editors leave for changes in place."""
    return re.sub(rb"[ \t\r\n]{16,}(?=<\?xpacket end)", b"\n", packet)


def merged(main: bytes, extension: bytes) -> bytes:
    """Put the two parts of a JPEG's extended XMP together again.

    Raises:
        XmpError: One of them is damaged.
    """
    tree, more = parsed(main), parsed(extension)
    for description in tree.rdf:
        key = qualified("xmpNote", "HasExtendedXMP")
        description.attrib.pop(key, None)
        for child in description.findall(key):
            description.remove(child)
    tree.rdf.extend(list(more.rdf))
    return packed(Tree(tree.root, more.prefixes | tree.prefixes))


def upright_xmp(xmp: bytes, turn: int = 1) -> bytes:
    """Say "upright" in an XMP packet, and turn the regions in it as the pixels were turned.

    Args:
        xmp: The packet.
        turn: EXIF's orientation before, 1 to 8.
    """
    xmp = _patched(xmp, "tiff", "Orientation", lambda old: b"1" if old in b"2345678" else old)
    if turn >= 5:
        xmp = _swapped(xmp)
    if turn != 1 and any(NAMESPACES[name].encode() in xmp for name in ("stArea", "MPReg")):
        return _with(xmp, lambda tree: _turn_regions(tree.root, turn))
    return xmp


def denser_xmp(xmp: bytes, scale: int) -> bytes:
    """Multiply the resolution in an XMP packet."""

    def denser(old: bytes) -> bytes:
        above, slash, below = old.partition(b"/")
        return b"%d%s%s" % (int(above) * scale, slash, below) if above.isdigit() else old

    for name in ("XResolution", "YResolution"):
        xmp = _patched(xmp, "tiff", name, denser)
    return xmp


def sized_xmp(xmp: bytes, width: int, height: int) -> bytes:
    """Say the size in pixels in an XMP packet, where it said one."""
    sizes = (width, height)
    for (prefix, name), axis in _SIZES.items():
        xmp = _patched(xmp, prefix, name, _number(sizes[axis]))
    if NAMESPACES["mwg-rs"].encode() in xmp:
        xmp = _with(xmp, lambda tree: _size_regions(tree.root, sizes))
    return without_previews(xmp)


def _number(size: int) -> Callable[[bytes], bytes]:
    return lambda old: str(size).encode() if old.isdigit() else old


def without_previews(xmp: bytes) -> bytes:
    """Take out the previews, which show the picture as it was."""
    if b"Thumbnails" not in xmp:
        return xmp

    def take_out(tree: Tree) -> bool:
        key, taken = qualified("xmp", "Thumbnails"), False
        for description in tree.rdf:
            for child in description.findall(key):
                description.remove(child)
                taken = True
        return taken

    return _with(xmp, take_out)


def _with(xmp: bytes, change: Callable[[Tree], bool]) -> bytes:
    """Change a packet through the parser; one that is damaged, or not changed, stays as it is."""
    try:
        tree = parsed(xmp)
        return packed(tree) if change(tree) else xmp
    except XmpError:
        return xmp


def _turn_regions(root: Element, turn: int) -> bool:
    for element in root.iter():
        for key, text in list(element.attrib.items()):
            if key == qualified("MPReg", "Rectangle"):
                element.set(key, _turned_rectangle(text, turn))
        if element.tag == qualified("MPReg", "Rectangle"):
            element.text = _turned_rectangle(element.text or "", turn)
        _turn_area(element, turn)
    return True


def _turn_area(element: Element, turn: int) -> None:
    try:
        x, y = (float(value(element, "stArea", name) or "") for name in "xy")
    except ValueError:
        return
    for name, number in zip("xy", turned_point(x, y, turn), strict=True):
        put(element, "stArea", name, f"{number:.6g}")
    width, height = value(element, "stArea", "w"), value(element, "stArea", "h")
    if turn >= 5 and width is not None and height is not None:
        put(element, "stArea", "w", height)
        put(element, "stArea", "h", width)


def _turned_rectangle(text: str, turn: int) -> str:
    """Turn Microsoft's "left, top, width, height"."""
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError:
        return text
    centre = turned_point(x + width / 2, y + height / 2, turn)
    width, height = (height, width) if turn >= 5 else (width, height)
    left, top = centre[0] - width / 2, centre[1] - height / 2
    return ", ".join(f"{number:.6f}" for number in (left, top, width, height))


def turned_point(x: float, y: float, turn: int) -> tuple[float, float]:
    """Turn a point of the unit square as the pixels are turned upright."""
    return {
        2: (1 - x, y),
        3: (1 - x, 1 - y),
        4: (x, 1 - y),
        5: (y, x),
        6: (1 - y, x),
        7: (1 - y, 1 - x),
        8: (y, 1 - x),
    }.get(turn, (x, y))


def _size_regions(root: Element, sizes: tuple[int, int]) -> bool:
    changed = False
    for element in root.iter(qualified("mwg-rs", "AppliedToDimensions")):
        where = element.find(qualified("rdf", "Description"))
        holder = element if where is None else where
        for name, size in zip("wh", sizes, strict=True):
            if value(holder, "stDim", name) not in (None, str(size)):
                put(holder, "stDim", name, str(size))
                changed = True
    return changed


def _swapped(xmp: bytes) -> bytes:
    """Let the resolutions across and down change places."""
    across, down = _found(xmp, "XResolution"), _found(xmp, "YResolution")
    if across is None or down is None:
        return xmp
    xmp = _patched(xmp, "tiff", "XResolution", lambda _: down)
    return _patched(xmp, "tiff", "YResolution", lambda _: across)


def _found(xmp: bytes, name: str) -> bytes | None:
    found: list[bytes] = []

    def keep(old: bytes) -> bytes:
        found.append(old)
        return old

    _patched(xmp, "tiff", name, keep)
    return next(iter(found), None)


def _patched(xmp: bytes, prefix: str, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Change a simple property where it stands, as an attribute or as an element."""
    uri = re.escape(NAMESPACES[prefix].encode())
    prefixes = {prefix.encode(), *re.findall(rb"xmlns:([\w.-]+)\s*=\s*[\"']%s[\"']" % uri, xmp)}
    names = rb"(?:%s):%s" % (b"|".join(re.escape(each) for each in prefixes), name.encode())
    pattern = rb"(?<![\w:.-])(%s\s*=\s*[\"']|<%s>)(\s*)([^\"'<>\s]*)" % (names, names)
    return re.sub(pattern, lambda m: m[1] + m[2] + change(m[3]), xmp)

"""The engine's sentences in the user's language.

The engine speaks English and knows no window. Its sentences are listed here as patterns, with a
number in braces for each path, number or name in them; :func:`in_words` finds the pattern of a
sentence and says it in the user's language. Before it may stand the file or folder that it is
about, followed by a colon. A sentence that is not listed is shown as it is.

``tests/desktop/test_sentences.py`` looks for the engine's sentences in its source, and fails
where one is not listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_SAID: Final = (
    QT_TRANSLATE_NOOP("Sentence", "there is no such file"),
    QT_TRANSLATE_NOOP("Sentence", "may not be read (permission denied)"),
    QT_TRANSLATE_NOOP("Sentence", "is a folder, not a picture"),
    QT_TRANSLATE_NOOP("Sentence", "is not a regular file"),
    QT_TRANSLATE_NOOP("Sentence", "cannot be read ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "is not a picture of a known format"),
    QT_TRANSLATE_NOOP("Sentence", "is damaged or cut off ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "is damaged or cut off"),
    QT_TRANSLATE_NOOP("Sentence", "is damaged, or of a kind that is not supported"),
    QT_TRANSLATE_NOOP("Sentence", "is damaged, or of a kind that is not supported ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "is cut off: the file ends before its pixels do"),
    QT_TRANSLATE_NOOP(
        "Sentence", "is {0}, which the package {1} reads (pip install lafr-desktop[{2}])"
    ),
    QT_TRANSLATE_NOOP("Sentence", "holds {0} samples, which is not supported"),
    QT_TRANSLATE_NOOP("Sentence", "has {0} channels, which is not supported"),
    QT_TRANSLATE_NOOP("Sentence", "stores its 16-bit channels in a way that is not supported"),
    QT_TRANSLATE_NOOP("Sentence", "stores its channels in a way that is not supported"),
    QT_TRANSLATE_NOOP("Sentence", "has {0} x {1} pixels, too few to hold a face"),
    QT_TRANSLATE_NOOP("Sentence", "there is not enough memory for this picture"),
    QT_TRANSLATE_NOOP("Sentence", "there is not enough memory for this"),
    QT_TRANSLATE_NOOP("Sentence", "holds no pictures"),
    QT_TRANSLATE_NOOP("Sentence", "could not be written ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "is the source itself, which is never written to"),
    QT_TRANSLATE_NOOP("Sentence", "is an original of this album, which is never written to"),
    QT_TRANSLATE_NOOP("Sentence", "the suffix names no format that is written ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "the suffix {0} leads to another folder"),
    QT_TRANSLATE_NOOP("Sentence", "cannot be used ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "is damaged or no album ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "another program keeps it busy"),
    QT_TRANSLATE_NOOP("Sentence", "another program works on this album"),
    QT_TRANSLATE_NOOP("Sentence", "is not an album"),
    QT_TRANSLATE_NOOP("Sentence", "is an album already"),
    QT_TRANSLATE_NOOP("Sentence", "was written by a newer version of this program"),
    QT_TRANSLATE_NOOP("Sentence", "cannot be made ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "cannot be written ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "cannot be locked ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "there is no photograph {0} in this album"),
    QT_TRANSLATE_NOOP("Sentence", "there is no face {0} in this album"),
    QT_TRANSLATE_NOOP("Sentence", "there is no candidate {0} in this album"),
    QT_TRANSLATE_NOOP("Sentence", "there is no job {0} in this album"),
    QT_TRANSLATE_NOOP("Sentence", "the strength {0} does not lie between 0 and 1"),
    QT_TRANSLATE_NOOP("Sentence", "candidate {0} was not made of face {1}"),
    QT_TRANSLATE_NOOP("Sentence", "face {0} has no restoration that could be accepted"),
    QT_TRANSLATE_NOOP("Sentence", "is not there any more"),
    QT_TRANSLATE_NOOP(
        "Sentence", "has changed since it was imported; import it again as a new version"
    ),
    QT_TRANSLATE_NOOP("Sentence", "another version of this file has taken its place in the album"),
    QT_TRANSLATE_NOOP("Sentence", "{0} is none of {1}"),
    QT_TRANSLATE_NOOP("Sentence", "the quality {0} does not lie between 1 and 100"),
    QT_TRANSLATE_NOOP("Sentence", "the scale {0} is none of 1, 2 and 4"),
    QT_TRANSLATE_NOOP("Sentence", "ended without a result"),
    QT_TRANSLATE_NOOP("Sentence", "failed without a reason"),
    QT_TRANSLATE_NOOP("Sentence", "failed unexpectedly ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "this engine does not know jobs of the kind {0}"),
    QT_TRANSLATE_NOOP("Sentence", "the engine process died under it (status {0})"),
    QT_TRANSLATE_NOOP("Sentence", "it was cancelled"),
    QT_TRANSLATE_NOOP(
        "Sentence", "the engine gave no sign of life for {0} seconds and was stopped"
    ),
    QT_TRANSLATE_NOOP("Sentence", "the engine cannot be started"),
    QT_TRANSLATE_NOOP("Sentence", "The engine cannot be started: {0}."),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "Too small: the face is {0} pixels wide, and below {1} there is too little "
        "of the person to go by.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "Too small in the result: {0} pixels wide; enlarge the photograph to restore it.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "Too blurred, or not a face: the detector is not sure of it."),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "Too blurred: the face shows no more than one of {0} pixels would; below {1} there is too "
        "little of the person to go by.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "Turned away too far: one eye hides behind the other."),
    QT_TRANSLATE_NOOP("Sentence", "Turned away too far: the face is seen from the side."),
    QT_TRANSLATE_NOOP("Sentence", "no longer looks like the same person ({0}, limit {1})"),
    QT_TRANSLATE_NOOP("Sentence", "the restorer failed"),
    QT_TRANSLATE_NOOP("Sentence", "the restorer failed: {0}"),
    QT_TRANSLATE_NOOP("Sentence", "the restorer gave no usable picture"),
    QT_TRANSLATE_NOOP("Sentence", "the face lies outside the photograph"),
    QT_TRANSLATE_NOOP("Sentence", "the box drawn for a face is empty"),
    QT_TRANSLATE_NOOP("Sentence", "the box drawn for a face lies outside the photograph"),
    QT_TRANSLATE_NOOP("Sentence", "the crop lies outside the picture"),
    QT_TRANSLATE_NOOP("Sentence", "is not a restored face"),
    QT_TRANSLATE_NOOP("Sentence", "is not a mask of what is kept (8-bit grey)"),
    QT_TRANSLATE_NOOP("Sentence", "the mask of what is kept has no rectangle"),
    QT_TRANSLATE_NOOP("Sentence", "Faces are restored on the CPU: {0}."),
    QT_TRANSLATE_NOOP(
        "Sentence", "The GPU has too little memory; faces are now restored on the CPU."
    ),
    QT_TRANSLATE_NOOP("Sentence", "Memory is short; faces are now decoded in tiles."),
    QT_TRANSLATE_NOOP("Sentence", "{0} computes something else than the CPU"),
    QT_TRANSLATE_NOOP("Sentence", "the CPU was asked for"),
    QT_TRANSLATE_NOOP(
        "Sentence", "this program's PyTorch was built without support for a graphics card"
    ),
    QT_TRANSLATE_NOOP("Sentence", "no graphics card with a working driver was found"),
    QT_TRANSLATE_NOOP("Sentence", "one face took {0} s; no GPU is used because {1}."),
    QT_TRANSLATE_NOOP("Sentence", "one face took {0} s, and it computes what the CPU does."),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "one face took {0} s, but it computes something else than the CPU: do not use it.",
    ),
    QT_TRANSLATE_NOOP("Sentence", "no such kind of device (auto, cpu, cuda, mps)"),
    QT_TRANSLATE_NOOP("Sentence", "is not the name of a device ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "this machine has no such device that torch can use"),
    QT_TRANSLATE_NOOP("Sentence", "HEIC is read only: it is written as JPEG."),
    QT_TRANSLATE_NOOP("Sentence", "Camera RAW is read only: it is written as TIFF."),
    QT_TRANSLATE_NOOP("Sentence", "More than 8 bits a channel become 8."),
    QT_TRANSLATE_NOOP("Sentence", "Only the first of {0} frames is restored."),
    QT_TRANSLATE_NOOP("Sentence", "Only the first of {0} pictures is restored."),
    QT_TRANSLATE_NOOP(
        "Sentence", "Only the first of {0} pages is restored; the others are copied."
    ),
    QT_TRANSLATE_NOOP("Sentence", "Only the first page is restored: those behind it are damaged."),
    QT_TRANSLATE_NOOP(
        "Sentence", "A smaller copy of the first page is left out: it shows the old one."
    ),
    QT_TRANSLATE_NOOP("Sentence", "The other pages are left out: a {0} holds one."),
    QT_TRANSLATE_NOOP("Sentence", "16 bits a channel become 8: a {0} holds no more."),
    QT_TRANSLATE_NOOP("Sentence", "Alpha is left out: a {0} holds none."),
    QT_TRANSLATE_NOOP(
        "Sentence", "The channel behind the colours is left out: only a TIFF holds one."
    ),
    QT_TRANSLATE_NOOP("Sentence", "CMYK becomes sRGB."),
    QT_TRANSLATE_NOOP(
        "Sentence", "The palette is given up for RGB: it lacks colours of the result."
    ),
    QT_TRANSLATE_NOOP("Sentence", "Grey of {0} bits becomes grey of 8."),
    QT_TRANSLATE_NOOP("Sentence", "{0} becomes {1}."),
    QT_TRANSLATE_NOOP("Sentence", "Profile, EXIF and XMP are left out: a BMP holds none."),
    QT_TRANSLATE_NOOP("Sentence", "EXIF is left out: a JPEG holds no block of that size."),
    QT_TRANSLATE_NOOP("Sentence", "XMP is left out: a JPEG holds no packet of that size."),
    QT_TRANSLATE_NOOP(
        "Sentence", "Its Content Credentials are left out: they vouch for the photograph as it was."
    ),
    QT_TRANSLATE_NOOP(
        "Sentence", "Photoshop's layers are left out: they show the photograph as it was."
    ),
    QT_TRANSLATE_NOOP("Sentence", "Its JPEG compression becomes deflate, which loses nothing."),
    QT_TRANSLATE_NOOP("Sentence", "Its XMP was damaged and is replaced by the label."),
    QT_TRANSLATE_NOOP("Sentence", "The picture has no recipe: {0}"),
    QT_TRANSLATE_NOOP("Sentence", "was not written, since it {0}"),
    QT_TRANSLATE_NOOP("Sentence", "no such bundle of weights (installed: {0})"),
    QT_TRANSLATE_NOOP("Sentence", "there is no bundle of weights here (no {0})"),
    QT_TRANSLATE_NOOP("Sentence", "the bundle has format {0}, this version reads {1}"),
    QT_TRANSLATE_NOOP("Sentence", "the manifest cannot be understood ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "the manifest names a file outside the bundle: {0}"),
    QT_TRANSLATE_NOOP("Sentence", "the manifest names no file of weights"),
    QT_TRANSLATE_NOOP("Sentence", "the manifest does not list {0}"),
    QT_TRANSLATE_NOOP("Sentence", "a file of the bundle is missing"),
    QT_TRANSLATE_NOOP("Sentence", "{0}, a file of the bundle, is missing"),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "is not what the bundle's manifest says (sha256 {0}..., {1} bytes; expected "
        "{2}..., {3} bytes)",
    ),
    QT_TRANSLATE_NOOP("Sentence", "the weights do not fit the configuration in the manifest ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "{0} cannot be the name of a bundle"),
    QT_TRANSLATE_NOOP("Sentence", "{0} came with the program and cannot be replaced"),
    QT_TRANSLATE_NOOP("Sentence", "{0} is installed already ({1})"),
    QT_TRANSLATE_NOOP("Sentence", "the bundle could not be put there ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "there is no such file or folder"),
    QT_TRANSLATE_NOOP("Sentence", "is neither a bundle's folder nor a .zip of one"),
    QT_TRANSLATE_NOOP("Sentence", "the archive cannot be read ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "the archive names a file outside itself: {0}"),
    QT_TRANSLATE_NOOP("Sentence", "holds {0} bundles (files {1}), not one"),
    QT_TRANSLATE_NOOP("Sentence", "not the face detector"),
    QT_TRANSLATE_NOOP("Sentence", "the face detector cannot be read"),
    QT_TRANSLATE_NOOP("Sentence", "the mean face embedding cannot be read"),
    QT_TRANSLATE_NOOP("Sentence", "not the mean face embedding"),
    QT_TRANSLATE_NOOP("Sentence", "the mean face embedding is not 128 finite numbers"),
    QT_TRANSLATE_NOOP("Sentence", "the identity network cannot be read"),
    QT_TRANSLATE_NOOP("Sentence", "not dlib's face recognition network"),
    QT_TRANSLATE_NOOP("Sentence", "the file ends too early"),
    QT_TRANSLATE_NOOP("Sentence", "the weights {0} are not installed: {1}"),
    QT_TRANSLATE_NOOP("Sentence", "install the program again with pip"),
    QT_TRANSLATE_NOOP("Sentence", "run `lafr models fetch-training`"),
    QT_TRANSLATE_NOOP("Sentence", "{0} is damaged or altered: its sha256 is {1}, not {2}"),
    QT_TRANSLATE_NOOP(
        "Sentence",
        "is refused; it is damaged, or holds something else than weights, "
        "which could run when it is read",
    ),
    QT_TRANSLATE_NOOP("Sentence", "the licence of its weights has to be stated"),
    QT_TRANSLATE_NOOP("Sentence", "no weights can be read from it ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "holds no weights of a network"),
    QT_TRANSLATE_NOOP("Sentence", "the network cannot be read ({0})"),
    QT_TRANSLATE_NOOP("Sentence", "the sha256 is not the pinned one"),
    QT_TRANSLATE_NOOP("Sentence", "ParseNet's weights cannot be read"),
    QT_TRANSLATE_NOOP("Sentence", "no state dict of this ParseNet"),
    QT_TRANSLATE_NOOP("Sentence", "changed while it was worked on"),
)

_REWORDED: Final = (
    (
        "has {0} x {1} pixels, more than {2} million (--max-pixels raises the limit)",
        QT_TRANSLATE_NOOP(
            "Sentence",
            "has {0} x {1} pixels, more than {2} million; the limit is in the settings",
        ),
    ),
    (
        "would have {0} million pixels enlarged {1} times, more than {2} million",
        QT_TRANSLATE_NOOP(
            "Sentence",
            "would have {0} million pixels enlarged {1} times, more than {2} million; "
            "the limit is in the settings",
        ),
    ),
    (
        "exists already (--overwrite replaces it)",
        QT_TRANSLATE_NOOP("Sentence", "exists already and was not replaced"),
    ),
    (
        "no bundle of weights is installed; train one with `lafr train`",
        QT_TRANSLATE_NOOP("Sentence", "no model is installed; add one under Models"),
    ),
)

# The stubs call what QT_TRANSLATE_NOOP returns an object: it is the text itself.
PATTERNS: Final[tuple[str, ...]] = tuple(map(str, _SAID))
"""The sentences that the window says as the engine does."""

REWORDED: Final[Mapping[str, str]] = {pattern: str(words) for pattern, words in _REWORDED}
"""The sentences that name what only the command line has, with what the window says in place."""

_PLACE: Final = re.compile(r"\{(\d)\}")


def in_words(text: str) -> str:
    """Say what the engine said in the user's language, line by line."""
    return "\n".join(_said(line) for line in text.split("\n"))


def pattern_of(sentence: str) -> str | None:
    """Return the pattern of a sentence without a file before it; None where none is known."""
    found = _match(sentence)
    return None if found is None else found[0]


def _said(line: str) -> str:
    """Translate a line whole, or else what stands behind the first colon that allows it."""
    at = 0
    while at <= len(line):
        found = _match(line[at:])
        if found is not None:
            return line[:at] + _in_pattern(*found)
        colon = line.find(": ", at)
        if colon < 0:
            break
        at = colon + 2
    return line


def _in_pattern(pattern: str, values: tuple[str, ...]) -> str:
    known = REWORDED.get(pattern, pattern)
    words = QCoreApplication.translate("Sentence", known)
    return words.format(*(_said(value) for value in values))


def _match(sentence: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the pattern with the most words of its own, and what stands in its braces."""
    for pattern, expression in _expressions():
        found = expression.fullmatch(sentence)
        if found is not None:
            return pattern, found.groups()
    return None


@cache
def _expressions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    ordered = sorted((*PATTERNS, *REWORDED), key=lambda each: -len(_PLACE.sub("", each)))
    return tuple((each, _expression(each)) for each in ordered)


def _expression(pattern: str) -> re.Pattern[str]:
    """What a pattern matches; what it begins with is one word, so that little fits by chance."""
    words = _PLACE.split(pattern)[::2]
    first = r"(\S+)" if pattern.startswith("{") else ""
    start = 1 if first else 0
    return re.compile(first + "(.+?)".join(re.escape(each) for each in words[start:]))

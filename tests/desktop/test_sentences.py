from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

import lafr_engine
from lafr_desktop.sentences import PATTERNS, REWORDED, in_words, pattern_of
from lafr_desktop.translate import Translation
from lafr_engine import errors

ENGINE = Path(next(iter(lafr_engine.__path__)))
ROOMS = ("album", "bundle", "client", "faces", "imaging", "pipeline", "worker", "service.py")
NEVER_SHOWN = {
    "album/verify.py": "only `lafr album verify` tells it",
    "bundle/base_model.py": "only the command line fetches a base model",
    "bundle/download.py": "likewise",
    "bundle/export_onnx.py": "only the command line exports to ONNX and runs exports",
    "bundle/fetch_base.py": "only the command line fetches a base model",
    "bundle/onnx_exports.py": "only the command line runs exports",
    "bundle/third_party.py": "only `lafr models fetch-training` goes beyond what is listed",
    "faces/invented/values.py": "the review bar has its own words for these",
    "faces/retinaface.py": "only `lafr evaluate` uses it",
    "imaging/degrade.py": "only training uses it",
    "worker/again.py": "only `lafr render` uses it",
}
PROGRAMMING = {"ConfigError"}  # what a window never asks for, but in these rooms:
ASKED_FOR = ("album/", "bundle/foreign.py", "faces/drawn.py", "worker/")
COMPOSED = {  # of parts: examples of each are below
    "Only the first of X X is restored.",
    "has X x X pixels, more than X",
    "X; no GPU is used because X.",
    "X, and it computes what the CPU does.",
    "X, but it computes something else than the CPU: do not use it.",
}
EXAMPLES = (
    "Only the first of 3 frames is restored.",
    "Only the first of 3 pictures is restored.",
    "/a.tif: has 9 x 9 pixels, more than 3 million (--max-pixels raises the limit)",
    "cpu: one face took 1.5 s; no GPU is used because the CPU was asked for.",
    "cuda: one face took 1.5 s, and it computes what the CPU does.",
    "cuda: one face took 1.5 s, but it computes something else than the CPU: do not use it.",
)
ERRORS = {name for name, each in vars(errors).items() if isinstance(each, type)}
TELLS = {"Notice", "Ended"}


def sentences() -> dict[str, str]:
    """The engine's sentences, with what they hold written as X, by the place in the source."""
    found = {}
    for room in ROOMS:
        place = ENGINE / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            name = path.relative_to(ENGINE).as_posix()
            if name not in NEVER_SHOWN:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                found.update({f"{name}:{line}": text for line, text in _of(tree, name)})
    return found


def _of(tree: ast.Module, name: str) -> Iterator[tuple[int, str]]:
    taken: set[int] = set()
    for node in ast.walk(tree):
        called = _called(node) if isinstance(node, ast.Call) else ""
        skipped = called in PROGRAMMING and not name.startswith(ASKED_FOR)
        if isinstance(node, ast.Call) and called in ERRORS | TELLS:
            taken.update(id(each) for each in ast.walk(node))
            if not skipped and node.args and (text := _text(node.args[-1])):
                yield node.lineno, text
    for node in ast.walk(tree):  # notes are whole sentences that end in a full stop
        if isinstance(node, ast.JoinedStr):
            taken.update(id(each) for each in node.values)
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in taken:
            text = _text(node)
            if text and re.fullmatch(r"[A-Z0-9X].* .*\.", text) and not _is_docstring(tree, node):
                yield node.lineno, text


def _called(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each) or "X" for each in node.values)
    return ""


def _is_docstring(tree: ast.Module, node: ast.AST) -> bool:
    docs = [each.value for each in ast.walk(tree) if isinstance(each, ast.Expr)]
    return any(node is each for each in docs)


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    translation = Translation(qapp, "de")
    yield
    translation.remove()


def _is_known(text: str) -> bool:
    tails = [text[at.end() :] for at in re.finditer("^|: ", text)]
    return any(pattern_of(tail) is not None for tail in tails)


def test_every_sentence_of_the_engine_is_listed() -> None:
    # A new one belongs into `lafr_desktop/sentences.py`, or its file into NEVER_SHOWN.
    every = sentences()
    assert len(every) > 90
    said = {place: text for place, text in every.items() if re.search("[a-z]{3}", text)}
    assert set(said.values()) >= COMPOSED
    unknown = {p: t for p, t in said.items() if not _is_known(t) and t not in COMPOSED}
    assert unknown == {}


@pytest.mark.parametrize("sentence", EXAMPLES)
def test_sentences_of_parts_are_known(sentence: str) -> None:
    assert _is_known(sentence)


def test_every_pattern_has_its_german(german: None) -> None:
    shown = {each: REWORDED.get(each, each) for each in (*PATTERNS, *REWORDED)}
    same = [
        each
        for each, words in shown.items()
        if in_words(each.format(*"1234")) == words.format(*"1234")
    ]
    assert same == []


@pytest.mark.parametrize(
    ("english", "german_words"),
    [
        ("/a: b/c.jpg: is not there any more", "/a: b/c.jpg: ist nicht mehr da"),
        (
            "p.tif: could not be written (No space left)",
            "p.tif: konnte nicht geschrieben werden (No space left)",
        ),
        (
            "no longer looks like the same person (0.31, limit 0.40)",
            "sieht nicht mehr nach derselben Person aus (0.31, Grenze 0.40)",
        ),
        (
            "Too blurred: the face shows no more than one of 9 pixels would; below 14 there is "
            "too little of the person to go by.",
            "Zu unscharf: Das Gesicht zeigt so wenig wie eines von 9 Bildpunkten; unter 14 ist "
            "von der Person zu wenig zu erkennen.",
        ),
        (
            "Faces are restored on the CPU: cuda computes something else than the CPU.",
            "Gesichter werden auf dem Prozessor wiederhergestellt: "
            "cuda rechnet anders als der Prozessor.",
        ),
        (
            "The picture has no recipe: /r.json: cannot be read (gone)",
            "Das Bild hat kein Rezept: /r.json: lässt sich nicht lesen (gone)",
        ),
    ],
)
def test_sentences_are_said_in_german(german: None, english: str, german_words: str) -> None:
    assert in_words(english) == german_words


def test_lines_are_translated_one_by_one_and_unknown_ones_stay(german: None) -> None:
    text = "2 Fotos hinzugefügt.\n/a.jpg: there is no such file\n/b: was eaten: by moths"
    assert in_words(text) == (
        "2 Fotos hinzugefügt.\n/a.jpg: Diese Datei gibt es nicht\n/b: was eaten: by moths"
    )


def test_the_window_names_no_option_of_the_command_line() -> None:
    assert in_words("/a.jpg: exists already (--overwrite replaces it)") == (
        "/a.jpg: exists already and was not replaced"
    )
    large = "/a.jpg: has 9 x 9 pixels, more than 3 million (--max-pixels raises the limit)"
    assert "in the settings" in in_words(large)
    assert not [words for words in REWORDED.values() if "--" in words]

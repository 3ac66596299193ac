"""Brings the translations up to date with the source, and compiles them.

    python installer/translations.py          after any text of the window changed
    python installer/translations.py --check  only says what is missing

It runs lupdate and lrelease, which come with PySide6-Essentials. New texts are then marked
``type="unfinished"`` in ``resources/translations/lafr_de.ts``: translate them there (it is plain
XML; Qt Linguist opens it too), take the mark away, and run this again. ``lafr_en.ts`` holds only
the plurals of English. Both kinds of file are committed, so that a build needs no Qt tools.

What lupdate cannot read in Python: texts within f-strings, `tr` of anything but `self`, and plurals
by `translate(...)`: those only as `self.tr("%n face(s)", "", count)`. The tests find such places.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import PySide6

_ROOT = Path(__file__).resolve().parent.parent
_FOLDER = _ROOT / "resources" / "translations"
_LANGUAGES = {"de": (), "en": ("-pluralonly",)}


def main() -> int:
    """Update, compile, and name what is not translated.

    Returns:
        1 where something is not, else 0.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    missing = 0
    for language, options in _LANGUAGES.items():
        path = _FOLDER / f"lafr_{language}.ts"
        if not check:
            _run("lupdate", *options, *_UPDATE, *_sources(), "-ts", path)
            _run("lrelease", "-silent", path, "-qm", path.with_suffix(".qm"))
        for text in unfinished(path):
            print(f"{path.name}: not translated: {text!r}", file=sys.stderr)
            missing += 1
    return 1 if missing else 0


_UPDATE = ("-silent", "-no-obsolete", "-locations", "none", "-source-language", "en")


def unfinished(path: Path) -> list[str]:
    """Return the texts of a .ts file that have no finished translation."""
    messages = ElementTree.parse(path).getroot().iter("message")
    return [message.findtext("source", "") for message in messages if not _is_finished(message)]


def _is_finished(message: ElementTree.Element) -> bool:
    translation = message.find("translation")
    if translation is None or translation.get("type") is not None:
        return False
    forms = translation.findall("numerusform") or [translation]
    return all(form.text for form in forms)


def _sources() -> list[Path]:
    return sorted((_ROOT / "lafr_desktop").rglob("*.py"))


def _run(tool: str, *arguments: str | Path) -> None:
    """Run one of Qt's tools as they lie in the package."""
    folder = Path(PySide6.__file__).parent
    program = next(path for path in (folder / tool, folder / f"{tool}.exe") if path.is_file())
    subprocess.run([program, *arguments], check=True, cwd=_ROOT)


if __name__ == "__main__":
    sys.exit(main())

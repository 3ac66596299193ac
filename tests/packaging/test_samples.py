from __future__ import annotations

from pathlib import Path

from PIL import Image

ORIENTATION = 0x0112


def rows(samples: Path) -> dict[str, list[str]]:
    """Cells of the table in the samples' README, by file name."""
    lines = (samples / "README.md").read_text(encoding="utf-8").splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {cells[0].strip("`"): cells[1:] for cells in table if cells[0].startswith("`")}


def pictures(samples: Path) -> list[Path]:
    return sorted(path for path in samples.iterdir() if path.suffix != ".md")


def test_every_sample_has_its_source_and_licence(samples: Path) -> None:
    listed = rows(samples)
    assert {path.name for path in pictures(samples)} == listed.keys()
    for _what, _faces, source, licence, _changed in listed.values():
        assert source
        assert licence.startswith(("CC0", "public domain"))


def test_samples_are_small_enough_to_ship(samples: Path) -> None:
    files = pictures(samples)
    assert len(files) >= 6
    assert sum(path.stat().st_size for path in files) < 3_000_000


def test_samples_hold_the_kinds_that_matter(samples: Path) -> None:
    orientations, modes = set(), set()
    for path in pictures(samples):
        with Image.open(path) as image:
            image.load()
            assert max(image.size) <= 1600
            orientations.add(image.getexif().get(ORIENTATION, 1))
            modes.add(image.mode)
    assert orientations == {1, 6}
    assert modes == {"RGB", "L"}

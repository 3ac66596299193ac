from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFont

from lafr_engine.imaging import sheets
from lafr_engine.imaging.sheets import Labels, Pixels, SheetEntry, before_after, contact_sheet

RED, BLUE = (200, 30, 20), (20, 40, 210)


def plain(height: int, width: int, colour: tuple[int, int, int]) -> Pixels:
    return np.full((height, width, 3), colour, np.uint8)


def places(sheet: Pixels, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Top, left, height and width of what has this colour."""
    rows, columns = np.nonzero((sheet == colour).all(axis=2))
    top, left = int(rows.min()), int(columns.min())
    return top, left, int(rows.max()) - top + 1, int(columns.max()) - left + 1


def test_both_pictures_stand_side_by_side_whole_and_unchanged() -> None:
    sheet = before_after(plain(300, 200, RED), plain(300, 200, BLUE), "Restored with a test.")
    red, blue = places(sheet, RED), places(sheet, BLUE)
    assert red[2:] == blue[2:] == (300, 200)
    assert red[0] == blue[0]
    assert red[1] + 200 < blue[1]
    assert (sheet == RED).all(axis=2).sum() == 300 * 200


def test_an_enlarged_result_is_shown_at_the_size_of_the_original() -> None:
    sheet = before_after(plain(100, 150, RED), plain(400, 600, BLUE), "Enlarged.")
    assert places(sheet, RED)[2:] == places(sheet, BLUE)[2:] == (100, 150)


def test_a_large_scan_is_made_small_enough_to_share() -> None:
    sheet = before_after(plain(2000, 1000, RED), plain(2000, 1000, BLUE), "", height=500)
    assert places(sheet, RED)[2:] == (500, 250)


def test_labels_and_caption_are_written_and_a_long_caption_is_wrapped() -> None:
    pictures = plain(300, 300, RED), plain(300, 300, BLUE)
    short = before_after(*pictures, "Faces restored.")
    empty = before_after(*pictures, "", Labels("", ""))
    long = before_after(*pictures, "Faces restored by a network that may invent details. " * 6)
    paper = empty[0, 0]
    top = places(short, RED)[0]
    assert (short[:top] != paper).any()
    assert (short[top + 300 :] != paper).any()
    assert (empty[:top] == paper).all()
    assert long.shape[0] > short.shape[0]
    assert long.shape[1] == short.shape[1]


def test_accents_are_drawn_as_such() -> None:
    assert not np.array_equal(
        before_after(plain(40, 40, RED), plain(40, 40, RED), "Großmütter"),
        before_after(plain(40, 40, RED), plain(40, 40, RED), "Gromutter"),
    )


def test_without_a_font_of_the_system_the_bare_letters_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets, "_FONTS", ("no-such-font.ttf",))
    sheets._font.cache_clear()
    try:
        font = sheets._font(14)
        assert sheets._readable("Äußere Ähren, 家", font) == "Auere Ahren, "
        assert isinstance(font, ImageFont.FreeTypeFont | ImageFont.ImageFont)
    finally:
        sheets._font.cache_clear()


def test_a_contact_sheet_has_its_pictures_in_rows() -> None:
    colours = [(250 - 20 * number, 10 * number, 90) for number in range(5)]
    entries = [SheetEntry(plain(400, 200, each), "photo.jpg") for each in colours]
    sheet = contact_sheet(entries, columns=3, size=100)
    found = [places(sheet, colour) for colour in colours]
    assert {each[2:] for each in found} == {(100, 50)}
    assert len({each[0] for each in found}) == 2
    assert found[0][0] == found[1][0] == found[2][0] < found[3][0]
    assert found[0][1] == found[3][1] < found[1][1] < found[2][1]


def test_small_pictures_are_not_blown_up() -> None:
    sheet = contact_sheet([SheetEntry(plain(20, 30, RED), "")], size=100)
    assert places(sheet, RED)[2:] == (20, 30)


def test_a_long_name_is_cut_in_its_middle() -> None:
    font = sheets._font(12)
    cut = sheets._fitted("a_very_long_name_of_a_scan_0001.tiff", font, 120)
    assert cut.startswith("a_v")
    assert cut.endswith("tiff")
    assert "..." in cut
    assert font.getlength(cut) <= 120
    assert sheets._fitted("anything", font, 1) == ""


@pytest.mark.parametrize(("columns", "size"), [(0, 100), (2, 3)])
def test_numbers_that_make_no_sheet_are_refused(columns: int, size: int) -> None:
    with pytest.raises(ValueError, match="contact sheet"):
        contact_sheet([SheetEntry(plain(9, 9, RED), "")], columns, size)


def test_no_pictures_make_no_sheet() -> None:
    with pytest.raises(ValueError, match="needs pictures"):
        contact_sheet([])


def test_real_photographs(samples: Path) -> None:
    image = Image.open(samples / "old_1860_three_girls.jpg").convert("RGB")
    pixels = np.asarray(image)
    sheet = before_after(pixels, 255 - pixels, "Inverted, to see a difference.", height=400)
    assert sheet.dtype == np.uint8
    assert sheet.ndim == 3
    assert sheet.shape[1] > 2 * 400 * image.width / image.height

from __future__ import annotations

import base64
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image

from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.charts import Axes, Series, bar_chart, line_chart, ticks
from lafr_engine.evaluation.study.values import Chapter, Outcome

_SVG = "{http://www.w3.org/2000/svg}"


def _elements(svg: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(_SVG + tag))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (23, 31, [24, 26, 28, 30]), (-3, 3, [-2, 0, 2])],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_a_curve_rises_on_the_page_and_breaks_where_a_value_is_missing() -> None:
    series = [Series("a & b", (1, 2, 4, 8, 16), (0.1, 0.2, None, 0.4, 0.5))]
    svg = line_chart(Axes("title <1>", "x", "y", log_x=True), series)
    circles = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in _elements(svg, "circle")]
    assert len(circles) == 4
    steps = np.diff([x for x, _ in circles])
    assert steps[0] == pytest.approx(steps[-1], abs=0.2)  # doublings lie equally far apart
    assert [y for _, y in circles] == sorted((y for _, y in circles), reverse=True)
    assert len(_elements(svg, "polyline")) == 2
    words = [text.text for text in _elements(svg, "text")]
    assert {"title <1>", "a & b", "16"} <= set(words)


def test_bars_are_as_high_as_their_values_and_a_missing_one_is_left_out() -> None:
    svg = bar_chart(Axes("t", "x", "y"), ["m", "n"], {"a": [1.0, 2.0], "b": [4.0, None]})
    bars = [float(rect.attrib["height"]) for rect in _elements(svg, "rect")][2:]  # after the legend
    assert bars == pytest.approx([bars[0], 2 * bars[0], 4 * bars[0]], abs=0.3)


def test_bars_below_zero_hang_from_it() -> None:
    svg = bar_chart(Axes("t", "x", "y"), ["m", "n"], {"a": [-1.0, 1.0]})
    below, above = _elements(svg, "rect")[1:]
    assert float(below.attrib["y"]) == pytest.approx(
        float(above.attrib["y"]) + float(above.attrib["height"]), abs=0.2
    )


def test_many_names_wrap_and_stay_inside() -> None:
    names = [f"a rather long name {number}" for number in range(9)]
    svg = bar_chart(Axes("t", "x", "y"), ["m"], {name: [1.0] for name in names})
    boxes = _elements(svg, "rect")
    legend = boxes[: len(names)]
    assert len({rect.attrib["y"] for rect in legend}) > 1
    assert all(float(rect.attrib["y"]) >= 27 for rect in boxes)


def test_the_page_is_whole_and_safe() -> None:
    picture = torch.full((3, 64, 64), -1.0)
    picture[0] = 1
    outcome = Outcome({}, ("it <works>",), (page.pictures(["red"], {"a": [picture]}),))
    html = page.page("Study", {"bundle": "b&c"}, [Chapter("x", "X", "about", outcome, 1.0)])
    ElementTree.fromstring(
        html.replace("<!doctype html>", "").replace('<meta charset="utf-8">', "")
    )
    assert "it &lt;works&gt;" in html
    assert "b&amp;c" in html
    data = html.split("base64,")[1].split('"')[0]
    with Image.open(BytesIO(base64.b64decode(data))) as image:
        red, green, _ = np.asarray(image.convert("RGB")).mean((0, 1))
    assert red - green > 225


def test_numbers_in_tables_are_short_and_missing_ones_a_dash() -> None:
    html = page.table(("a", "b"), [(1 / 3, None), (31.41592, 7)])
    assert [cell in html for cell in ("0.3333", ">-<", "31.42", ">7<")] == [True] * 4

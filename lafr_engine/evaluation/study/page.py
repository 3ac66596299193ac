"""The report: one HTML file with everything inside, light, and fit for printing."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from io import BytesIO

import torch
from PIL import Image
from torch import Tensor

from lafr_engine.evaluation.study.values import Chapter

_THUMB = 120
_WIDTH = 900  # pixels of a row of pictures
_PICTURES = '<table class="thumbs">'
_QUALITY = 62
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#222;max-width:960px;margin:2em auto;padding:0 1em}
h1{font-size:1.7em;margin-bottom:.2em} h2{margin-top:2.2em;border-bottom:1px solid #ccc}
table{border-collapse:collapse;margin:.8em 0;font-size:.86em}
td,th{padding:.2em .7em;border-bottom:1px solid #ddd;text-align:right;white-space:nowrap}
td:first-child,th:first-child{text-align:left} th{background:#f4f4f4}
caption{caption-side:bottom;text-align:left;color:#555;padding-top:.3em;white-space:normal}
.charts{display:flex;flex-wrap:wrap;gap:.6em} svg{max-width:100%;height:auto}
.thumbs td{padding:1px;border:0;text-align:center} .thumbs td:first-child{font-size:.8em}
.thumbs img{display:block} .findings li{margin:.25em 0} .quiet{color:#555;font-size:.9em}
nav a{margin-right:.9em;white-space:nowrap}
@media print{body{max-width:none;margin:0} h2{break-after:avoid}
svg,table,.charts>*{break-inside:avoid} nav{display:none}}
"""


def paragraph(words: str) -> str:
    """Return a paragraph."""
    return f"<p>{escape(words)}</p>"


def table(header: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """Return a table; floats are written to four places at most, None as a dash."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(f'<td>{cell_text(c)}</td>' for c in row)}</tr>" for row in rows)
    under = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{under}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def cell_text(value: object) -> str:
    """Return a value as it stands in a table."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) >= 10 else f"{value:.4f}"
    return escape(str(value))


def charts(*drawn: str) -> str:
    """Return charts side by side."""
    return f'<div class="charts">{"".join(drawn)}</div>'


def pictures(
    columns: Sequence[str], rows: Mapping[str, Sequence[Tensor]], caption: str = ""
) -> str:
    """Return a sheet of small pictures.

    Args:
        columns: What each column shows.
        rows: Name of a row to its pictures (3, H, W) in [-1, 1].
        caption: Below it.
    """
    head = "".join(f"<th>{escape(column)}</th>" for column in ("", *columns))
    side = min(_THUMB, _WIDTH // max(1, len(columns)))
    body = "".join(
        f"<tr><td>{escape(name)}</td>{''.join(_picture(each, side) for each in row)}</tr>"
        for name, row in rows.items()
    )
    under = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"{_PICTURES}{under}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def without_pictures(figures: Iterable[str]) -> tuple[str, ...]:
    """Leave out what :func:`pictures` made, for faces that may not be published."""
    return tuple(figure for figure in figures if not figure.startswith(_PICTURES))


def _picture(picture: Tensor, side: int) -> str:
    return f'<td><img alt="" width="{side}" height="{side}" src="{data_uri(picture)}"/></td>'


def data_uri(picture: Tensor, side: int = _THUMB) -> str:
    """Return a picture (3, H, W) in [-1, 1] as a small WebP inside a URI."""
    pixels = (picture.detach().clamp(-1, 1) * 127.5 + 127.5).round().to(torch.uint8)
    image = Image.fromarray(pixels.permute(1, 2, 0).cpu().contiguous().numpy())
    stream = BytesIO()
    image.resize((side, side), Image.Resampling.LANCZOS).save(stream, "WEBP", quality=_QUALITY)
    return "data:image/webp;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def page(title: str, provenance: Mapping[str, str], chapters: Sequence[Chapter]) -> str:
    """Return the whole report.

    Args:
        title: Of the report.
        provenance: What it was made of and how, by name.
        chapters: The parts, in their order.
    """
    links = "".join(f'<a href="#{c.name}">{escape(c.title)}</a>' for c in chapters)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1><nav>{links}</nav>"
        f"{table(('what', 'value'), provenance.items())}{_found(chapters)}"
        f"{''.join(map(_chapter, chapters))}</body></html>\n"
    )


def _found(chapters: Sequence[Chapter]) -> str:
    items = "".join(
        f'<li><a href="#{chapter.name}">{escape(chapter.title)}</a>: {escape(finding)}</li>'
        for chapter in chapters
        for finding in chapter.outcome.findings
    )
    return f'<h2>What was found</h2><ul class="findings">{items}</ul>'


def _chapter(chapter: Chapter) -> str:
    seconds = f'<p class="quiet">Computed in {chapter.seconds:.0f} s.</p>'
    return (
        f'<h2 id="{chapter.name}">{escape(chapter.title)}</h2>{paragraph(chapter.about)}'
        f"{''.join(chapter.outcome.figures)}{seconds}"
    )

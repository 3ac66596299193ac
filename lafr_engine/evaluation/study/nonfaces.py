"""Requirement 6, second half: what happens to pictures that show no face?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.judge import embed, restored
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study
from lafr_engine.faces.eligibility import reason_to_abstain
from lafr_engine.imaging.degrade import degrade_level
from lafr_engine.imaging.picture import Picture

_SIDE = 512
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class _Verdict:
    """What the application does with a picture: how many faces it takes, and why not."""

    taken: int
    reason: str


def non_faces(seed: int) -> dict[str, Tensor]:
    """Draw pictures (1, 3, 512, 512) in [-1, 1] that show no face."""
    rng = np.random.default_rng(seed)
    row, column = np.mgrid[:_SIDE, :_SIDE]
    coarse = Image.fromarray(rng.integers(0, 256, (9, 9, 3), dtype=np.uint8))
    drawn: dict[str, Pixels] = {
        "noise": rng.integers(0, 256, (_SIDE, _SIDE, 3), dtype=np.uint8),
        "blobs": np.asarray(coarse.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)),
        "checks": _grey((row // 32 + column // 32) % 2 * 200 + 25),
        "rings": _grey(127 + 100 * np.sin(np.hypot(row - 256, column - 256) / 9)),
        "ramp": _grey(row / 2),
        "text": _text(rng),
        "three dots": _dots(),
    }
    return {name: _tensor(pixels) for name, pixels in drawn.items()}


def _grey(values: NDArray[np.generic]) -> Pixels:
    plane = np.asarray(values, dtype=np.float64).clip(0, 255).astype(np.uint8)
    return np.repeat(plane[..., None], 3, axis=2)


def _text(rng: np.random.Generator) -> Pixels:
    sheet = Image.new("RGB", (_SIDE, _SIDE), (240, 238, 230))
    pen = ImageDraw.Draw(sheet)
    for line in range(20, 490, 22):
        words = "".join(rng.choice(list("etaoin shrdlu"), 70))
        pen.text((20, line), words, fill=(30, 30, 30))
    return np.asarray(sheet)


def _dots() -> Pixels:
    """Two eyes and a mouth, and nothing else of a face."""
    sheet = Image.new("RGB", (_SIDE, _SIDE), (180, 160, 140))
    pen = ImageDraw.Draw(sheet)
    for x, y in ((192, 240), (320, 240), (256, 370)):
        pen.ellipse((x - 24, y - 16, x + 24, y + 16), fill=(40, 35, 30))
    return np.asarray(sheet)


def _tensor(pixels: Pixels) -> Tensor:
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def _judge(study: Study, picture: Tensor) -> _Verdict:
    levels = (picture[0].permute(1, 2, 0) * 127.5 + 127.5).round().clamp(0, 255).byte()
    pixels = levels.cpu().numpy()
    faces = study.detector(pixels)
    if not faces:
        return _Verdict(0, "no face found")
    photograph = Picture(pixels)
    reasons = [reason_to_abstain(face, 1, study.limits, photograph) for face in faces]
    taken = sum(reason is None for reason in reasons)
    return _Verdict(taken, next((reason for reason in reasons if reason), ""))


def _run(study: Study, _: Earlier) -> Outcome:
    shown: dict[str, list[Tensor]] = {}
    others = []
    drawn = non_faces(study.options.seed)
    for name in list(drawn)[-2:] if study.options.quick else list(drawn):
        picture = drawn[name]
        there = picture.to(study.device)
        verdict, after = _judge(study, picture), restored(study.chain, there)
        cosine = study.nets.identity.cosine(embed(study.nets, there), embed(study.nets, after))
        others.append(
            {
                "picture": name,
                "taken": verdict.taken,
                "reason": verdict.reason,
                "change_if_forced": float((after - there).abs().mean() * 127.5),
                "identity_if_forced": float(cosine[0]),
            }
        )
        shown[name] = [picture[0], after[0]]
    faces = _faces(study)
    refused = sum(row["taken"] == 0 for row in others)
    findings = [f"{refused} of {len(others)} pictures without a face are refused before restoring."]
    findings += [
        f"of the faces themselves, {share:.0%} are taken ({level})."
        for level, share in faces.items()
    ]
    numbers = {"non_faces": others, "faces_taken": faces, "faces": len(study.few)}
    return Outcome(numbers, tuple(findings), _figures(others, faces, shown))


def _faces(study: Study) -> dict[str, float]:
    """Return the share of aligned faces that the application would restore, by level."""
    taken: dict[str, list[bool]] = {"HQ": [], **{level: [] for level in study.options.levels}}
    for face, hq in study.each("non-faces", study.few):
        taken["HQ"].append(_judge(study, hq).taken > 0)
        for level in study.options.levels:
            lq = degrade_level(hq, level, [face.seed])
            taken[level].append(_judge(study, lq).taken > 0)
    return {level: sum(each) / len(each) for level, each in taken.items()}


def _figures(
    others: list[Json], faces: dict[str, float], shown: dict[str, list[Tensor]]
) -> tuple[str, ...]:
    header = ("picture", "faces taken", "why none", "change if forced", "identity if forced")
    rows = [tuple(row.values()) for row in others]
    caption = "Change: mean grey levels of 255, were it restored as an aligned face all the same."
    return (
        page.table(header, rows, caption),
        page.table(("faces", "share taken"), faces.items()),
        page.pictures(("picture", "if forced"), shown),
    )


PART = Part(
    "nonfaces",
    "Pictures without a face",
    "The application restores what its detector finds and its limits allow. Pictures without a "
    "face should end there; the faces themselves should not.",
    _run,
)

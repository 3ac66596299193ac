"""Requirement 6: is everybody served alike? And what of faces that are partly covered?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lafr_engine.evaluation.metrics import Values
from lafr_engine.evaluation.report import bootstrap
from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.charts import Axes, bar_chart
from lafr_engine.evaluation.study.judge import METRICS, FaceJudge, averages, restored
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study
from lafr_engine.imaging.degrade import degrade_level
from lafr_engine.nets.face_mesh import FaceMesh, inter_ocular

_COLUMNS = {
    "age_group": "age",
    "est_gender": "gender",
    "skin_tone_ita": "skin",
    "real_person": "real person",
}
_FEW = 5
# Landmarks of MediaPipe's mesh.
_NOSE, _LEFT, _RIGHT, _LIP, _CHIN_LIP, _MOUTH = 1, 33, 263, 13, 14, (61, 291)
# What the groups are cut at: parts of the distance between the eyes; grey levels of [-1, 1].
_TURNED, _OPEN, _WIDE = 0.12, 0.06, 0.84
_DARK, _BRIGHT, _ONE_SIDED = -0.25, 0.15, 0.18


@dataclass(frozen=True)
class Look:
    """How a face looks, from its landmarks and its grey levels.

    Attributes:
        turn: Nose nearer to one eye than to the other, over both distances; 0 is frontal.
        open_mouth: Gap between the lips over the distance of the eyes.
        wide_mouth: Width of the mouth over the distance of the eyes.
        light: Mean grey level of the face in [-1, 1].
        side_light: Difference of its two halves' grey levels.
    """

    turn: float
    open_mouth: float
    wide_mouth: float
    light: float
    side_light: float

    def groups(self) -> dict[str, str]:
        """Return the group of each kind that the face belongs to."""
        smiles = self.wide_mouth > _WIDE
        mouth = "open" if self.open_mouth > _OPEN else "wide, closed" if smiles else "closed"
        light = "dark" if self.light < _DARK else "bright" if self.light > _BRIGHT else "normal"
        return {
            "pose": "turned" if abs(self.turn) > _TURNED else "frontal",
            "mouth": mouth,
            "light": light,
            "lighting": "one-sided" if self.side_light > _ONE_SIDED else "even",
        }


@torch.no_grad()
def look_at(mesh: FaceMesh, hq: Tensor) -> Look | None:
    """Look at one HQ face (1, 3, 512, 512); None where the mesh sees none."""
    points, flag = mesh(hq)
    if float(flag) <= 0.5:
        return None
    p = points[0, :, :2]
    eyes = float(inter_ocular(points))
    left, right = (float((p[_NOSE] - p[eye]).norm()) for eye in (_LEFT, _RIGHT))
    low, high = p.min(0).values.clamp_min(0).int(), p.max(0).values.clamp_max(511).int()
    face = hq[0, :, low[1] : high[1], low[0] : high[0]].mean(0)
    half = face.shape[1] // 2
    return Look(
        (left - right) / (left + right),
        float((p[_LIP] - p[_CHIN_LIP]).norm()) / eyes,
        float((p[_MOUTH[0]] - p[_MOUTH[1]]).norm()) / eyes,
        float(face.mean()),
        float((face[:, :half].mean() - face[:, half:].mean()).abs()),
    )


def cover(hq: Tensor, what: str) -> Tensor:
    """Cover part of aligned faces (B, 3, 512, 512): ``glasses`` dark, ``scarf`` or ``hand``."""
    covered = hq.clone()
    if what == "glasses":
        for left in (136, 268):
            covered[..., 208:276, left : left + 108] = -0.85
        covered[..., 222:234, 136:376] = -0.85
    elif what == "scarf":
        stripes = (torch.arange(512) // 12 % 2 * 0.3 - 0.2).view(1, 1, 512, 1)
        covered[..., 330:, 90:422] = stripes[..., 330:, :].expand(-1, 3, -1, 332)
    else:
        skin = hq[..., 280:300, 240:272].mean((2, 3), keepdim=True)
        row, column = torch.meshgrid(torch.arange(512), torch.arange(512), indexing="ij")
        inside = ((row - 360) / 150) ** 2 + ((column - 380) / 75) ** 2 < 1
        covered = torch.where(inside, skin * 0.9, covered)
    return covered


COVERS = ("none", "glasses", "scarf", "hand")


def _run(study: Study, earlier: Earlier) -> Outcome:
    level = "medium"
    rows = _by_face(earlier["levels"].numbers["rows"], level)
    groups = _groups(study)
    strata: Json = {
        kind: {name: _stratum(rows, faces) for name, faces in sorted(members.items())}
        for kind, members in groups.items()
    }
    covered, shown = _covered(study, level)
    numbers = {"level": level, "strata": strata, "occlusion": covered}
    return Outcome(numbers, tuple(_findings(strata, covered)), _figures(strata, covered, shown))


def _by_face(rows: Sequence[Json], level: str) -> dict[str, dict[str, Json]]:
    out: dict[str, dict[str, Json]] = defaultdict(dict)
    for row in rows:
        if row["level"] == level:
            out[row["face"]][row["stage"]] = row
    return out


def _groups(study: Study) -> dict[str, dict[str, list[str]]]:
    """Return names of faces by kind of group and group."""
    out: dict[str, dict[str, list[str]]] = {}
    for face, hq in study.each("strata", study.faces):
        row = study.table.get(face.name, {})
        found = {kind: row[column] for column, kind in _COLUMNS.items() if row.get(column)}
        look = look_at(study.nets.mesh, hq.to(study.device))
        found |= look.groups() if look else {"pose": "no face seen"}
        if row.get("scale_to_512"):
            found["source"] = "sharp" if float(row["scale_to_512"]) <= 1 else "enlarged"
        for kind, name in found.items():
            out.setdefault(kind, {}).setdefault(name, []).append(face.name)
    return out


def _stratum(rows: Mapping[str, Mapping[str, Json]], faces: Sequence[str]) -> Json:
    before = averages([rows[face]["input"] for face in faces])
    after = averages([rows[face]["full"] for face in faces])
    change = bootstrap(
        [rows[face]["full"]["identity"] - rows[face]["input"]["identity"] for face in faces]
    )
    assert change is not None
    return {
        "faces": len(faces),
        "input": before,
        "full": after,
        "identity_gain": [change.mean, change.low, change.high],
    }


def _covered(study: Study, level: str) -> tuple[Json, dict[str, list[Tensor]]]:
    found: dict[str, tuple[list[Values], list[Values]]] = {name: ([], []) for name in COVERS}
    shown: dict[str, list[Tensor]] = {}
    for number, (face, hq) in enumerate(study.each("occlusion", study.few)):
        for name in COVERS:
            target = hq if name == "none" else cover(hq, name)
            lq = degrade_level(target, level, [face.seed]).to(study.device)
            judge = FaceJudge(study.nets, target.to(study.device))
            after = restored(study.chain, lq)
            found[name][0].append(judge.measure(lq))
            found[name][1].append(judge.measure(after))
            if number == 0:
                shown[name] = [lq[0], after[0], target[0]]
    numbers = {
        name: {"input": averages(before), "full": averages(after)}
        for name, (before, after) in found.items()
    }
    return numbers, shown


def _findings(strata: Json, covered: Json) -> list[str]:
    out = []
    for kind, groups in strata.items():
        told = {name: each for name, each in groups.items() if each["faces"] >= _FEW}
        if len(told) > 1:
            parts = (
                f"{name} {each['input']['identity']:.3f} to {each['full']['identity']:.3f} "
                f"({each['faces']} faces)"
                for name, each in told.items()
            )
            out.append(f"identity by {kind}, medium: {'; '.join(parts)}.")
    parts = (
        f"{name} {each['input']['perceptual']:.3f} to {each['full']['perceptual']:.3f}"
        for name, each in covered.items()
    )
    return [*out, f"perceptual distance of covered faces: {'; '.join(parts)}."]


def _figures(strata: Json, covered: Json, shown: dict[str, list[Tensor]]) -> tuple[str, ...]:
    rows = [
        (
            f"{kind}: {name}" + (" (few)" if each["faces"] < _FEW else ""),
            each["faces"],
            *(each[who][metric] for metric in METRICS for who in ("input", "full")),
            "{:+.3f} [{:+.3f}, {:+.3f}]".format(*each["identity_gain"]),
        )
        for kind, groups in strata.items()
        for name, each in groups.items()
    ]
    columns = [f"{metric}, {who}" for metric in METRICS for who in ("input", "full")]
    drawn = [
        bar_chart(
            Axes(f"Identity by {kind}", "", "identity cosine"),
            list(groups),
            {who: [each[who]["identity"] for each in groups.values()] for who in ("input", "full")},
        )
        for kind, groups in strata.items()
    ]
    hidden = [
        (f"{name}, {who}", *(values[metric] for metric in METRICS))
        for name, both in covered.items()
        for who, values in both.items()
    ]
    return (
        page.table(("group", "faces", *columns, "identity gain, 95 %"), rows),
        page.charts(*drawn),
        page.table(
            ("covered by, stage", *METRICS), hidden, "Drawn covers, compared with the same."
        ),
        page.pictures(("input", "full", "HQ"), shown),
    )


PART = Part(
    "strata",
    "Groups of faces, and covered faces",
    "At the level medium. Age, gender and skin are the table's estimates; pose, mouth and light "
    f"are taken from landmarks and grey levels of the HQ face. Groups of fewer than {_FEW} faces "
    "are marked: they say little. Covers are drawn onto clean faces before these are degraded.",
    _run,
    needs=("levels",),
)

"""Requirement 4: how many faces does stage 1 need?"""

from __future__ import annotations

from lafr_engine.evaluation.sets import spread
from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.charts import Axes, Series, line_chart
from lafr_engine.evaluation.study.codebooks import LatentPairs, encode_pairs, fit
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study

_SIZES = (150, 600)
_SEEN = 100
_ROUNDS = 1


def sizes(count: int, quick: bool) -> list[int]:
    """Return the numbers of faces to train on, the largest all of them."""
    wanted = (8,) if quick else _SIZES
    return [*(size for size in wanted if size < count), min(count, 16) if quick else count]


def _run(study: Study, _: Earlier) -> Outcome:
    assert study.train_adapter is not None
    val = encode_pairs(study, list(study.faces), 1, "scaling")
    chosen = sizes(len(study.train_faces), study.options.quick)
    everybody = spread(list(study.train_faces), chosen[-1])
    encoded = encode_pairs(study, everybody, _ROUNDS, "scaling")
    steps = study.options.training_steps
    rows = []
    for size in chosen:
        study.tell(f"scaling: training on {size} faces")
        pairs = _first(encoded, len(everybody), size)
        adapter = study.train_adapter(
            study.chain.config.adapter, pairs.hq, pairs.lq, steps=steps, seed=study.options.seed
        )
        seen = fit(adapter, _first(pairs, size, min(size, _SEEN)))
        rows.append({"faces": size, "train": seen, "validation": fit(adapter, val)})
    numbers = {"training_steps": steps, "rows": rows}
    return Outcome(numbers, tuple(_findings(rows)), _figures(rows, steps))


def _first(pairs: LatentPairs, have: int, take: int) -> LatentPairs:
    """Take the pairs of ``take`` of ``have`` faces, spread evenly."""
    rounds = len(pairs.hq) // have
    faces = [index * have // take for index in range(take)]
    rows = [face * rounds + number for face in faces for number in range(rounds)]
    return LatentPairs(pairs.hq[rows], pairs.lq[rows])


def _share(row: Json, key: str) -> float:
    """Aligned error over the error before: random degradations are not equally hard."""
    return float(row[key]["l1_aligned"] / row[key]["l1_before"])


def _findings(rows: list[Json]) -> list[str]:
    told = "; ".join(
        f"{row['faces']} faces: {_share(row, 'validation'):.3f} of the error left on new faces, "
        f"{_share(row, 'train'):.3f} on its own"
        for row in rows
    )
    return [f"Trained alike on {told}."]


def _figures(rows: list[Json], steps: int) -> tuple[str, ...]:
    header = (
        "faces",
        "train: L1 before",
        "train: L1 aligned",
        "train: share left",
        "validation: L1 before",
        "validation: L1 aligned",
        "validation: share left",
        "gap of shares",
    )
    body = []
    for row in rows:
        cells: list[object] = [row["faces"]]
        for key in ("train", "validation"):
            cells += [row[key]["l1_before"], row[key]["l1_aligned"], _share(row, key)]
        body.append((*cells, _share(row, "validation") - _share(row, "train")))
    counts = [float(row["faces"]) for row in rows]
    curves = [
        Series(label, counts, [_share(row, key) for row in rows])
        for key, label in (("train", "faces it was trained on"), ("validation", "other faces"))
    ]
    axes = Axes("Error left by the adapter", "faces trained on", "L1 aligned / before", log_x=True)
    caption = f"{steps} steps of each of the two sub-steps, whatever the number of faces."
    return page.table(header, body, caption), page.charts(line_chart(axes, curves))


PART = Part(
    "scaling",
    "How many faces stage 1 needs",
    "The adapter of the bundle's shape, trained from scratch for the same number of steps on a "
    "part of the training faces or on all (one random degradation each, at 256 px). Share left: "
    "L1 of the aligned latents to the HQ latents over that of the input; a gap between the faces "
    "it was trained on and others is overfitting.",
    _run,
    trains=True,
)

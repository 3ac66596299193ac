"""Requirement 3: ways of assigning codes, and sizes of the codebook."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from lafr_engine.evaluation.sets import EvaluationFace, load_faces, spread
from lafr_engine.evaluation.study import page
from lafr_engine.evaluation.study.charts import Axes, Series, line_chart
from lafr_engine.evaluation.study.values import Earlier, Json, Outcome, Part, Study, mean
from lafr_engine.imaging.degrade import degrade, print_tone, random_recipe
from lafr_engine.nets.adapter import AdapterConfig, Assignment, CodebookAdapter, code_usage

SIDE = 256
_TRAINED_ON = 300
_TIMED = 5


@dataclass(frozen=True)
class LatentPairs:
    """Latents of clean faces and of the same faces degraded, each (N, C, h, w)."""

    hq: Tensor
    lq: Tensor


@torch.no_grad()
def encode_pairs(study: Study, faces: list[EvaluationFace], rounds: int, what: str) -> LatentPairs:
    """Encode faces at 256 pixels with ``rounds`` random degradations each, seeded by their names.

    The degradations are those of training; a print's tone is given to the clean face as well.
    """
    clean, worse = [], []
    for number, face in enumerate(faces, 1):
        rng = np.random.default_rng([study.options.seed, face.seed])
        recipes = [random_recipe(rng) for _ in range(rounds)]
        small = F.interpolate(load_faces([face.hq]), (SIDE, SIDE), mode="area")
        hq = print_tone(small.expand(rounds, -1, -1, -1), recipes)
        lq = degrade(hq, recipes)
        clean.append(study.chain.encode(hq.to(study.device)))
        worse.append(study.chain.encode(lq.to(study.device)))
        if number % 50 == 0 or number == len(faces):
            study.tell(f"{what}: encoded {number} of {len(faces)} faces")
    return LatentPairs(torch.cat(clean), torch.cat(worse))


@torch.no_grad()
def fit(adapter: CodebookAdapter, pairs: LatentPairs) -> Json:
    """Measure how close an adapter brings latents: L1 before, by the codes alone, and aligned."""
    rows = []
    for hq, lq in zip(torch.split(pairs.hq, 8), torch.split(pairs.lq, 8), strict=True):
        out = adapter(lq)
        errors = [(z - hq).abs().mean((1, 2, 3)) for z in (lq, out.mapped, out.aligned)]
        rows.append(torch.stack(errors))
    before, mapped, aligned = torch.cat(rows, 1).mean(1).tolist()
    return {"l1_before": before, "l1_mapped": mapped, "l1_aligned": aligned}


@torch.no_grad()
def usage(adapter: CodebookAdapter, z: Tensor) -> Json:
    """Measure which codes latents use."""
    indices = torch.cat([adapter(part).indices.flatten() for part in torch.split(z, 8)])
    perplexity, dead = code_usage(indices, adapter.config.codes)
    return {"codes": adapter.config.codes, "perplexity": perplexity, "never_used": dead}


@torch.no_grad()
def price(adapter: CodebookAdapter, z: Tensor) -> Json:
    """Measure what one face of 512 pixels costs: time, and the memory of codes and distances.

    Args:
        adapter: In evaluation mode.
        z: Latents (1, C, h, w) of a face at 512 pixels.
    """
    times = []
    for _ in range(_TIMED + 1):
        began = time.perf_counter()
        out = adapter(z)
        out.aligned.cpu()
        times.append(1000 * (time.perf_counter() - began))
    distances = out.indices.numel() * adapter.config.codes * 4
    return {
        "ms_a_face": median(times[1:]),
        "faces_a_second": 1000 / median(times[1:]),
        "codebook_mb": adapter.codebook.numel() * 4 / 1e6,
        "distances_mb": distances / 1e6,
    }


@torch.no_grad()
def agreement(adapter: CodebookAdapter, z: Tensor) -> float:
    """Return the share of codes that stay the same where the extractor runs in bfloat16."""
    plain = adapter(z).indices
    with torch.autocast(z.device.type, dtype=torch.bfloat16):
        rough = adapter.distances(adapter.extract(z)).argmin(1)
    return float((plain == rough).float().mean())


def reassigned(adapter: CodebookAdapter, assignment: Assignment) -> CodebookAdapter:
    """Return a copy that assigns in another way."""
    other = copy.deepcopy(adapter)
    other.config = replace(adapter.config, assignment=assignment)
    return other


def variants(base: AdapterConfig, quick: bool) -> dict[str, AdapterConfig]:
    """Return the adapters to train, by name."""
    sizes = (256, 512) if quick else (256, 512, 1024, 2048, 4096)
    modes: tuple[Assignment, ...] = ("soft", "gumbel")
    middle = sizes[len(sizes) // 2]
    by_size = {f"hard, {n}": replace(base, codes=n, assignment="hard") for n in sizes}
    by_mode = {f"{mode}, {middle}": _mode(base, mode, middle) for mode in modes}
    return by_size | by_mode


def _mode(base: AdapterConfig, mode: Assignment, codes: int) -> AdapterConfig:
    return replace(base, codes=codes, assignment=mode, top_k=min(base.top_k, codes))


def _run(study: Study, _: Earlier) -> Outcome:
    faces = list(study.faces)
    val = encode_pairs(study, faces, 1, "codebooks")
    with torch.no_grad():
        z = study.chain.encode(load_faces([faces[0].hq]).to(study.device))
    own = _own(study.chain.adapter, val, z)
    trained = _trained(study, val, z)
    numbers = {"bundle": own, "trained": trained, "training_steps": study.options.training_steps}
    return Outcome(numbers, tuple(_findings(own, trained)), _figures(own, trained))


def _own(adapter: CodebookAdapter, val: LatentPairs, z: Tensor) -> Json:
    """Measure the bundle's own adapter, its assignment switched without training."""
    modes: tuple[Assignment, ...] = ("hard", "soft")
    return {
        "hq": usage(adapter, val.hq),
        "lq": usage(adapter, val.lq),
        "same_indices_in_bf16": agreement(adapter, val.lq),
        "switched": {mode: fit(reassigned(adapter, mode), val) for mode in modes},
        "price": price(adapter, z),
    }


def _trained(study: Study, val: LatentPairs, z: Tensor) -> Json:
    assert study.train_adapter is not None
    chosen = spread(list(study.train_faces), 16 if study.options.quick else _TRAINED_ON)
    pairs = encode_pairs(study, chosen, 2, "codebooks")
    out: Json = {}
    for name, config in variants(study.chain.config.adapter, study.options.quick).items():
        study.tell(f"codebooks: training {name}")
        began = time.perf_counter()
        adapter = study.train_adapter(
            config,
            pairs.hq,
            pairs.lq,
            steps=study.options.training_steps,
            seed=study.options.seed,
        )
        seconds = time.perf_counter() - began
        found = fit(adapter, val) | usage(adapter, val.lq) | price(adapter, z)
        out[name] = {"assignment": config.assignment, **found, "training_seconds": seconds}
    return out


def _findings(own: Json, trained: Json) -> list[str]:
    best = min(trained, key=lambda name: float(trained[name]["l1_mapped"]))
    hq = own["hq"]
    return [
        f"On clean faces the bundle uses {hq['codes'] - hq['never_used']} of {hq['codes']} codes "
        f"(perplexity {hq['perplexity']:.0f}); {own['same_indices_in_bf16']:.1%} of the codes are "
        "the same in bfloat16.",
        f"Of the adapters trained here, {best} brings the mapped latents closest "
        f"(L1 {trained[best]['l1_mapped']:.4f}; before {trained[best]['l1_before']:.4f}).",
    ]


def _figures(own: Json, trained: Json) -> tuple[str, ...]:
    used = [(of, *own[of].values()) for of in ("hq", "lq")]
    switched = [(mode, *values.values()) for mode, values in own["switched"].items()]
    keys = (
        ("l1_mapped", "L1 of codes mapped back"),
        ("l1_aligned", "L1 aligned"),
        ("perplexity", "perplexity"),
        ("never_used", "codes never used"),
        ("ms_a_face", "ms a face"),
        ("faces_a_second", "faces a second"),
        ("codebook_mb", "codes, MB"),
        ("distances_mb", "distances, MB"),
        ("training_seconds", "training, s"),
    )
    rows = [(name, *(values[key] for key, _ in keys)) for name, values in trained.items()]
    hard = [values for values in trained.values() if values["assignment"] == "hard"]
    sizes = [float(values["codes"]) for values in hard]
    error = [
        Series(label, sizes, [values[key] for values in hard])
        for key, label in (("l1_mapped", "codes alone"), ("l1_aligned", "aligned"))
    ]
    cost = [Series("ms a face", sizes, [values["ms_a_face"] for values in hard])]
    before = mean([values["l1_before"] for values in hard])
    return (
        page.table(("the bundle's codes on", "codes", "perplexity", "never used"), used),
        page.table(
            ("assignment, not trained for it", "L1 before", "L1 of codes alone", "L1 aligned"),
            switched,
        ),
        page.table(
            ("assignment, codes", *(label for _, label in keys)),
            rows,
            f"Adapters of the bundle's shape, trained here from scratch; L1 to the HQ latents on "
            f"the measured faces, {before:.4f} before. Gumbel draws while training and takes the "
            "nearest code afterwards. Distances: the largest tensor of the lookup.",
        ),
        page.charts(
            line_chart(Axes("Hard assignment", "codes", "L1 to HQ latents", log_x=True), error),
            line_chart(Axes("Time of the adapter", "codes", "ms a face", log_x=True), cost),
        ),
    )


PART = Part(
    "codebooks",
    "Assignment of codes and size of the codebook",
    "Stage 1 is trained anew for each variant, from the same seed and on the same latents of faces "
    "at 256 pixels, for few steps: enough to compare variants with each other, not the bundle. "
    "Perplexity: how many codes are used, counted by how evenly.",
    _run,
    trains=True,
)

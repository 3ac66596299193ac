"""Runs the parts of a study in their order and keeps what is done, so that it can go on later."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from lafr_engine.errors import ConfigError, OutputError
from lafr_engine.evaluation.report import write_report
from lafr_engine.evaluation.study import (
    alignment,
    codebooks,
    comparison,
    failures,
    identity,
    levels,
    nonfaces,
    page,
    pruning,
    robustness,
    scaling,
    strata,
)
from lafr_engine.evaluation.study.values import (
    Chapter,
    Json,
    Outcome,
    Part,
    Study,
    fingerprint,
)
from lafr_engine.imaging.files import whole_file

PARTS: tuple[Part, ...] = (
    levels.PART,
    alignment.PART,
    identity.PART,
    codebooks.PART,
    scaling.PART,
    robustness.CURVES_PART,
    robustness.DEVICES_PART,
    strata.PART,
    nonfaces.PART,
    pruning.PART,
    comparison.PART,
    failures.PART,
)
NAMES = tuple(part.name for part in PARTS)
REPORT, NUMBERS, KEPT = "report.html", "study.json", "parts"
_FORMAT = 1  # of what is kept of a part; another one is measured again


@dataclass(frozen=True)
class Written:
    """Where a study was written."""

    report: Path
    numbers: Path


def choose(names: Sequence[str], trains: bool) -> list[Part]:
    """Return the parts of these names (all where none is given) and those they build on.

    Args:
        names: As the user gave them.
        trains: Whether there are faces to train on; without, all means all but those that need it.

    Raises:
        ConfigError: A name that is none, or a part that trains without faces to train on.
    """
    known = {part.name: part for part in PARTS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(
            f"no part of the study is called {unknown[0]!r}; known: {', '.join(NAMES)}"
        )
    idle = [name for name in names if known[name].trains and not trains]
    if idle:
        raise ConfigError(f"the part {idle[0]!r} trains adapters and needs --train DIR")
    wanted = set(names) or {part.name for part in PARTS if trains or not part.trains}
    wanted |= {need for name in wanted for need in known[name].needs}
    return [part for part in PARTS if part.name in wanted]


def run_study(
    study: Study,
    parts: Sequence[Part],
    out: Path,
    provenance: Mapping[str, str],
    *,
    pictures: bool = True,
) -> Written:
    """Run parts that are not kept already, and write the report and the numbers.

    Args:
        study: What the parts need.
        parts: In their order; see :func:`choose`.
        out: Folder of the study.
        provenance: What it is made of, by name; ``bundle_sha256`` among it.
        pictures: Whether the report shows faces; what is kept of the parts has them anyway.

    Raises:
        OutputError: Something cannot be written.
    """
    chapters: list[Chapter] = []
    for part in parts:
        path = out / KEPT / f"{part.name}.json"
        key = _key(study, part, provenance)
        chapter = _kept(path, part, key)
        if chapter is None:
            study.tell(f"{part.name}: {part.title}")
            began = time.monotonic()
            outcome = part.run(study, {each.name: each.outcome for each in chapters})
            seconds = time.monotonic() - began
            chapter = Chapter(part.name, part.title, part.about, outcome, seconds)
            write_report({"key": key, "seconds": seconds, **asdict(outcome)}, path)
        else:
            study.tell(f"{part.name}: kept from before")
        chapters.append(chapter)
    if not pictures:
        chapters = [_without_pictures(chapter) for chapter in chapters]
    return _write(chapters, out, provenance)


def _without_pictures(chapter: Chapter) -> Chapter:
    figures = page.without_pictures(chapter.outcome.figures)
    return replace(chapter, outcome=replace(chapter.outcome, figures=figures))


def _key(study: Study, part: Part, provenance: Mapping[str, str]) -> str:
    """What a part's result depends on; a study goes on only with what was measured alike."""
    options = asdict(study.options)
    if not part.trains:
        del options["training_steps"]
    faces = [(face.name, face.hq.stat().st_size) for face in study.faces]
    others = [face.name for face in study.train_faces] if part.trains else []
    rivals = (
        [(rival.name, rival.note) for rival in study.rivals] if part.name == "comparison" else []
    )
    scores = sorted(study.scores) if part.name == "comparison" else []
    bundle = provenance["bundle_sha256"]
    return fingerprint(_FORMAT, bundle, part.name, options, faces, others, rivals, scores)


def _kept(path: Path, part: Part, key: str) -> Chapter | None:
    try:
        kept: Json = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there, or cut off: it is measured again
        return None
    if kept.get("key") != key:
        return None
    outcome = Outcome(kept["numbers"], tuple(kept["findings"]), tuple(kept["figures"]))
    return Chapter(part.name, part.title, part.about, outcome, float(kept["seconds"]))


def _write(chapters: Sequence[Chapter], out: Path, provenance: Mapping[str, str]) -> Written:
    numbers = {
        "provenance": dict(provenance),
        "findings": {each.name: list(each.outcome.findings) for each in chapters},
        "seconds": {each.name: each.seconds for each in chapters},
        **{each.name: each.outcome.numbers for each in chapters},
    }
    written = Written(out / REPORT, out / NUMBERS)
    write_report(numbers, written.numbers)
    title = f"Study of {provenance['bundle']}"
    try:
        with whole_file(written.report) as part:
            part.write_text(page.page(title, provenance, chapters), encoding="utf-8")
    except OSError as error:
        raise OutputError(written.report, f"could not be written ({error.strerror})") from error
    return written

"""``lafr album``: an album of photographs, its faces, the decisions on them, and its exports."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lafr_engine.cli.arguments import DEVICES, folder
from lafr_engine.errors import AlbumError

if TYPE_CHECKING:
    from lafr_engine.album.store import Album
    from lafr_engine.album.values import AlbumJob, ImportReport
    from lafr_engine.cli.arguments import Subparsers

_RUN = """\
Finds the faces of photographs that are new, and restores those that are not yet. May be stopped or
killed at any time: the next run goes on with the face that was in work. A second program that
wants to work on the album at the same time is refused; looking, importing and reviewing go on.
"""
_EXPORT = """\
Writes each photograph that has an accepted face, with its accepted faces and nothing else changed.
Results keep the names of their sources, with the suffix before the last dot. Where two would have
one name, each goes into a folder of DIR like its source's. Originals are never written to.
"""


def add(subparsers: Subparsers) -> None:
    """Describe the command and its actions."""
    parser = subparsers.add_parser("album", help="restore and review the photographs of an album")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _action(actions, "create", run_create, "make an empty album in a folder")
    importing = _action(actions, "import", run_import, "bring photographs into an album")
    importing.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        type=Path,
        help="photographs, or folders of them (with their subfolders)",
    )
    running = _action(actions, "run", run_run, "restore what is new or unfinished", _RUN)
    running.add_argument("--all", action="store_true", help="try again, too, what failed before")
    running.add_argument("--device", choices=DEVICES, default="auto", help="what computes")
    running.add_argument(
        "--bundle", metavar="NAME", help="name or folder of the bundle to restore with"
    )
    status = _action(actions, "status", run_status, "say how far an album is")
    status.add_argument("--json", action="store_true", help="one JSON object on stdout")
    _add_review(actions)
    _add_export(actions)
    _action(actions, "verify", run_verify, "check an album's file, originals, jobs and results")


def _action(
    actions: Subparsers,
    name: str,
    run: Callable[[argparse.Namespace], int],
    help_text: str,
    description: str | None = None,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=help_text, description=description or help_text)
    parser.add_argument("album", metavar="ALBUM", type=folder, help="the album's folder")
    parser.set_defaults(run=run)
    return parser


def _add_review(actions: Subparsers) -> None:
    parser = _action(actions, "review", run_review, "decide on faces, or list those that wait")
    group = parser.add_mutually_exclusive_group(required=True)
    for option, text in (
        ("--accept", "take these faces into exports"),
        ("--reject", "leave these faces as they were"),
        ("--not-a-face", "remember that these are none"),
    ):
        group.add_argument(option, metavar="FACE", nargs="+", type=int, help=text)
    group.add_argument(
        "--accept-all", action="store_true", help="accept all restored faces that none has held"
    )
    group.add_argument("--undo", action="store_true", help="take the last decision back")
    group.add_argument("--redo", action="store_true", help="decide again what was taken back")
    group.add_argument("--list", action="store_true", help="the faces that wait for a decision")


def _add_export(actions: Subparsers) -> None:
    from lafr_engine.album.names import FORMAT_SUFFIXES

    parser = _action(actions, "export", run_export, "write the photographs", _EXPORT)
    parser.add_argument("--out", metavar="DIR", type=folder, required=True, help="the folder")
    parser.add_argument(
        "--format",
        type=str.upper,
        choices=tuple(FORMAT_SUFFIXES),
        help="by default each source's own",
    )
    parser.add_argument(
        "--quality", metavar="Q", type=int, help="of a JPEG, WebP or AVIF, 1 to 100"
    )
    parser.add_argument(
        "--suffix", metavar="S", default="-restored", help="added to the names (%(default)s)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files in the way")
    parser.add_argument(
        "--scale", type=int, choices=(1, 2, 4), default=1, help="enlarge the photographs"
    )
    parser.add_argument(
        "--keep-folders", action="store_true", help="lay results into folders as their sources are"
    )
    parser.add_argument(
        "--no-label",
        action="store_true",
        help="do not say in the files that a network took part in them",
    )
    parser.add_argument(
        "--no-recipe",
        action="store_true",
        help="write no NAME.lafr.json beside the files, from which `lafr render` makes them again",
    )
    parser.add_argument(
        "--accept-confident",
        action="store_true",
        help="take restored faces, too, that nobody has decided on and none has held",
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what computes")


def run_create(args: argparse.Namespace) -> int:
    """Make an album; print its folder."""
    from lafr_engine.album.store import Album

    with Album.create(args.album) as album:
        print(album.folder)
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Import; print what it came to, and name what could not be taken."""
    from lafr_engine.album.store import Album

    with Album.open(args.album) as album:
        report = _import(album, args.paths)
    parts = (
        f"{report.added} added",
        f"{report.known} known already",
        f"{report.moved} found at another place",
        f"{report.changed} changed",
    )
    print(", ".join(parts))
    return 1 if report.problems else 0


def _import(album: Album, paths: list[Path]) -> ImportReport:
    from lafr_engine.cli.album_work import Ticker

    ticker = Ticker(sys.stderr)
    steps = album.import_paths(paths)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            report: ImportReport = end.value
            break
        ticker.tick(step.done, step.total, step.path.name, "file")
    ticker.clear()
    for problem in report.problems:
        print(f"lafr: {problem}", file=sys.stderr)
    return report


def run_run(args: argparse.Namespace) -> int:
    """Find and restore; return 1 when something failed, which is named."""
    from lafr_engine.album.store import Album
    from lafr_engine.bundle.store import find

    if args.bundle is not None:
        find(args.bundle)  # one sentence now, rather than one for each face
    with Album.open(args.album) as album, album.hold_engine():
        if args.all:
            album.retry_failed()
        album.enqueue_all()
        failed = _work(album, args.device, bundle=args.bundle)
        counts = album.counts()
        waiting = len(album.review_queue())
    print(f"{counts.photos} photographs, {counts.faces} faces, {waiting} to review")
    return _tell_failed(failed)


def _work(
    album: Album,
    device: str,
    kinds: tuple[str, ...] | None = None,
    bundle: str | None = None,
) -> list[AlbumJob]:
    """Do what is queued; nothing heavy is loaded where nothing is."""
    from lafr_engine.album.store import KINDS

    counts = album.counts()
    if not counts.jobs_queued:
        return []
    from lafr_engine.cli.album_work import Reporter, Ticker, work_off
    from lafr_engine.worker.handlers import make_handlers

    ticker = Ticker(sys.stderr)
    reporter = Reporter(album, ticker, sys.stdout)
    try:
        return work_off(album, make_handlers(device), reporter, kinds or KINDS, bundle)
    finally:
        ticker.clear()


def _tell_failed(failed: list[AlbumJob]) -> int:
    if failed:
        print(f"{len(failed)} failed:", file=sys.stderr)
        for job in failed:
            print(f"  {job.kind}: {job.sentence}", file=sys.stderr)
    return 1 if failed else 0


def run_status(args: argparse.Namespace) -> int:
    """Print counts, for people or for machines."""
    from lafr_engine.album.store import Album

    with Album.open(args.album) as album:
        status = album.status()
    if args.json:
        print(json.dumps(status, ensure_ascii=False))
        return 0
    counts = status["counts"]
    photos = ((name, counts[name]) for name in ("new", "review", "held", "failed", "done"))
    print(_tally("photographs", counts["photos"], photos))
    print(_tally("faces", sum(status["faces"].values()), status["faces"].items()))
    print(_tally("jobs", sum(status["jobs"].values()), status["jobs"].items()))
    for sentence in status["failures"]:
        print(f"  {sentence}")
    return 0


def _tally(name: str, total: int, parts: Iterable[tuple[str, int]]) -> str:
    listed = ", ".join(f"{count} {part}" for part, count in parts if count)
    return f"{total} {name}" + (f": {listed}" if listed else "")


def run_review(args: argparse.Namespace) -> int:
    """Decide; return 1 when a face could not be decided on, which is named."""
    from lafr_engine.album.store import Album

    with Album.open(args.album) as album:
        if args.list:
            return _list(album)
        if args.undo or args.redo:
            return _walk_back(album, args.undo)
        if args.accept_all:
            print(f"{album.accept_confident()} accepted")
            return 0
        decide, faces = next(
            (way, faces)
            for way, faces in (
                (album.accept, args.accept),
                (album.reject, args.reject),
                (album.not_a_face, args.not_a_face),
            )
            if faces
        )
        return _decide(decide, faces)


def _decide(decide: Callable[[int], None], faces: list[int]) -> int:
    failed = False
    for face_id in faces:
        try:
            decide(face_id)
        except AlbumError as error:
            print(f"lafr: {error}", file=sys.stderr)
            failed = True
    return 1 if failed else 0


def _list(album: Album) -> int:
    """Print a line a face: id, photo, state, identity, reason."""
    paths = {photo.id: photo.path for photo in album.photos()}
    for face in album.review_queue():
        identity = "" if face.identity is None else f"{face.identity:.3f}"
        cells = (face.id, paths[face.photo_id], face.state, identity, face.reason or "")
        print("\t".join(map(str, cells)))
    return 0


def _walk_back(album: Album, back: bool) -> int:
    decision = album.undo() if back else album.redo()
    if decision is None:
        print(f"lafr: there is nothing to {'undo' if back else 'redo'}", file=sys.stderr)
        return 1
    print(f"{decision.kind} of face {decision.face_id} {'undone' if back else 'done again'}")
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Export; print the files written, and name what failed."""
    from lafr_engine.album.export import ExportOptions
    from lafr_engine.album.store import Album

    options = ExportOptions(
        out=args.out,
        format=args.format,
        quality=args.quality,
        suffix=args.suffix,
        overwrite=args.overwrite,
        scale=args.scale,
        accept_confident=args.accept_confident,
        keep_folders=args.keep_folders,
        label=not args.no_label,
        recipe=not args.no_recipe,
    )
    with Album.open(args.album) as album, album.hold_engine():
        photos = album.exportable(options.accept_confident)
        if not photos:
            print("lafr: no face of this album was accepted yet", file=sys.stderr)
            return 1
        album.enqueue_export(photos, options)
        return _tell_failed(_work(album, args.device, ("export",)))


def run_verify(args: argparse.Namespace) -> int:
    """Check; print "sound", or name what is not."""
    from lafr_engine.album.store import Album
    from lafr_engine.cli.album_work import Ticker

    ticker = Ticker(sys.stderr)
    with Album.open(args.album) as album:
        problems = album.verify(lambda done, total: ticker.tick(done, total, "checked", "file"))
    ticker.clear()
    for problem in problems:
        print(f"lafr: {problem}", file=sys.stderr)
    if not problems:
        print("sound")
    return 1 if problems else 0

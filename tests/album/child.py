"""A program that works on an album at random, to be started many times over and killed.

``python child.py ROLE ALBUM PHOTOS SEED``: roles are ``import``, ``work``, ``review``, ``all``.
Each decision that has returned is written to stdout: a reader knows what must not be lost.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from lafr_engine.album.export import ExportOptions
from lafr_engine.album.store import Album
from lafr_engine.errors import AlbumBusy
from tests.album.small_engine import events


def bring(album: Album, photos: Path, chance: random.Random) -> None:
    chosen = chance.sample(sorted(photos.iterdir()), 5)
    for _ in album.import_paths(chosen):
        pass


def work(album: Album, photos: Path, chance: random.Random) -> None:
    try:
        with album.hold_engine():
            album.enqueue_all()
            if chance.random() < 0.3:
                out = ExportOptions(album.folder / "out", overwrite=True)
                album.enqueue_export(album.exportable()[:2], out)
            for _ in range(chance.randrange(8)):
                job = album.take_job()
                if job is None:
                    return
                for event in events(job):
                    album.apply(event)
    except AlbumBusy:
        time.sleep(0.01)


def review(album: Album, photos: Path, chance: random.Random) -> None:
    queue = album.review_queue()
    if not queue:
        time.sleep(0.01)
        return
    face = chance.choice(queue)
    way = chance.choice((album.accept, album.reject, album.not_a_face))
    if face.candidate_id is not None or way is not album.accept:
        way(face.id)
    if chance.random() < 0.2:
        album.undo()
    if chance.random() < 0.1:
        album.redo()
    if chance.random() < 0.1:
        album.enqueue_restore([face.id])
    print(album.history(1)[0].id, flush=True)


ROLES = {"import": (bring,), "work": (work,), "review": (review,), "all": (bring, work, review)}


def main(role: str, folder: str, photos: str, seed: str) -> None:
    chance = random.Random(int(seed))
    deadline = time.monotonic() + 8.0
    with Album.open(Path(folder)) as album:
        print("ready", flush=True)
        while time.monotonic() < deadline:
            chance.choice(ROLES[role])(album, Path(photos), chance)


if __name__ == "__main__":
    main(*sys.argv[1:])

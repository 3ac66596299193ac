from __future__ import annotations

from pathlib import Path

import pytest

from tests.imaging.matrix import KINDS, Kind, check


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_everything_is_kept_in_every_orientation_and_profile(tmp_path: Path, kind: Kind) -> None:
    for name in kind.profiles:
        for turn in kind.turns:
            lost = [key for key, kept in check(kind, turn, name, tmp_path).items() if kept is False]
            assert not lost, (kind, turn, name)

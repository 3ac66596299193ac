from __future__ import annotations

from pathlib import Path

import pytest

from lafr_engine.errors import PictureTooLarge
from lafr_engine.messages import FindFaces
from lafr_engine.worker.process import Heavy


def test_the_engine_refuses_photographs_beyond_its_limit(samples: Path) -> None:
    find = Heavy("cpu", 1000).handlers()[FindFaces]
    with pytest.raises(PictureTooLarge):
        list(find(FindFaces("1", samples / "old_1860_three_girls.jpg")))

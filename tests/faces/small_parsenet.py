"""facexlib's ParseNet, small and with random weights, laid where a user would lay the file."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lafr_engine.bundle import third_party
from lafr_engine.faces.mask import Part


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install it and return its file; the folder is the user's own from here on.

    It takes whatever it sees for skin or for a nose, so that its masks reach much further than
    those that are drawn by landmarks.
    """
    parsenet = pytest.importorskip("facexlib.parsing.parsenet")
    small = functools.partial(parsenet.ParseNet, base_ch=8, ch_range=[8, 16], res_depth=1)
    monkeypatch.setattr(parsenet, "ParseNet", small)
    monkeypatch.setattr(third_party, "user_data_dir", lambda: folder)
    torch.manual_seed(5)
    state = small(in_size=512, out_size=512, parsing_ch=len(Part)).state_dict()
    state["out_mask_conv.conv2d.bias"][[Part.SKIN, Part.NOSE]] = 100.0
    path = third_party.user_path(third_party.PARSENET)
    path.parent.mkdir(parents=True)
    torch.save(state, path)
    data = path.read_bytes()
    pinned = replace(third_party.PARSENET, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    monkeypatch.setattr(third_party, "PARSENET", pinned)
    return path

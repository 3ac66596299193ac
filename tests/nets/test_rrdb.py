from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lafr_engine.errors import WeightsDamaged
from lafr_engine.nets.rrdb import RRDBNet, load_rrdb


def small() -> RRDBNet:
    return RRDBNet(blocks=2, width=8, growth=4)


def write_ncnn(net: nn.Module, folder: Path, *, half: bool) -> tuple[Path, Path]:
    """Write a net as ncnn does, a layer of another kind in between."""
    lines, data = ["7767517", "1 1", "Input in0 0 1 in0"], b""
    for index, conv in enumerate(m for m in net.modules() if isinstance(m, nn.Conv2d)):
        assert conv.bias is not None
        kernel = conv.weight.detach().numpy()
        shape = f"0={conv.out_channels} 1=3 4=1 5=1 6={kernel.size}"
        lines.append(f"Convolution conv{index} 1 1 a{index} b{index} {shape}")
        lines.append(f"ReLU relu{index} 1 1 b{index} a{index + 1} 0=0.2")
        if half:
            raw = kernel.astype("<f2").tobytes()
            data += (0x01306B47).to_bytes(4, "little") + raw + b"\0" * (-len(raw) % 4)
        else:
            data += bytes(4) + kernel.astype("<f4").tobytes()
        data += conv.bias.detach().numpy().astype("<f4").tobytes()
    param, weights = folder / "net.param", folder / "net.bin"
    param.write_text("\n".join(lines) + "\n")
    weights.write_bytes(data)
    return param, weights


@pytest.mark.parametrize("half", [False, True])
def test_a_net_is_read_from_ncnn_files(tmp_path: Path, half: bool) -> None:
    net, x = small().eval(), torch.rand(1, 3, 8, 12)
    loaded = load_rrdb(*write_ncnn(net, tmp_path, half=half), small())
    assert not any(p.requires_grad for p in loaded.parameters())
    with torch.no_grad():
        out = loaded(x)
        torch.testing.assert_close(out, net(x), atol=2e-3 if half else 1e-6, rtol=0)
    assert out.shape == (1, 3, 32, 48)


def test_damaged_files_are_named(tmp_path: Path) -> None:
    param, weights = write_ncnn(small(), tmp_path, half=False)
    whole = weights.read_bytes()
    for data in (whole[:-8], whole + bytes(4), np.uint32(7).tobytes() + whole[4:]):
        weights.write_bytes(data)
        with pytest.raises(WeightsDamaged, match=r"net\.bin"):
            load_rrdb(param, weights, small())
    weights.write_bytes(whole)
    with pytest.raises(WeightsDamaged):
        load_rrdb(param, weights, RRDBNet(blocks=1, width=8, growth=4))

"""Exports to ONNX: they answer as torch does, and what is no sound export is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException

from lafr_engine.bundle import export_onnx as exporting
from lafr_engine.bundle import onnx_exports, store
from lafr_engine.bundle.export_onnx import check, export_onnx, random_faces
from lafr_engine.bundle.load import load_chain, load_restorer
from lafr_engine.bundle.manifest import MANIFEST, bundle_hash, read_manifest
from lafr_engine.bundle.onnx_exports import EXPORT, load_onnx_restorer, verify_export
from lafr_engine.bundle.third_party import weights_path
from lafr_engine.errors import (
    BundleMissing,
    ConfigError,
    DeviceError,
    ExportDiffers,
    ExportUnusable,
    OutputError,
)
from lafr_engine.faces.centerface import CenterFace
from lafr_engine.faces.cut import cut
from lafr_engine.faces.geometry import align
from lafr_engine.imaging.files import read_picture
from lafr_engine.nets.gate import GateConfig
from lafr_engine.nets.vae import KLCodec
from lafr_engine.restore.chain import ChainConfig, build_chain
from lafr_engine.restore.onnx_file import ExportInfo, describe_in, read_info, seal
from lafr_engine.restore.onnx_restorer import (
    TOLERANCE,
    Difference,
    OnnxOptions,
    OnnxRestorer,
    difference,
)
from lafr_engine.restore.schedule import OneStep
from lafr_engine.training.export import write_bundle
from lafr_engine.training.presets import small_unet
from tests.training.small import CHAIN, without_gate

KL = ChainConfig(
    codec="kl",
    kl={
        "down_block_types": ["DownEncoderBlock2D"] * 4,
        "up_block_types": ["UpDecoderBlock2D"] * 4,
        "block_out_channels": [4, 4, 8, 8],
        "layers_per_block": 1,
        "norm_num_groups": 4,
        "latent_channels": 4,
        "scaling_factor": 0.18215,
    },
    adapter=replace(without_gate(CHAIN).adapter, groups=1, assignment="soft"),
    unet=small_unet(4, (8, 16), seen=4, groups=4),
    text="exact",
    prompt_tokens=7,
    step=OneStep(399),
)
CPU = OnnxOptions(threads=1)


def write_small(folder: Path, config: ChainConfig = CHAIN, seed: int = 0) -> Path:
    """A bundle with random weights and codes."""
    torch.manual_seed(seed)
    chain = build_chain(config)
    for name, buffer in chain.adapter.quantiser.named_buffers():
        if name.endswith("embed"):
            buffer.normal_()
    if isinstance(chain.codec, KLCodec):
        # Random norms blow the rounding of fp32 up to .001 of a full picture, in torch alone and
        # by its number of threads; a wrong operator stands out of a pale picture as well.
        chain.codec.vae.decoder.conv_out.weight.data.mul_(0.1)
    return write_bundle(chain, folder, {}, "Apache-2.0")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with its export in its folder."""
    folder = write_small(tmp_path_factory.mktemp("models") / "lafr-small-1")
    made = export_onnx(folder)
    assert made.path == folder / EXPORT
    assert made.difference.within(TOLERANCE)
    return folder


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    """A copy of the export, to be damaged."""
    path = tmp_path / "copy.onnx"
    path.write_bytes((bundle / EXPORT).read_bytes())
    return path


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_faces_comes_out_as_from_torch(bundle: Path, count: int) -> None:
    crops = random_faces(count, seed=5)
    before = crops.copy()
    restored = load_onnx_restorer(bundle, "cpu")(crops)
    expected = load_restorer(bundle, "cpu")(crops)
    assert restored.shape == crops.shape
    assert restored.dtype == np.float32
    assert np.array_equal(crops, before)
    assert not np.allclose(restored, crops, atol=1e-2)
    assert np.abs(restored - expected).max() * 2 <= TOLERANCE.largest
    assert np.abs(restored - expected).mean() * 2 <= TOLERANCE.mean


@pytest.mark.parametrize(
    "config",
    [
        KL,
        replace(KL, text="bias"),
        replace(without_gate(CHAIN), step=OneStep(199, "v_prediction")),
        replace(CHAIN, gate=GateConfig(8, corrects=True)),
        replace(CHAIN, gate=GateConfig(8, lattice=0.8, texture=0.5)),
    ],
    ids=["kl-exact-soft", "kl-bias", "no-gates", "corrects", "filters"],
)
def test_chains_of_other_kinds_are_exported_too(config: ChainConfig, tmp_path: Path) -> None:
    made = export_onnx(write_small(tmp_path / "other", config))
    assert made.difference.within(TOLERANCE)


def test_the_file_is_valid_onnx_that_says_where_it_came_from(bundle: Path) -> None:
    onnx.checker.check_model(str(bundle / EXPORT), full_check=True)
    model = onnx.load_model(str(bundle / EXPORT))
    told = {entry.key: entry.value for entry in model.metadata_props}
    assert told["lafr.bundle"] == "lafr-small-1"
    assert told["lafr.manifest_sha256"] == bundle_hash(bundle)
    weights = read_manifest(bundle).files["chain.safetensors"]
    assert told["lafr.weights_sha256"] == weights.sha256
    assert int(told["lafr.opset"]) == model.opset_import[0].version
    assert read_info(bundle / EXPORT).bundle == "lafr-small-1"
    assert verify_export(bundle) == bundle / EXPORT


def test_its_output_is_clamped(bundle: Path) -> None:
    session = onnxruntime.InferenceSession(str(bundle / EXPORT), providers=["CPUExecutionProvider"])
    (image,) = session.run(["restored"], {"lq": np.full((1, 3, 512, 512), 9.0, np.float32)})
    assert np.abs(image).max() == 1.0


def test_large_weights_go_into_a_file_beside_it(bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "small [1].onnx"
    first = export_onnx(bundle, out, whole_bytes=1000)
    earlier = out.with_name(read_info(out).data)
    assert earlier.is_file()
    with pytest.raises(OutputError, match="exists already"):
        export_onnx(bundle, out)
    again = export_onnx(bundle, out, overwrite=True, whole_bytes=1000)
    assert again == first
    data = out.with_name(read_info(out).data)
    assert sorted(out.parent.iterdir()) == sorted([out, data])
    alone = OnnxRestorer(bundle / EXPORT, CPU)
    assert difference(OnnxRestorer(out, CPU), alone, random_faces()).largest < 1e-6
    data.write_bytes(data.read_bytes()[:-1] + b"!")
    with pytest.raises(ExportUnusable, match="damaged or belongs to another export"):
        OnnxRestorer(out, CPU)
    data.unlink()
    with pytest.raises(ExportUnusable, match=r"\.data: there is no such file"):
        OnnxRestorer(out, CPU)


def test_an_export_that_answers_otherwise_is_not_kept(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "TOLERANCE", Difference(0.0, 0.0))
    with pytest.raises(ExportDiffers, match=r"chain\.onnx: .* differs from the bundle by up to"):
        export_onnx(bundle, tmp_path / "chain.onnx")
    assert not list(tmp_path.iterdir())


def test_the_export_of_another_chain_does_not_pass(bundle: Path, tmp_path: Path) -> None:
    other = load_chain(write_small(tmp_path / "lafr-other-1", seed=1), "cpu")
    with pytest.raises(ExportDiffers) as told:
        check(other, bundle / EXPORT)
    assert told.value.largest > 0.1


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_cut, "no export of .* or only the beginning"),
        (_flip, "damaged or was altered"),
        (lambda content: content + b"\0", "no export of"),
        (lambda _: b"", "no export of"),
        (lambda _: b"something else" * 20, "no export of"),
    ],
    ids=["cut", "flipped", "longer", "empty", "text"],
)
def test_a_damaged_file_is_refused(
    copy: Path, damage: Callable[[bytes], bytes], sentence: str
) -> None:
    assert OnnxRestorer(copy, CPU).device == "cpu"
    copy.write_bytes(damage(copy.read_bytes()))
    with pytest.raises(ExportUnusable, match=f"copy.onnx: is {sentence}"):
        OnnxRestorer(copy, CPU)


def test_models_by_others_are_refused(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportUnusable, match="no export of"):
        OnnxRestorer(weights_path("centerface"), CPU)
    saved_again = tmp_path / "again.onnx"
    onnx.save_model(onnx.load_model(str(copy)), str(saved_again))
    saved_again.write_bytes(saved_again.read_bytes() + b"x")
    with pytest.raises(ExportUnusable, match="no export of"):
        OnnxRestorer(saved_again, CPU)
    with pytest.raises(ExportUnusable, match="there is no such file"):
        OnnxRestorer(tmp_path / "none.onnx", CPU)


def test_a_sealed_file_without_our_metadata_or_operators_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.onnx"
    model = onnx.load_model(str(weights_path("centerface")))
    path.write_bytes(model.SerializeToString())
    seal(path)
    with pytest.raises(ExportUnusable, match="exported by another version"):
        OnnxRestorer(path, CPU)
    model.graph.node[0].op_type = "NoSuchOperator"
    describe_in(model, ExportInfo("odd", "0" * 64, "0" * 64, 18))
    path.write_bytes(model.SerializeToString())
    seal(path)
    with pytest.raises(ExportUnusable, match="ONNX Runtime cannot load the export"):
        OnnxRestorer(path, CPU)


def test_an_export_of_another_bundle_is_refused(bundle: Path, tmp_path: Path) -> None:
    other = write_small(tmp_path / "lafr-other-1", seed=1)
    with pytest.raises(BundleMissing, match="export-onnx lafr-other-1` makes one"):
        load_onnx_restorer(other, "cpu")
    (other / EXPORT).write_bytes((bundle / EXPORT).read_bytes())
    with pytest.raises(ExportUnusable, match=r"exported from lafr-small-1 .*not from lafr-other-1"):
        load_onnx_restorer(other, "cpu")
    with pytest.raises(ExportUnusable, match="exported from lafr-small-1"):
        verify_export(other)


def test_a_restorer_by_others_has_no_export(tmp_path: Path, bundle: Path) -> None:
    manifest = replace(read_manifest(bundle), foreign={"architecture": "GFPGAN"})
    (tmp_path / MANIFEST).write_text(manifest.to_text())
    with pytest.raises(ConfigError, match="by others"):
        load_onnx_restorer(tmp_path, "cpu")
    with pytest.raises(ConfigError, match="by others"):
        export_onnx(tmp_path)


def test_the_export_of_a_bundle_that_shipped_goes_to_the_user_s_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "resources_dir", lambda: tmp_path / "program")
    monkeypatch.setattr(onnx_exports, "user_data_dir", lambda: tmp_path / "user")
    folder = write_small(store.shipped_dir() / "lafr-small-1")
    made = export_onnx()
    assert made.path == tmp_path / "user" / "exports" / "lafr-small-1" / EXPORT
    assert not (folder / EXPORT).exists()
    assert load_onnx_restorer(None, "cpu").info.bundle == "lafr-small-1"


def test_a_place_that_cannot_be_written_is_named(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        export_onnx(bundle, tmp_path / "file" / "chain.onnx")


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_no_more_threads_than_asked_for(bundle: Path) -> None:
    tasks = Path("/proc/self/task")
    before = set(tasks.iterdir())
    single = OnnxRestorer(bundle / EXPORT, OnnxOptions(threads=1))
    single(random_faces(1))
    assert set(tasks.iterdir()) <= before
    OnnxRestorer(bundle / EXPORT, OnnxOptions(threads=1))
    three = OnnxRestorer(bundle / EXPORT, OnnxOptions(threads=3))
    assert len(set(tasks.iterdir()) - before) == 2  # and the one that calls
    assert three.device == "cpu"


def test_devices_that_onnx_runtime_lacks_are_refused(bundle: Path) -> None:
    with pytest.raises(DeviceError, match="mps: ONNX Runtime runs exports on cpu and cuda only"):
        OnnxRestorer(bundle / EXPORT, OnnxOptions("mps"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a graphics card")
def test_cuda_is_not_claimed_where_it_is_not(bundle: Path) -> None:
    with pytest.raises(DeviceError, match="cuda: ONNX Runtime cannot use the graphics card"):
        OnnxRestorer(bundle / EXPORT, OnnxOptions("cuda"))
    assert load_onnx_restorer(bundle, "auto").device == "cpu"


@pytest.mark.slow
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a graphics card")
def test_cuda_answers_as_the_cpu_does(bundle: Path) -> None:
    on_card = OnnxRestorer(bundle / EXPORT, OnnxOptions("cuda"))
    assert on_card.device == "cuda"
    on_cpu = OnnxRestorer(bundle / EXPORT, CPU)
    assert difference(on_cpu, on_card, random_faces(3)).within(TOLERANCE)


class Narrow:
    """A real session whose memory holds one face."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.get_providers = session.get_providers

    def run(self, names: list[str], feed: dict[str, Any]) -> Any:
        if len(feed["lq"]) > 1:
            raise RuntimeException("Failed to allocate memory for requested buffer of size 8388608")
        return self._session.run(names, feed)


def test_where_memory_is_short_fewer_faces_go_at_a_time(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crops = random_faces(3)
    restorer = OnnxRestorer(bundle / EXPORT, CPU)
    expected = restorer(crops)
    monkeypatch.setattr(restorer, "_session", Narrow(restorer._session))
    assert np.allclose(restorer(crops), expected, atol=1e-6)
    assert restorer.batch == 1


def test_other_failures_are_told(bundle: Path) -> None:
    with pytest.raises(RuntimeError, match="ONNX Runtime failed"):
        OnnxRestorer(bundle / EXPORT, CPU)(np.zeros((1, 4, 512, 512), np.float32))


@pytest.mark.slow
def test_the_built_in_bundle_agrees_on_a_photographed_face(samples: Path, tmp_path: Path) -> None:
    made = export_onnx(None, tmp_path / "built-in.onnx")
    assert made.difference.within(TOLERANCE)
    pixels = read_picture(samples / "var_exif6.jpg").pixels
    found = CenterFace(weights_path("centerface"), threads=1)(pixels)
    crops = np.stack([cut(pixels, align(face.landmarks, 512), 512) for face in found[:2]])
    assert 0.5 < crops.max() <= 1.0
    exported = OnnxRestorer(made.path, CPU)
    assert difference(load_restorer(None, "cpu"), exported, crops).within(TOLERANCE)

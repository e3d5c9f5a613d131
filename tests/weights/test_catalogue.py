"""The catalogue of models that can be pulled by a short name."""

import pytest
from faster_whisper.utils import _MODELS

from speechcx.weights.catalogue import CATALOGUE, find_in_catalogue, memory_mb, wanted_files


@pytest.mark.parametrize(("name", "repo"), sorted(_MODELS.items()))
def test_every_size_that_faster_whisper_names(name: str, repo: str) -> None:
    """A name of faster-whisper means the same repository here."""
    model = find_in_catalogue(name)
    assert model is not None
    assert repo == model.repo


def test_no_two_models_share_a_name() -> None:
    """Names and aliases are told apart, and no name is a path."""
    names = [name for model in CATALOGUE for name in (model.name, *model.aliases)]
    assert len(set(names)) == len(names)
    assert not any("/" in name for name in names)


@pytest.mark.parametrize("name", [model.name for model in CATALOGUE if model.engine == "onnx-asr"])
def test_onnx_asr_knows_the_name_and_its_files(name: str) -> None:
    """Names, repositories and files are those of the library that loads them."""
    loader = pytest.importorskip("onnx_asr.loader")
    resolver = pytest.importorskip("onnx_asr.resolver")
    model = find_in_catalogue(name)
    assert model is not None
    assert resolver.model_repos[name] == model.repo
    kind = loader.create_asr_resolver(name).model_type
    wanted = [
        each.replace("v?", "v3").replace("?int8", ".int8") for each in kind._get_model_files("int8").values()
    ]
    assert set(wanted) == set(wanted_files(wanted, model.files))


def test_files_beside_a_graph_come_with_it() -> None:
    """Weights too large for one file lie beside the graph, under two spellings."""
    names = ("model.onnx", "model.onnx.data", "model.onnx_data", "model.onnx.md", "other.onnx.data")
    assert ("model.onnx", "model.onnx.data", "model.onnx_data") == wanted_files(names, ("model.onnx",))


def test_a_larger_model_needs_more_memory() -> None:
    """What is told about memory grows with what is fetched."""
    sizes = sorted(model.size_bytes for model in CATALOGUE if model.engine == "whisper")
    needs = [memory_mb(size, "whisper") for size in sizes]
    assert needs == sorted(needs)

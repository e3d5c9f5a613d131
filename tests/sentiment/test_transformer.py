"""Hugging Face folders: found, checked, labels mapped, read."""

from __future__ import annotations

import json
import pickle
from importlib.util import find_spec
from pathlib import Path

import pytest

from speechcx.errors import ConfigError, ModelBad, ModelMissing
from speechcx.sentiment import SentimentSettings
from speechcx.sentiment.transformer import Transformer, find_folder, load_transformer, map_labels

OURS = ("negative", "neutral", "positive")
FOLDER = Path(__file__).parents[2] / "models" / "sentiment"


class FixedRunner:
    """Gives the same logits for every text."""

    def __init__(self, *logits: float) -> None:
        self.logits = logits

    def score(self, texts: list[str]) -> list[list[float]]:
        """The fixed logits for each text."""
        return [list(self.logits) for _ in texts]


class LengthRunner:
    """Longer texts are more positive; counts what it was given."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def score(self, texts: list[str]) -> list[list[float]]:
        """Logits that grow with the text."""
        self.sizes.append(len(texts))
        return [[0.0, 0.0, float(len(text))] for text in texts]


def make_folder(path: Path, labels: tuple[str, ...] = OURS, **files: bytes) -> Path:
    """A model folder with a config and the files given by name ('__' for a dot)."""
    path.mkdir(exist_ok=True)
    config = {"model_type": "bert", "id2label": {str(k): label for k, label in enumerate(labels)}}
    (path / "config.json").write_text(json.dumps(config))
    for name, content in files.items():
        (path / name.replace("__", ".")).write_bytes(content)
    return path


def load(folder: Path, **given: object) -> Transformer:
    """Load that folder."""
    return load_transformer(SentimentSettings(engine="transformer", model=str(folder), **given))  # type: ignore[arg-type]


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    """A folder with only pickled weights is refused by name, and the pickle is never opened."""
    folder = make_folder(tmp_path / "m", pytorch_model__bin=pickle.dumps({"weight": [1.0]}))
    with pytest.raises(ModelBad, match=r"can run code when loaded: pytorch_model\.bin"):
        load(folder)


def test_folder_without_weights(tmp_path: Path) -> None:
    """A folder without weights says which files it looked for."""
    with pytest.raises(ModelBad, match=r"has no onnx/model\.onnx or model\.safetensors"):
        load(make_folder(tmp_path / "m"))


def test_folder_without_config(tmp_path: Path) -> None:
    """A folder without config.json is no model."""
    with pytest.raises(ModelBad, match=r"has no config\.json"):
        load(tmp_path)


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '{"id2label": {"a": "x"}}', '{"id2label": 3}'])
def test_config_without_labels(tmp_path: Path, content: str) -> None:
    """A config without readable labels is bad, whatever it holds."""
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(ModelBad, match="no readable id2label"):
        load(tmp_path)


def test_damaged_onnx(tmp_path: Path) -> None:
    """A truncated ONNX file is bad, and not a crash."""
    tokenizer = (
        b'{"version":"1.0","model":{"type":"WordLevel","vocab":{"[PAD]":0,"[UNK]":1},"unk_token":"[UNK]"}}'
    )
    folder = make_folder(tmp_path / "m", model__onnx=b"\x08\x08not a model", tokenizer__json=tokenizer)
    with pytest.raises(ModelBad, match=r"model\.onnx cannot be loaded"):
        load(folder)


def test_damaged_tokenizer(tmp_path: Path) -> None:
    """A tokenizer file that is none is bad."""
    folder = make_folder(tmp_path / "m", model__onnx=b"", tokenizer__json=b"{}")
    with pytest.raises(ModelBad, match=r"tokenizer\.json cannot be read"):
        load(folder)


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
def test_safetensors_need_torch(tmp_path: Path) -> None:
    """Safetensors alone need the torch extra, and the message says how to get it."""
    with pytest.raises(ModelMissing, match=r"speechcx\[torch\]"):
        load(make_folder(tmp_path / "m", model__safetensors=b""))


def test_missing_folder() -> None:
    """A folder that is not there is missing."""
    with pytest.raises(ModelMissing, match="is no folder"):
        find_folder("./no/such/folder")


def test_hub_name_not_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub name is looked for in the local cache only; the message says how to fetch it."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelMissing, match="hf download nobody/no-such-model-here"):
        find_folder("nobody/no-such-model-here")


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (("negative", "neutral", "positive"), OURS),
        (("POSITIVE", "NEGATIVE"), ("positive", "negative")),
        (("NEU", "POS", "NEG"), ("neutral", "positive", "negative")),
        (("Very Negative", "Negative", "Neutral", "Positive", "Very Positive"),
         ("negative", "negative", "neutral", "positive", "positive")),
    ],
)  # fmt: skip
def test_labels_by_name(labels: tuple[str, ...], classes: tuple[str, ...]) -> None:
    """Labels are mapped by name, never by place."""
    assert classes == map_labels(labels, SentimentSettings())


def test_unknown_labels_show_the_mapping_to_write() -> None:
    """Unknown labels are an error that holds the line to write, with what is known filled in."""
    with pytest.raises(ConfigError, match=r'labels = \[\["LABEL_0", "\?"\], \["positive", "positive"\]\]'):
        map_labels(("LABEL_0", "positive"), SentimentSettings())


def test_written_mapping_is_used() -> None:
    """A mapping in the settings decides, also against a name we know; ignored classes may be named."""
    settings = SentimentSettings(
        labels=(("LABEL_0", "negative"), ("LABEL_1", "positive"), ("neutral", "ignore"))
    )
    assert map_labels(("LABEL_0", "LABEL_1", "neutral"), settings) == ("negative", "positive", "ignore")


def test_two_sided_labels_are_needed() -> None:
    """A model that never says positive is no sentiment model."""
    with pytest.raises(ConfigError, match="has the labels negative, neutral"):
        map_labels(("negative", "neutral"), SentimentSettings())


def test_ignored_classes_leave_the_sum() -> None:
    """Shares are over the classes that count, and several labels of one class add up."""
    model = Transformer("m", "0" * 16, FixedRunner(1.0, 1.0, 1.0, 9.0), (*OURS, "ignore"))
    (shares,) = model.read(["x"])
    assert shares.negative == pytest.approx(1 / 3)
    model = Transformer("m", "0" * 16, FixedRunner(1.0, 1.0, 1.0), ("negative", "negative", "positive"))
    (shares,) = model.read(["x"])
    assert (pytest.approx(shares.negative), shares.neutral) == (2 / 3, 0.0)


def test_runs_are_bounded_and_order_is_kept() -> None:
    """A runner never gets more than 64 texts at once, and answers come back in the order of the texts."""
    runner = LengthRunner()
    texts = ["x" * (k % 7 + 1) for k in range(150)]
    found = Transformer("m", "0" * 16, runner, OURS).read(texts)
    assert [64, 64, 22] == runner.sizes
    assert sorted(range(150), key=lambda k: found[k].positive) == sorted(
        range(150), key=lambda k: len(texts[k])
    )


def test_huge_logits_are_no_overflow() -> None:
    """Logits of any size give probabilities."""
    (shares,) = Transformer("m", "0" * 16, FixedRunner(1e4, -1e4, 0.0), OURS).read(["x"])
    assert shares.negative == pytest.approx(1)


@pytest.mark.skipif(not (FOLDER / "onnx").is_dir(), reason="models/sentiment has no weights")
def test_our_model_reads_the_known_sentences() -> None:
    """The shipped model has the classes right on the sentences every reader of this field knows."""
    model = load(FOLDER)
    texts = {
        "You're not being helpful and your product stinks!": "negative",
        "you cancelled my order and nobody told me": "negative",
        "That's wonderful, thank you so much!": "positive",
        "I lost my debit card.": "neutral",
        "Thank you for calling, how can I help you today?": "neutral",
    }
    found = [
        OURS[max(range(3), key=lambda k: (s.negative, s.neutral, s.positive)[k])]
        for s in model.read(list(texts))
    ]
    assert list(texts.values()) == found
    assert len(model.digest) == 16

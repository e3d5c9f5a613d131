"""Fine-tuning of a small encoder for three classes on two cores.

One stage: everything mixed, so that nothing is forgotten. Where a text has GoEmotions' own 28 labels
the encoder learns these too, by a second head that is thrown away. What is kept is a moving average
of the weights, which is steadier than their last state.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.nn import functional

from scripts.sentiment.plain import add_plain_form
from scripts.sentiment.sources import FINE_LABELS, LABELS, Example
from scripts.sentiment.spoken import drop_marks, make_message, make_spoken

Drawing = Callable[[int], list[Example]]
"""The examples of one epoch, by its number."""
Watch = Callable[[Any, int], None]
"""Called with the averaged model after each epoch."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the model is trained."""

    epochs: int
    learning_rate: float
    batch_size: int = 64
    max_tokens: int = 40
    layer_decay: float = 0.9
    words_rate: float = 0.3
    """Learning rate of the word vectors as a share of the lowest layer's."""
    label_smoothing: float = 0.05
    fine_weight: float = 0.1
    warmup_share: float = 0.06
    fall_from: float = 0.5
    """The rate is held up to this share of all steps, and falls from there."""
    spoken_share: float = 0.3
    average_decay: float = 0.995
    seed: int = 20


def load_encoder(folder: str) -> tuple[Any, Any]:
    """Return model and tokenizer of an encoder folder with a new head for three classes."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    id2label = dict(enumerate(LABELS))
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=3, id2label=id2label, label2id={v: k for k, v in id2label.items()}
    )
    tokenizer = AutoTokenizer.from_pretrained(folder)
    add_plain_form(tokenizer)
    return model, tokenizer


def fit(model: Any, tokenizer: Any, draw: Drawing, recipe: Recipe, *, watch: Watch) -> Any:
    """Train ``model`` in place and leave the averaged weights in it."""
    torch.manual_seed(recipe.seed)
    rng = random.Random(recipe.seed)
    fine = torch.nn.Linear(model.config.hidden_size, FINE_LABELS)
    groups = [*_layer_groups(model, recipe), {"params": fine.parameters(), "lr": recipe.learning_rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = sum(math.ceil(len(draw(e)) / recipe.batch_size) for e in range(recipe.epochs))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _pace(step, steps, recipe))
    average = {k: v.detach().clone() for k, v in model.named_parameters()}
    started, done, lost = time.monotonic(), 0, 0.0
    for epoch in range(recipe.epochs):
        model.train()
        for examples in _batches(_dressed(draw(epoch), recipe, rng), recipe.batch_size, rng):
            loss = _loss(model, fine, tokenizer, examples, recipe)
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
                print(f"  step {done}/{steps} loss {lost:.3f} {taken:.0f}s", file=sys.stderr, flush=True)
        _look(model, average, epoch, watch)
    model.load_state_dict(average, strict=False)
    return model.eval()


def _look(model: Any, average: dict[str, Any], epoch: int, watch: Watch) -> None:
    """Show the averaged weights to ``watch`` and put the trained ones back."""
    trained = {k: v.detach().clone() for k, v in model.named_parameters()}
    model.load_state_dict(average, strict=False)
    watch(model.eval(), epoch)
    model.load_state_dict(trained, strict=False)


def _loss(
    model: Any, fine: torch.nn.Module, tokenizer: Any, examples: Sequence[Example], recipe: Recipe
) -> torch.Tensor:
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
    pooled = model.dropout(model.bert(**batch).pooler_output)
    losses = functional.cross_entropy(model.classifier(pooled), spread, reduction="none")
    total: torch.Tensor = (losses * weight).sum() / weight.sum()
    named = [k for k, e in enumerate(examples) if e.fine]
    if named:
        wanted = torch.zeros(len(named), FINE_LABELS)
        for row, k in enumerate(named):
            wanted[row, list(examples[k].fine)] = 1.0
        each = functional.binary_cross_entropy_with_logits(fine(pooled[named]), wanted, reduction="sum")
        total = total + recipe.fine_weight * each / len(examples)
    return total


def _dressed(examples: Sequence[Example], recipe: Recipe, rng: random.Random) -> list[tuple[str, Example]]:
    """Give each example the form in which this epoch shows it."""
    dressed = []
    for example in examples:
        chance = rng.random()
        ours = example.source == "written"
        share = 0.45 if ours else recipe.spoken_share
        if chance < share:
            dressed.append((make_spoken(example.text, rng), example))
        elif chance < share + 0.1:
            dressed.append((drop_marks(example.text, rng), example))
        elif ours and chance < share + 0.25:
            dressed.append((make_message(example.text, rng), example))
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
        yield [replace(e, text=text) for text, e in batch]


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
            "lr": recipe.learning_rate
            * recipe.layer_decay ** (depth + 1 - level)
            * (recipe.words_rate if level == 0 else 1.0),
        }
        for level, parameters in groups.items()
    ]


def _pace(step: int, steps: int, recipe: Recipe) -> float:
    warmup = max(1, int(steps * recipe.warmup_share))
    if step < warmup:
        return (step + 1) / warmup
    fall = max(0.0, (step / steps - recipe.fall_from) / (1 - recipe.fall_from))
    return max(0.02, 0.5 * (1 + math.cos(math.pi * min(1.0, fall))))


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

"""Fine-tuning of an encoder for three classes on two cores.

The network computes in bfloat16, which these processors multiply about 2.5 times as fast as float32; the
weights that the optimizer keeps, and their moving average, are float32. What is kept is the average,
which is steadier than the last state. Where a text has GoEmotions' own 28 labels the encoder learns
these too, by a second head that is thrown away.
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
from torch.nn.attention import SDPBackend, sdpa_kernel

from scripts.sentiment.joined import by_domain, join_another
from scripts.sentiment.networks import Network, encode
from scripts.sentiment.sources import FINE_LABELS, Example
from scripts.sentiment.spoken import drop_marks, make_message, make_spoken

Drawing = Callable[[int], list[Example]]
"""The examples of one epoch, by its number."""
Weights = dict[str, torch.Tensor]
"""Tensors by name."""
Watch = Callable[[Any, Weights, int], None]
"""Called after each epoch with the averaged network, in bfloat16 and not training, its weights in float32, and the
number of the epoch."""


def every_epoch(examples: list[Example]) -> Drawing:
    """The same examples in every epoch."""
    return lambda _epoch: examples


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained."""

    epochs: int
    learning_rate: float
    batch_size: int = 64
    max_tokens: int = 48
    layer_decay: float = 0.9
    head_rate: float = 1.0
    """Learning rate of the heads as a multiple of the highest layer's."""
    words_rate: float = 0.3
    """Learning rate of the word vectors as a share of the lowest layer's."""
    label_smoothing: float = 0.0
    fine_weight: float = 0.1
    warmup_share: float = 0.06
    fall_from: float = 0.3
    """The rate is held up to this share of all steps, and falls from there."""
    rate_at_end: float = 0.02
    spoken_share: float = 0.35
    """Own sentences shown as a recogniser prints them; 0.6 times as many otherwise changed."""
    public_spoken_share: float = 0.1
    """The same for public text, which nobody spoke."""
    joined_share: float = 0.4
    """Own sentences shown with another before or after them."""
    average_decay: float = 0.998
    seed: int = 20


class Fitter:
    """A network in bfloat16 with its weights in float32, their optimizer and their moving average."""

    def __init__(self, network: Any, recipe: Recipe) -> None:
        self.network = network
        self._recipe = recipe
        trained = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
        self._weights = {name: p.detach().float().clone().requires_grad_(True) for name, p in trained}
        self._average = {name: p.detach().clone() for name, p in self._weights.items()}
        network.to(torch.bfloat16)
        self._working = {name: p for name, p in network.named_parameters() if p.requires_grad}
        self._optimizer = torch.optim.AdamW(self._groups(), weight_decay=0.01, fused=True)
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        self._done = 0

    @torch.no_grad()
    def step(self, pace: float) -> None:
        """Move the weights by the gradients that lie in the network, at ``pace`` times the rate."""
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * pace
        for name, working in self._working.items():
            self._weights[name].grad = None if working.grad is None else working.grad.float()
            working.grad = None
        torch.nn.utils.clip_grad_norm_(list(self._weights.values()), 1.0)
        self._optimizer.step()
        self._done += 1
        decay = min(self._recipe.average_decay, self._done / (self._done + 10))
        for name, weight in self._weights.items():
            self._average[name].lerp_(weight, 1 - decay)
        self.show_trained()

    def show_average(self) -> None:
        """Put the averaged weights into the network."""
        self._show(self._average)

    def show_trained(self) -> None:
        """Put the weights of the last step into the network."""
        self._show(self._weights)

    def averaged(self) -> Weights:
        """All weights of the network in float32, the averaged ones where they are trained."""
        state = self.network.state_dict()
        return {name: self._average.get(name, value).float() for name, value in state.items()}

    def finish(self) -> None:
        """Leave the network in float32 with the averaged weights."""
        self.network.float()
        self.show_average()
        self.network.eval()

    @torch.no_grad()
    def _show(self, weights: dict[str, torch.Tensor]) -> None:
        for name, working in self._working.items():
            working.copy_(weights[name])

    def _groups(self) -> list[dict[str, Any]]:
        """Lower layers learn slower: they hold the language, the upper ones the task."""
        depth, recipe = self.network.depth, self._recipe
        groups: dict[int, list[torch.Tensor]] = {}
        for name, weight in self._weights.items():
            if ".layer." in name:
                level = 1 + int(name.split(".layer.")[1].split(".")[0])
            elif "embeddings." in name or "relative_attention" in name:
                level = 0
            else:
                level = depth + 1
            groups.setdefault(level, []).append(weight)
        share = {0: recipe.words_rate, depth + 1: recipe.head_rate}
        return [
            {
                "params": weights,
                "lr": recipe.learning_rate
                * recipe.layer_decay ** (depth + 1 - level)
                * share.get(level, 1.0),
            }
            for level, weights in groups.items()
        ]


def fit(network: Any, tokenizer: Any, draw: Drawing, recipe: Recipe, *, watch: Watch) -> None:
    """Train ``network`` in place and leave the averaged weights in it, in float32."""
    torch.manual_seed(recipe.seed)
    rng = random.Random(recipe.seed)
    fitter = Fitter(network, recipe)
    steps = sum(math.ceil(len(draw(e)) / recipe.batch_size) for e in range(recipe.epochs))
    started, done, lost = time.monotonic(), 0, 0.0
    for epoch in range(recipe.epochs):
        network.train()
        for examples in _batches(_dressed(draw(epoch), recipe, rng), recipe.batch_size, rng):
            with sdpa_kernel(SDPBackend.MATH):  # the fused form is twice as slow backwards on a processor
                loss = find_loss(network, tokenizer, examples, recipe)
                loss.backward()
            fitter.step(_pace(done, steps, recipe))
            done += 1
            lost = 0.98 * lost + 0.02 * loss.item() if done > 1 else loss.item()
            if done % 50 == 0:
                taken = time.monotonic() - started
                print(f"  step {done}/{steps} loss {lost:.3f} {taken:.0f}s", file=sys.stderr, flush=True)
        fitter.show_average()
        watch(network.eval(), fitter.averaged(), epoch)
        fitter.show_trained()
    fitter.finish()


def find_loss(network: Network, tokenizer: Any, examples: Sequence[Example], recipe: Recipe) -> torch.Tensor:
    """Cross entropy against the spreads, weighted by example, and a little of the fine labels'."""
    logits, fine = network(encode(network, tokenizer, [e.text for e in examples], recipe.max_tokens))
    spread = torch.tensor([e.spread for e in examples])
    spread = (1 - recipe.label_smoothing) * spread + recipe.label_smoothing / spread.shape[1]
    weight = torch.tensor([e.weight for e in examples])
    losses = functional.cross_entropy(logits.float(), spread, reduction="none")
    total: torch.Tensor = (losses * weight).sum() / weight.sum()
    named = [k for k, e in enumerate(examples) if e.fine]
    if named:
        wanted = torch.zeros(len(named), FINE_LABELS)
        for row, k in enumerate(named):
            wanted[row, list(examples[k].fine)] = 1.0
        each = functional.binary_cross_entropy_with_logits(fine[named].float(), wanted, reduction="sum")
        total = total + recipe.fine_weight * each / len(examples)
    return total


def _dressed(examples: Sequence[Example], recipe: Recipe, rng: random.Random) -> list[tuple[str, Example]]:
    """Give each example the form in which this epoch shows it."""
    dressed = []
    others = by_domain([e for e in examples if e.source == "written"])
    for example in examples:
        own = example.source == "written"
        if own and rng.random() < recipe.joined_share:
            example = join_another(example, others, rng)
        chance = rng.random()
        share = recipe.spoken_share if own else recipe.public_spoken_share
        if chance < share:
            dressed.append((make_spoken(example.text, rng), example))
        elif chance < 1.3 * share:
            dressed.append((drop_marks(example.text, rng), example))
        elif own and chance < 1.6 * share:
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


def _pace(step: int, steps: int, recipe: Recipe) -> float:
    warmup = max(1, int(steps * recipe.warmup_share))
    if step < warmup:
        return (step + 1) / warmup
    fall = max(0.0, (step / steps - recipe.fall_from) / (1 - recipe.fall_from))
    return max(recipe.rate_at_end, 0.5 * (1 + math.cos(math.pi * min(1.0, fall))))


@torch.no_grad()
def predict(network: Any, tokenizer: Any, texts: Sequence[str], *, max_tokens: int = 64) -> Any:
    """Class shares of ``texts``, float array (n, 3) in the order of ``LABELS``."""
    order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
    found = torch.zeros(len(texts), 3)
    for start in range(0, len(order), 64):
        part = order[start : start + 64]
        logits, _ = network(encode(network, tokenizer, [texts[k] for k in part], max_tokens))
        found[part] = torch.softmax(logits.float(), dim=-1)
    return found.numpy()

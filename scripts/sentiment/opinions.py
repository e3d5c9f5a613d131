"""What teachers say of each training text: class shares, kept by a digest of the text.

The texts themselves are not in the files, so that public text read in place stays where it is. A
text that is in no file has no opinion, and then only its own label teaches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from scripts.sentiment.sources import Example, Spread

STEPS = 255
"""Shares are kept in steps of 1/255."""
MIN_SHARE = 1e-3
"""Added to shares before they are multiplied: one teacher's 0 does not overrule the other."""


def key_of(text: str) -> int:
    """The first 64 bits of the text's SHA-256."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")


def save_opinions(path: Path, texts: Sequence[str], shares: Any) -> None:
    """Keep ``shares``, (n, 3) from 0 to 1, of ``texts``; a text given twice is kept once."""
    found = {key_of(text): row for text, row in zip(texts, np.asarray(shares), strict=True)}
    keys = np.array(sorted(found), dtype=np.uint64)
    steps = np.rint(np.stack([found[int(key)] for key in keys]) * STEPS).astype(np.uint8)
    np.savez_compressed(path, keys=keys, shares=steps)


def read_opinions(path: Path) -> dict[int, Spread]:
    """The shares by key; each row sums to 1."""
    with np.load(path, allow_pickle=False) as kept:
        shares = kept["shares"].astype(float)
        keys = kept["keys"].tolist()
    shares /= shares.sum(axis=1, keepdims=True)
    return {key: (row[0], row[1], row[2]) for key, row in zip(keys, shares.tolist(), strict=True)}


def agree(first: Mapping[int, Spread], second: Mapping[int, Spread]) -> dict[int, Spread]:
    """The geometric mean of two opinions where there are two, else the one there is; each sums to 1."""
    joined = {**first, **second}
    for key in first.keys() & second.keys():
        shares = np.sqrt((np.array(first[key]) + MIN_SHARE) * (np.array(second[key]) + MIN_SHARE))
        negative, neutral, positive = (shares / shares.sum()).tolist()
        joined[key] = (negative, neutral, positive)
    return joined


def blend(examples: Iterable[Example], opinions: Mapping[int, Spread], trust: float) -> list[Example]:
    """Mix each example's own spread with the teacher's, whose part is ``trust`` (0 to 1).

    A text that nobody labelled is taught by the teacher alone, and left out where the teacher is silent.
    """
    blended = []
    for example in examples:
        opinion = opinions.get(key_of(example.text))
        if opinion is not None:
            share = trust if example.labelled else 1.0
            pairs = zip(example.spread, opinion, strict=True)
            mixed = [(1 - share) * own + share * said for own, said in pairs]
            blended.append(replace(example, spread=(mixed[0], mixed[1], mixed[2])))
        elif example.labelled:
            blended.append(example)
    return blended

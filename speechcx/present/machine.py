"""The machine: whether it is fit for the work, its settings, its models, and text read by one of them."""

from __future__ import annotations

from typing import Any

from speechcx.call import TextSentiment
from speechcx.doctor import Finding
from speechcx.present.envelope import Envelopes, lines, rows

ENVELOPES: dict[str, Envelopes] = {
    "doctor": (rows("findings", Finding), rows("settings", dict[str, Any])),
    "models list": rows("models", dict[str, Any]),
    "sentiment": lines(TextSentiment, text=str),
}

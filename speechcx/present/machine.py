"""The machine and what feeds it: is it fit, how fast is it, settings, models, text read by one, recorders' layouts."""

from __future__ import annotations

from typing import Any

from speechcx.batch.bench import BenchReport
from speechcx.call import TextSentiment
from speechcx.discover.layouts import LayoutDescription
from speechcx.doctor import Finding
from speechcx.present.envelope import Envelopes, lines, record, rows

ENVELOPES: dict[str, Envelopes] = {
    "bench": record("bench", BenchReport),
    "doctor": (rows("findings", Finding), rows("settings", dict[str, Any])),
    "layouts list": rows("layouts", LayoutDescription),
    "layouts try": rows("names", dict[str, Any]),
    "models list": rows("models", dict[str, Any]),
    "sentiment": lines(TextSentiment, text=str),
}

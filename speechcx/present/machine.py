"""The machine and what feeds it: is it fit for the work, settings, models, text read by one, recorders' layouts."""

from __future__ import annotations

from typing import Any

from speechcx.call import TextSentiment
from speechcx.discover.layouts import LayoutDescription
from speechcx.doctor import Finding
from speechcx.present.envelope import Envelopes, lines, rows

ENVELOPES: dict[str, Envelopes] = {
    "doctor": (rows("findings", Finding), rows("settings", dict[str, Any])),
    "layouts list": rows("layouts", LayoutDescription),
    "layouts try": rows("names", dict[str, Any]),
    "models list": rows("models", dict[str, Any]),
    "sentiment": lines(TextSentiment, text=str),
}

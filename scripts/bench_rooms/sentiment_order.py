"""The customer's score over whole calls: every angry made-up call under every neutral, and these under every pleased.

Reads the words as recognised from a finished run over ``samples/`` and reads their feeling anew.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
MOODS = ("angry", "neutral", "pleased")


def read_scores(database: Path, model: str) -> dict[str, list[tuple[float | None, str]]]:
    """Customer scores by the mood that was played, each with its file."""
    from speechcx.sentiment import SentimentSettings, join_feeling, load_sentiment, read_sentiment
    from speechcx.store import Store

    settings = SentimentSettings(model=model)
    engine = load_sentiment(settings)
    truth = {
        entry["file"]: entry for entry in json.loads((SAMPLES / "truth.json").read_text("utf-8"))["files"]
    }
    found: dict[str, list[tuple[float | None, str]]] = {mood: [] for mood in MOODS}
    with Store.open(database, read_only=True) as store:
        for call_id in store.iter_call_ids():
            call = store.load(call_id)
            heard = call.conversation
            heard = replace(heard, sentiments=read_sentiment(heard.utterances, engine, settings))
            feeling = join_feeling(heard, call.assessment.reading.roles, settings)
            scores = [part.sentiment_score for part in feeling.parties if part.party == "customer"]
            name = Path(heard.recording.path).name
            found[truth[name]["customer_mood"]].append((scores[0] if scores else None, name))
    return found


def count_disorder(found: dict[str, list[tuple[float | None, str]]]) -> tuple[int, int, int]:
    """Pairs of calls in the wrong order, pairs in all, calls without a score (left out)."""
    wrong = pairs = 0
    known = {mood: [score for score, _ in calls if score is not None] for mood, calls in found.items()}
    for low, high in (("angry", "neutral"), ("neutral", "pleased"), ("angry", "pleased")):
        for a in known[low]:
            for b in known[high]:
                pairs += 1
                wrong += a >= b
    missing = sum(len(calls) for calls in found.values()) - sum(map(len, known.values()))
    return wrong, pairs, missing

"""Figures of the sentiment room: text models against bars, raised against calm voices.

Run by ``scripts/bench sentiment [--data DIR] [--model FOLDER] [--samples-db FILE]``. VADER (dev
extra) and the word-list engine are the yardsticks. Every figure is printed with its n.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.bench_rooms.sentiment_pairs import Pairs
from scripts.sentiment.figures import Figures, measure
from scripts.sentiment.sets import CALLS, FRIENDLY, KINDS, PUBLIC, TURNS, Sets, own_tests, public_test

ROOT = Path(__file__).resolve().parents[2]
READ, PRINTED = "transformer", "as printed"
"""The likeliest class of a text, and the label that `speechcx sentiment` prints for it."""
MEAN_WORDS = 12.0
REPEATS = 5
LOAD_PROBE = """
import sys, time
start, start_cpu = time.perf_counter(), time.process_time()
from speechcx.sentiment import SentimentSettings
from speechcx.sentiment.transformer import load_transformer
model = load_transformer(SentimentSettings(engine="transformer", model=sys.argv[1], threads=2))
model.read(["hello"])
loaded, loaded_cpu = time.perf_counter() - start, time.process_time() - start_cpu
model.read(["this is one turn of about twelve words which a customer said"] * 500)
# Not ru_maxrss: that keeps what the process which started this one had.
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
print(loaded, loaded_cpu, int(status["VmHWM"].split()[0]) / 1024)
"""

Labeller = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    found: str
    bar: str
    n: str
    holds: bool | None

    def line(self) -> str:
        """The line as printed; a bar that was not measured has no mark."""
        mark = {True: "ok", False: "MISS", None: "-"}[self.holds]
        return f"{self.what:52s} {self.found:>14s}  {self.bar:>16s}  {self.n:>14s}  {mark}"


def main(argv: Sequence[str]) -> int:
    """Print the table; 0 where every measured bar holds, else 1."""
    parser = argparse.ArgumentParser(prog="scripts/bench sentiment", description=__doc__)
    parser.add_argument("--data", type=Path, default=find_data())
    parser.add_argument("--model", default=str(ROOT / "models" / "sentiment"))
    parser.add_argument("--float-model", type=Path, help="the float ONNX file of the same training")
    parser.add_argument(
        "--samples-db",
        type=Path,
        help="a finished run over samples/: adds recorded pairs and the order of calls",
    )
    parser.add_argument("--no-yardsticks", action="store_true")
    args = parser.parse_args(argv)
    sets = read_sets(args.data)
    labellers = find_labellers(args.model, yardsticks=not args.no_yardsticks)
    figures = {
        (engine, name): measure([e.label for e in examples], label([e.text for e in examples]))
        for engine, label in labellers.items()
        for name, examples in sets.items()
    }
    for (engine, name), found in figures.items():
        print(found.line(f"{engine}: {name}"))
    print()
    rows = [*text_rows(figures), *voice_rows()]
    if args.samples_db:
        rows += [*recorded_rows(args.samples_db), order_row(args.samples_db, args.model)]
    if args.float_model:
        rows.append(int8_row(figures, args.model, args.float_model, sets))
    rows += machine_rows(args.model, sets)
    print(f"{'what':52s} {'found':>14s}  {'bar':>16s}  {'n':>14s}")
    print("\n".join(row.line() for row in rows))
    return 1 if any(row.holds is False for row in rows) else 0


def find_data() -> Path:
    """Where the shared data lie: ``$SPEECHCX_DATA``, else beside the checkout."""
    return Path(os.environ.get("SPEECHCX_DATA", str(ROOT.parent / "shared" / "data")))


def read_sets(data: Path) -> Sets:
    """The labelled sets that are here; a missing one is said and left out."""
    if (data / "goemotions").is_dir():
        return own_tests() | public_test(data)
    print(f"left out: GoEmotions (no {data / 'goemotions'})", file=sys.stderr)
    return own_tests()


def find_labellers(model: str, *, yardsticks: bool) -> dict[str, Labeller]:
    """Engines by name, each giving a class for every text."""
    from speechcx.sentiment import SentimentSettings, load_sentiment

    found: dict[str, Labeller] = {}
    if (Path(model) / "onnx").is_dir():
        settings = SentimentSettings(engine="transformer", model=model, threads=2)
        found[READ] = likeliest(load_sentiment(settings))
        found[PRINTED] = printed_labels(load_sentiment(settings), settings)
    if yardsticks:
        found["lexicon"] = lexicon_labels(load_sentiment(SentimentSettings(engine="lexicon")))
        try:
            found["VADER"] = vader_labels()
        except ImportError:
            print("left out: VADER (pip install vaderSentiment)", file=sys.stderr)
    return found


def likeliest(model: object) -> Labeller:
    """The class with the largest share."""

    def label(texts: Sequence[str]) -> list[str]:
        shares = model.read(texts)  # type: ignore[attr-defined]
        return [max(("negative", "neutral", "positive"), key=lambda k: getattr(s, k)) for s in shares]

    return label


def printed_labels(model: object, settings: object) -> Labeller:
    """The label of the whole way: sentences, passages, thresholds. *Mixed* is right for nothing here."""
    from speechcx.sentiment import read_texts

    return lambda texts: [read.label or "neutral" for read in read_texts(texts, model, settings)]  # type: ignore[arg-type]


def lexicon_labels(model: object) -> Labeller:
    """The word list's class by the thresholds of the settings."""
    from speechcx.sentiment import SentimentSettings, name_label

    settings = SentimentSettings()

    def label(texts: Sequence[str]) -> list[str]:
        return [name_label(s.value, settings) for s in model.read(texts)]  # type: ignore[attr-defined]

    return label


def vader_labels() -> Labeller:
    """VADER with the thresholds of its authors, -0.05 and 0.05."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()

    def one(text: str) -> str:
        compound = analyzer.polarity_scores(text)["compound"]
        return "negative" if compound <= -0.05 else "positive" if compound >= 0.05 else "neutral"

    return lambda texts: [one(text) for text in texts]


def text_rows(figures: dict[tuple[str, str], Figures]) -> list[Row]:
    """The bars on labelled text, and what is printed for each set."""
    rows = []
    public, own = figures.get((READ, PUBLIC)), figures.get((READ, CALLS))
    if public:
        rows.append(
            Row("GoEmotions test, 3 classes, macro-F1", f"{public.macro_f1:.3f}", ">= 0.780",
                str(public.n), public.macro_f1 >= 0.78)
        )  # fmt: skip
    if own:
        rows.append(
            Row("own call-centre test, macro-F1", f"{own.macro_f1:.3f}", ">= 0.850", str(own.n),
                own.macro_f1 >= 0.85)
        )  # fmt: skip
    best = best_list(figures, CALLS)
    if own and best is not None:
        ahead = own.macro_f1 - best
        rows.append(Row("  above the best word list", f"{ahead:+.3f}", ">= +0.100", str(own.n), ahead >= 0.1))
    for name in (*KINDS.values(), TURNS, FRIENDLY):
        found, best = figures.get((READ, name)), best_list(figures, name)
        if found:
            yardstick = "" if best is None else f"lists {best:.3f}"
            rows.append(Row(name, f"{found.macro_f1:.3f}", yardstick, str(found.n), None))
    for (engine, name), found in figures.items():
        if engine == PRINTED:
            rows.append(Row(f"  label as printed: {name}", f"{found.macro_f1:.3f}", "", str(found.n), None))
    return rows


def best_list(figures: dict[tuple[str, str], Figures], name: str) -> float | None:
    """Macro-F1 of the better word list on a set; None where none was read."""
    lists = [
        f.macro_f1 for (engine, it), f in figures.items() if it == name and engine not in (READ, PRINTED)
    ]
    return max(lists, default=None)


def int8_row(figures: dict[tuple[str, str], Figures], model: str, float_file: Path, sets: Sets) -> Row:
    """The int8 file against the float file it was made from, on the set where they differ most."""
    from scripts.sentiment.onnx_figures import read_labels

    worst = 0.0
    for name, examples in sets.items():
        found = read_labels(Path(model), float_file, [e.text for e in examples])
        exact = measure([e.label for e in examples], found).macro_f1
        worst = max(worst, exact - figures[READ, name].macro_f1)
    n = sum(len(examples) for examples in sets.values())
    return Row("int8 under float, macro-F1, worst set", f"{worst:.3f}", "<= 0.010", str(n), worst <= 0.01)


def voice_rows() -> list[Row]:
    """Made pairs: the same turn calm and raised, with negative and with positive words."""
    from scripts.bench_rooms.sentiment_pairs import count_pairs

    return pair_rows("made", count_pairs())


def recorded_rows(database: Path) -> list[Row]:
    """The same with recorded turns of the samples, raised in the sound."""
    from scripts.bench_rooms.sentiment_raised import count_raised

    return pair_rows("recorded", count_raised(database))


def pair_rows(kind: str, pairs: Pairs) -> list[Row]:
    """What the raised voice did to agitation and to joined feeling."""
    n = str(pairs.n)
    return [
        Row(f"{kind} pairs: raised voice is more agitated", f"{pairs.agitated:.3f}", ">= 0.950", n,
            pairs.agitated >= 0.95),
        Row("  negative words become more negative", f"{pairs.more_negative:.3f}", ">= 0.950", n,
            pairs.more_negative >= 0.95),
        Row("  positive words do not become negative", f"{pairs.kept_positive:.3f}", "1.000", n,
            pairs.kept_positive == 1.0),
    ]  # fmt: skip


def order_row(database: Path, model: str) -> Row:
    """Whole calls in the order of the moods that were played."""
    from scripts.bench_rooms.sentiment_order import count_disorder, read_scores

    found = read_scores(database, model)
    for mood, calls in found.items():
        print(f"{mood}: " + " ".join("-" if score is None else f"{score:+.2f}" for score, _ in calls))
    wrong, pairs, missing = count_disorder(found)
    n = f"{pairs}, {missing} no score"
    return Row("pairs of sample calls in the wrong order", str(wrong), "0", n, wrong == 0)


def machine_rows(model: str, sets: Sets) -> list[Row]:
    """Speed on turns of 12 words in the mean, time to load, resident memory of a fresh process."""
    from speechcx.sentiment import SentimentSettings, load_sentiment, read_texts

    if not (Path(model) / "onnx").is_dir():
        return []
    settings = replace(SentimentSettings(engine="transformer", model=model), threads=2)
    texts = texts_of_mean(MEAN_WORDS, [e.text for name in (CALLS, *KINDS.values()) for e in sets[name]])
    words = sum(len(text.split()) for text in texts) / len(texts)
    engine = load_sentiment(settings)
    read_texts(texts[:100], engine, settings)
    spent = time.process_time()
    best = min(timed(lambda: read_texts(texts, engine, settings)) for _ in range(REPEATS))
    by_core = REPEATS * len(texts) / (time.process_time() - spent)
    speed = len(texts) / best
    probe = subprocess.run(
        [sys.executable, "-c", LOAD_PROBE, model], cwd=ROOT, capture_output=True, text=True, check=True
    )
    load_s, load_cpu_s, resident_mb = (float(x) for x in probe.stdout.split())
    turns = f"{len(texts)} x {words:.1f} w"
    return [
        Row("turns a second, 2 threads (best of 5)", f"{speed:.0f}", ">= 400", turns, speed >= 400),
        Row("  turns a second of processor time", f"{by_core:.0f}", "", turns, None),
        Row("import and load, s of processor time", f"{load_cpu_s:.2f}", "<= 1.00", "1", load_cpu_s <= 1),
        Row("  by the clock (machine as busy as it was)", f"{load_s:.2f}", "", "1", None),
        Row("resident memory after 500 turns, MB", f"{resident_mb:.0f}", "<= 200", "1", resident_mb <= 200),
    ]


def texts_of_mean(words: float, texts: Sequence[str]) -> list[str]:
    """The texts without the shortest, so many left out that the rest has ``words`` in the mean."""
    kept = sorted(texts, key=lambda text: len(text.split()), reverse=True)
    total = sum(len(text.split()) for text in kept)
    while total < words * len(kept):
        total -= len(kept.pop().split())
    return kept


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))

"""The made-up calls through the real models, by the command line, against what was really said."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from speechcx.ask.search import list_calls
from speechcx.document import call_document
from speechcx.errors import SpeechcxError
from speechcx.store import Store
from speechcx.weights import find_model
from tests.e2e.against_truth import SAMPLES, Measured, measure, read_truth, table

MODEL = "tiny.en"
ROOT = SAMPLES.parent
SCHEMA = json.loads((ROOT / "docs" / "call.schema.json").read_text("utf-8"))

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900), pytest.mark.xdist_group("samples")]


def speechcx(database: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a database with the settings of the samples."""
    return subprocess.run(
        [sys.executable, "-m", "speechcx", *words, "--db", str(database)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "SPEECHCX_CONFIG": str(SAMPLES / "speechcx.toml")},
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All samples, run once with the small real model."""
    try:
        find_model(MODEL)
    except SpeechcxError as error:
        pytest.skip(f"{MODEL}: {error.found}; run speechcx models pull whisper-tiny.en")
    path = tmp_path_factory.mktemp("samples") / "samples.db"
    done = speechcx(path, "run", "--model", MODEL)
    assert done.returncode == 0, done.stdout + done.stderr
    return path


@pytest.fixture(scope="module")
def store(database: Path) -> Iterator[Store]:
    """The database, open to read."""
    with Store.open(database, read_only=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def measured(store: Store) -> dict[str, Measured]:
    """Figures for each sample and over all of them."""
    truth = read_truth()
    found = {name: Measured() for name in (*truth, "all")}
    for call_id in store.iter_call_ids():
        call = store.load(call_id)
        name = Path(call.conversation.recording.path).name
        for into in (found[name], found["all"]):
            measure(call, truth[name], into)
    print("\n".join(table(found)))
    return found


def test_every_sample_is_scored(store: Store) -> None:
    """Each recording of the samples is a call of the right agent and length."""
    truth = read_truth()
    calls = [store.load(call_id).conversation for call_id in store.iter_call_ids()]
    assert {
        name: (one["agent"], one["customer"], pytest.approx(one["duration_s"], abs=0.15))
        for name, one in truth.items()
    } == {
        Path(c.recording.path).name: (
            c.recording.details.agent,
            c.recording.details.customer,
            c.origin.duration_s,
        )
        for c in calls
    }


def test_words_are_recognised(measured: dict[str, Measured]) -> None:
    """Over all samples, at most 15 of 100 words are wrong, even with the smallest model."""
    assert measured["all"].word_error_rate <= 0.15


def test_turn_edges_are_right(measured: dict[str, Measured]) -> None:
    """Turns begin and end where they were made to: half within 0.10 s, 95 of 100 within 0.35 s."""
    assert measured["all"].lost_turns <= 0.03 * measured["all"].turns
    assert measured["all"].median_edge_s <= 0.10
    assert measured["all"].p95_edge_s <= 0.35


def test_rules_hit_what_they_must(measured: dict[str, Measured]) -> None:
    """On recognised words, the sample rulebook finds what is there and little else."""
    report = "\n".join(measured["all"].wrong_rules)
    assert measured["all"].rule_recall >= 0.9, report
    assert measured["all"].rule_precision >= 0.9, report


def test_parties_are_never_mixed_up(measured: dict[str, Measured]) -> None:
    """A channel is given to the right party or stays unknown."""
    assert measured["all"].roles["wrong"] == 0
    assert measured["all"].roles["right"] >= 0.8 * measured["all"].roles.total()


def test_documents_follow_the_schema_and_add_up(store: Store) -> None:
    """Every call's document validates, and its time adds up to the file's within 10 ms."""
    for call_id in store.iter_call_ids():
        document = json.loads(json.dumps(call_document(store.load(call_id))))
        jsonschema.validate(document, SCHEMA)
        part = document["partition"]
        total = part["speech_s"] + part["hold_s"] + part["ivr_s"] + part["silence_s"]
        assert total == pytest.approx(document["audio_duration_s"], abs=0.011), call_id


def test_show_prints_what_is_stored(database: Path, store: Store) -> None:
    """`show --json` prints the stored call's document, and nothing else, on stdout."""
    call_id = next(iter(store.iter_call_ids()))
    shown = speechcx(database, "show", call_id, "--json")
    assert (0, "") == (shown.returncode, shown.stderr)
    assert json.loads(json.dumps(call_document(store.load(call_id)))) == json.loads(shown.stdout)


def test_loud_customer_is_louder_than_himself(store: Store) -> None:
    """Turns acted loud stand above the speaker's own median as far as they were made to, within 3 dB."""
    truth = read_truth()
    compared = 0
    for call_id in store.iter_call_ids():
        heard = store.load(call_id).conversation
        made = truth[Path(heard.recording.path).name]
        if heard.speech.split != "channels":
            continue
        for turn in made["turns"]:
            if turn["level_step_db"] < 6 or turn["end_s"] - turn["start_s"] < 1:
                continue
            mine = [t for t in heard.speech.turns if t.channel == turn["channel"]]
            best = max(
                mine, key=lambda t: min(t.span.end_s, turn["end_s"]) - max(t.span.start_s, turn["start_s"])
            )
            assert heard.voices[best.no].level_rel_db == pytest.approx(turn["level_rel_db"], abs=3.0), turn
            compared += 1
    assert compared >= 5


def test_second_run_does_nothing(database: Path) -> None:
    """A run over the same folder scores nothing anew and is done."""
    again = speechcx(database, "run", "--model", MODEL, "--json")
    summary = json.loads(again.stdout)
    assert (0, 0, len(read_truth())) == (again.returncode, summary["done"], summary["skipped"])


def test_agents_equal_a_recount(database: Path, store: Store) -> None:
    """The mean an agent gets is the mean over his calls, counted by hand."""
    shown = json.loads(speechcx(database, "agents", "--json").stdout)
    by_agent: dict[str, list[float]] = {}
    for row in list_calls(database, limit=1000).rows:
        if row.score is not None:
            by_agent.setdefault(str(row.agent), []).append(row.score)
    for row in shown["rows"]:
        scores = by_agent.get(row["key"], [])
        found = row["measures"]["score"]
        assert found["n"] == len(scores)
        assert found["mean"] == (pytest.approx(sum(scores) / len(scores)) if scores else None)


def test_rejudge_needs_no_audio(database: Path, tmp_path: Path) -> None:
    """A changed rulebook re-scores every stored call, and the old results stay under their version."""
    text = (SAMPLES / "rulebook.yaml").read_text("utf-8")
    changed = tmp_path / "rulebook.yaml"
    changed.write_text(text + "\n# changed\n", "utf-8")
    copy = tmp_path / "copy.db"
    with Store.open(database) as source:
        source.db.execute("VACUUM INTO ?", (str(copy),))
    judged = speechcx(copy, "rejudge", str(changed), "--json")
    assert judged.returncode == 0, judged.stderr
    assert len(read_truth()) == json.loads(judged.stdout)["done"]
    with Store.open(copy, read_only=True) as after, Store.open(database, read_only=True) as before:
        for call_id in before.iter_call_ids():
            old, new = before.load(call_id).assessment, after.load(call_id).assessment
            assert old.digest != new.digest
            assert [r.value for r in old.results] == [r.value for r in new.results]
            assert after.load_assessment(call_id, digest=old.digest) == old


def test_search_finds_the_supervisor(database: Path) -> None:
    """A word that was said is found with its call, time and party."""
    found = json.loads(speechcx(database, "search", "supervisor", "--json").stdout)
    assert found["rows"]
    assert {"call_id", "party", "start_s"} <= set(found["rows"][0])

"""The inference policy: nothing about an agent's feeling is inferred from voice unless the settings say so."""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from speechcx.batch import rejudge, run
from speechcx.batch.rejudge import judge_inferred
from speechcx.call import Call, Conversation, TurnVoice
from speechcx.config import Settings, load_settings
from speechcx.doctor import examine
from speechcx.pipeline import judge
from speechcx.rules import parse_rulebook
from speechcx.rules.language.rulebook import Rulebook
from speechcx.sentiment import SentimentSettings, load_sentiment, read_sentiment
from speechcx.store import FileStats, RunInfo, Store
from speechcx.store.calls.turns import list_inferred
from tests.cli.conftest import Speechcx, speechcx  # noqa: F401
from tests.factories import make_conversation, make_details, make_recording

LEXICON = SentimentSettings(engine="lexicon")
CALM = TurnVoice(0, -26.0, 0.0, 180.0, 0.0, 4.0, 0.0, 0.6, 160.0, 180.0, 0.1)
LOUD = replace(
    CALM, level_dbov=-16.0, level_rel_db=10.0, pitch_rel_st=4.0, pitch_range_st=7.0, pace_wpm=200.0
)
AGENT_TURNS = (0, 2, 4, 6)
SAID = [
    ("ch0", 0.5, "Thank you for calling, how can I help you today?"),
    ("ch1", 5.0, "I am calling about the order from last week."),
    ("ch0", 10.0, "This is terrible, you are not being helpful at all."),
    ("ch1", 15.0, "It was supposed to be here on Monday morning."),
    ("ch0", 20.0, "I hate this awful nonsense, it is a disgrace."),
    ("ch1", 25.0, "This is terrible service, what a disgrace."),
    ("ch0", 32.0, "The number is four four two one nine."),
    ("ch1", 37.0, "Thank you, goodbye, that is wonderful."),
]
RULEBOOK = """\
rulebook: voices
version: VERSION
language: en
rules:
  - {id: shouting, title: Agent is agitated, kind: risk, said: terrible, by: agent, turn: {agitation: ">= 0.6"}}
  - {id: bitter, title: Bitter agent, kind: risk, said: "terrible | awful", by: agent, turn: {sentiment: "<= -0.2"}}
  - {id: angry, title: Customer is agitated, kind: risk, said: "terrible", by: customer, turn: {agitation: ">= 0.6"}}
  - {id: sad, title: Sad agent, kind: risk, metric: agent.sentiment_score <= -0.5}
"""


def heard(*, agent: TurnVoice = LOUD, parties: str = "agent,customer") -> Conversation:
    """A call in which the agent's third and fifth turn, and the customer's sixth, are spoken with a raised voice."""
    details = make_details(channels=tuple(parties.split(",")))
    call = make_conversation(
        SAID, recording=replace(make_recording("call"), details=details), duration_s=45.0
    )
    raised = {2: agent, 4: agent, 5: LOUD}
    voices = tuple(replace(raised.get(turn.no, CALM), no=turn.no) for turn in call.speech.turns)
    return replace(
        call, voices=voices, sentiments=read_sentiment(call.utterances, load_sentiment(LEXICON), LEXICON)
    )


def settings_of(*overrides: str) -> Settings:
    """Settings as a run reads them."""
    return load_settings(None, overrides=["sentiment.engine=lexicon", *overrides], environment={}).settings


OFF, ON = settings_of(), settings_of("policy.agent_voice_emotion=true")


def book(version: int = 1) -> Rulebook:
    """The rulebook, whose digest follows its version."""
    return parse_rulebook(RULEBOOK.replace("VERSION", str(version)))


def judged(settings: Settings, conversation: Conversation | None = None) -> Call:
    """The call as a run keeps it."""
    conversation = conversation or heard()
    return Call(conversation, judge(conversation, book(), settings))


def keep(database: Path, *calls: Call) -> None:
    """A database with these calls."""
    with Store.open(database, create=True) as store:
        run_id = store.ledger.begin_run(RunInfo())
        for call in calls:
            store.ledger.save_outcome(run_id, call, FileStats(1, 1))
        for version in (1, 2):
            one = book(version)
            store.save_rulebook(one.digest, name=one.name, version=one.version, source=one.source)


def inferred_of(call: Call) -> set[str]:
    """How the agent's agitation, and the voice's part in the agent's sentiment, are written in rows and documents."""
    felt = call.assessment.reading.feeling.turns
    found = set()
    for no in AGENT_TURNS:
        for value in (felt[no].agitation, felt[no].voice_part):
            if value:
                found |= {
                    str(round(value * 10_000)),
                    f"{value:.4f}",
                    f"{value:.3f}",
                    json.dumps(round(value, 3)),
                }
    return {text for text in found if len(text.strip("-0.")) > 2}


def walk(database: Path) -> Iterator[tuple[str, str]]:
    """Every value of every table and view of a database, what is packed unpacked."""
    with sqlite3.connect(database) as db:
        names = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        ]
        for name in names:
            for row in db.execute(f"SELECT * FROM {name}"):
                for value in row:
                    if isinstance(value, bytes):
                        try:
                            value = zlib.decompress(value).decode()
                        except (zlib.error, UnicodeDecodeError):
                            continue
                    yield name, str(value)
    db.close()


def tell_inferred(texts: Iterator[tuple[str, str]], wanted: set[str]) -> set[str]:
    """Where any of these numbers stands as a number."""
    found = set()
    for where, text in texts:
        numbers = set(re.findall(r"-?\d+(?:\.\d+)?", text))
        found |= {f"{where}: {number}" for number in numbers & wanted}
    return found


def test_how_an_agent_sounds_changes_nothing_that_is_judged() -> None:
    """Off, an agent who shouts and one who does not have the same feeling, results and scores; on, they differ."""

    def told(settings: Settings, voice: TurnVoice) -> tuple[object, ...]:
        assessment = judged(settings, heard(agent=voice)).assessment
        return assessment.reading.feeling, assessment.results, assessment.scores

    assert told(OFF, CALM) == told(OFF, LOUD)
    assert told(ON, CALM) != told(ON, LOUD)


def test_off_the_agent_has_a_reason_and_the_customer_a_number() -> None:
    """An agent's turn has no agitation and names the switch; its words are read, and its voice is measured."""
    call = judged(OFF)
    felt = call.assessment.reading.feeling.turns
    for no in AGENT_TURNS:
        assert (felt[no].agitation, felt[no].voice_part) == (None, None)
        assert felt[no].why_no_agitation == "not inferred: policy.agent_voice_emotion = false"
    assert felt[2].sentiment is not None
    assert felt[2].sentiment < -0.25
    assert call.conversation.voices[2].level_rel_db == 10.0
    assert felt[5].agitation is not None
    results = {result.rule: result for result in call.assessment.results}
    assert (results["shouting"].value, results["angry"].value) == ("cannot_tell", "present")
    assert "present" == results["bitter"].value


@pytest.mark.parametrize(
    ("overrides", "parties", "silent"),
    [
        ((), "agent,customer", {0, 2, 4, 6}),
        ((), "customer,agent", {1, 3, 5, 7}),
        ((), "unknown,unknown", set(range(8))),
        (("policy.agent_voice_emotion=true",), "unknown,unknown", set()),
        (("policy.customer_voice_emotion=false",), "agent,customer", set(range(8))),
        (
            ("policy.agent_voice_emotion=true", "policy.customer_voice_emotion=false"),
            "agent,customer",
            {1, 3, 5, 7},
        ),
    ],
)
def test_who_is_who_decides_and_in_doubt_nothing_is_inferred(
    overrides: tuple[str, ...], parties: str, silent: set[int]
) -> None:
    """A voice of which it is not known whose it is may be the agent's, and counts as such."""
    felt = judged(settings_of(*overrides), heard(parties=parties)).assessment.reading.feeling.turns
    assert silent == {one.no for one in felt if (one.why_no_agitation or "").startswith("not inferred")}
    assert all((one.agitation is None) == (one.no in silent) for one in felt)


def test_no_agent_emotion_in_the_whole_database(tmp_path: Path) -> None:
    """Off, no value of any table holds the agent's agitation or the voice's part; on, the same walk finds both."""
    wanted = inferred_of(judged(ON))
    assert len(wanted) > 4
    keep(tmp_path / "off.db", judged(OFF))
    keep(tmp_path / "on.db", judged(ON))
    assert set() == tell_inferred(walk(tmp_path / "off.db"), wanted)
    assert {"turns_data", "turns"} <= {
        one.partition(":")[0] for one in tell_inferred(walk(tmp_path / "on.db"), wanted)
    }


def test_no_agent_emotion_in_what_is_printed(
    tmp_path: Path,
    speechcx: Speechcx,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Off, neither tables, JSON and CSV nor the page of a call hold it; on, JSON and the table do."""
    monkeypatch.chdir(tmp_path)
    wanted = inferred_of(judged(ON))
    call_id = heard().recording.id
    printed = {}
    for name, settings in (("off", OFF), ("on", ON)):
        keep(tmp_path / f"{name}.db", judged(settings))
        words = ("show", call_id, "--db", f"{name}.db")
        texts = [
            speechcx(*words, *form).out for form in (["--json"], ["--numbers"], ["--csv"], ["--why"], [])
        ]
        texts += [speechcx(question, "--db", f"{name}.db", form).out for question in ("calls", "agents", "flags")
                  for form in ("--json", "--csv")]  # fmt: skip
        printed[name] = tell_inferred(iter([(str(no), text) for no, text in enumerate(texts)]), wanted)
    assert set() == printed["off"]
    assert printed["on"]


def test_no_agent_emotion_in_the_pages(tmp_path: Path) -> None:
    """Off, no form of a call's page holds the agent's agitation or the voice's part in the agent's feeling."""
    pytest.importorskip("datasette")
    from speechcx.web.accounts import Accounts
    from tests.web.house import PASSWORD, open_house

    (tmp_path / "site").mkdir()
    keep(tmp_path / "calls.db", judged(OFF))
    Accounts(tmp_path / "users.json").add("admin", "admin", PASSWORD)
    call_id = heard().recording.id
    with open_house(tmp_path, {}, tmp_path / "site") as house:
        paths = [f"/call/{call_id}{form}" for form in ("", ".json", ".csv")]
        paths += [
            f"/{page}{form}" for page in ("calls", "agents", "flags", "") for form in ("", ".json", ".csv")
        ]
        paths += ["/database/turns.json?_shape=array", "/database/turns_data.csv"]
        replies = [(path, house.ask("admin", path)) for path in paths]
    assert all(reply.status_code in (200, 404) for _, reply in replies)
    assert 200 == replies[0][1].status_code
    texts = iter([(path, reply.text) for path, reply in replies])
    assert set() == tell_inferred(texts, inferred_of(judged(ON)))


def test_switching_it_off_takes_out_what_was_inferred_before(tmp_path: Path) -> None:
    """`rejudge` takes it out of calls that the same rulebook judged already, and of assessments under earlier ones."""
    database = tmp_path / "calls.db"
    keep(database, judged(ON))
    wanted = inferred_of(judged(ON))
    with Store.open(database) as store:
        assert 1 == rejudge(store, book(2), ON).done
        assert 1 == store.db.execute("SELECT count(*) FROM past_assessments").fetchone()[0]
        assert (heard().recording.id,) == list_inferred(store.db, OFF.policy.voiceless)
        assert 1 == rejudge(store, book(2), OFF).done
        assert () == list_inferred(store.db, OFF.policy.voiceless)
        assert 0 == rejudge(store, book(2), OFF).done
        store.compact()
    assert set() == tell_inferred(walk(database), wanted)


def test_a_run_looks_for_what_customers_voices_told_without_reading_every_turn(tmp_path: Path) -> None:
    """While the settings forbid it, an index keeps the answer; where they allow it, none is kept."""
    forbidden = settings_of("policy.customer_voice_emotion=false")
    asked: list[str] = []
    with Store.open(tmp_path / "calls.db", create=True) as store:
        for number, settings in enumerate((forbidden, forbidden, OFF)):
            judge_inferred(store, book(), settings)
            store.db.set_trace_callback(asked.append)
            list_inferred(store.db, forbidden.policy.voiceless)
            store.db.set_trace_callback(None)
            plans = [
                plan[3]
                for sql in asked
                if "turns_data" in sql
                # Numbered: a plan of the same words is kept, and does not notice that the index is gone.
                for plan in store.db.execute(f"EXPLAIN QUERY PLAN {sql} -- {number}")
                if "turns_data" in plan[3]
            ]
            asked.clear()
            is_indexed = ["INDEX turns_inferred" in plan for plan in plans]
            assert ([True, True] if settings == forbidden else [True, False]) == is_indexed, plans


def test_the_next_run_takes_out_what_was_inferred_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run with nothing new judges such calls again, once, and says how many before and after; `doctor` too."""
    (tmp_path / "recordings").mkdir()
    (tmp_path / "speechcx.toml").write_text('[sentiment]\nengine = "lexicon"\n[batch]\nexecutor = "serial"\n')
    keep(tmp_path / "speechcx.db", judged(ON))
    loaded = load_settings(tmp_path / "speechcx.toml", environment={})
    told = {one.check: one for one in examine(loaded)}["inference policy"]
    assert ("warning", "speechcx rejudge") == (told.verdict, told.cure)
    assert told.found == "1 call holds what [policy] does not allow to be inferred from a voice"
    settings = replace(loaded.settings, batch=replace(loaded.settings.batch, missing_files="ignore"))
    places = tmp_path / "speechcx.db", [tmp_path / "recordings"]
    monkeypatch.setattr(import_module("speechcx.batch.rejudge"), "_MANY", 1)
    said = list[str]()
    assert (
        "1 call was judged again"
        in run(*places, settings, book(), report=lambda now: said.append(now.waiting_for)).notes[-1]
    )
    assert [line[:35] for line in said if "[policy]" in line] == ["1 stored call to be judged again, o"]
    said.clear()
    assert () == run(*places, settings, book(), report=lambda now: said.append(now.waiting_for)).notes
    assert not any("[policy]" in line for line in said)
    assert "ok" == {one.check: one for one in examine(loaded)}["inference policy"].verdict
    allowed = load_settings(
        tmp_path / "speechcx.toml", overrides=["policy.agent_voice_emotion=true"], environment={}
    )
    told = {one.check: one for one in examine(allowed)}["inference policy"]
    assert told.verdict == "warning"
    assert "policy.agent_voice_emotion is on" in told.found


def test_words_of_agents_are_read_only_where_the_settings_say_so(tmp_path: Path) -> None:
    """With `agent_words_sentiment` off no label and no score of an agent is kept, also of a call judged before."""
    mute = settings_of("policy.agent_words_sentiment=false")
    database = tmp_path / "calls.db"
    keep(database, judged(OFF))
    with Store.open(database) as store:
        rejudge(store, book(1), mute, again=True)
        rows = store.db.execute(
            "SELECT party, text_sentiment, sentiment FROM turns ORDER BY turn_id"
        ).fetchall()
        call = store.load(heard().recording.id)
    assert {(None, None)} == {row[1:] for row in rows if row[0] == "agent"}
    assert all(None not in row[1:] for row in rows if row[0] == "customer")
    scores = {part.party: part.sentiment_score for part in call.assessment.reading.feeling.parties}
    assert scores["agent"] is None
    assert scores["customer"] is not None
    why = call.conversation.sentiments[2].why_missing
    assert why == "not inferred: policy.agent_words_sentiment = false"

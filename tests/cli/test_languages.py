"""Rulebooks by language from the command line: each call under its own, and none blamed by one it does not speak."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.store import Store
from tests.cli.conftest import CONFIG, RULEBOOK, TALK, Speechcx, write_call

REGLAS = """
rulebook: chica
version: 4
language: es
rules:
  - {id: greeting, title: Saluda, kind: compliance, severity: critical, said: '"gracias por llamar"', by: agent,
     expect: present}
  - {id: baja, title: Quiere darse de baja, kind: driver, said: 'cancel* | "dar de baja"', by: customer}
  - {id: slow, title: Keeps people waiting, kind: behaviour, metric: silence_s > 100, expect: absent}
scorecards:
  - id: quality
    sections:
      - title: Opening
        weight: 100
        questions:
          - {id: greeted, text: Greeted?, rule: greeting}
          - {id: quick, text: Quick?, rule: slow}
tests:
  - {rule: greeting, says: [[agent, 0.0, "Hola, gracias por llamar."]], expect: present}
"""
ENGLISH = RULEBOOK.replace(
    "scorecards:", "  - {id: slow, title: Slow, kind: behaviour, metric: silence_s > 100, expect: absent}\nscorecards:"
).replace(
    "rule: greeting}", "rule: greeting}\n          - {id: quick, text: Quick?, rule: slow}"
)  # fmt: skip
SPANISH = (
    ("agent", 0, 0.5, "Gracias por llamar al banco en que puedo ayudarle hoy"),
    ("customer", 1, 5.0, "Quiero cancelar mi tarjeta porque no funciona"),
    ("agent", 0, 9.0, "Lo siento mucho dejeme ver que puedo hacer"),
    ("customer", 1, 13.0, "Muchas gracias eso es todo"),
)
GERMAN = (
    ("agent", 0, 0.5, "Guten Tag was kann ich heute für Sie tun"),
    ("customer", 1, 5.0, "Meine Karte funktioniert seit gestern nicht mehr"),
    ("agent", 0, 9.0, "Das tut mir leid ich sehe gerne nach"),
    ("customer", 1, 13.0, "Vielen Dank auf Wiederhören"),
)
BY_LANGUAGE = '{en = "rulebook.yaml", es = "reglas.yaml"}'


def write_config(folder: Path, rulebook: str) -> None:
    text = CONFIG.replace('rulebook = "rulebook.yaml"', f"rulebook = {rulebook}")
    (folder / "speechcx.toml").write_text(text)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call each in English, Spanish and German, not yet scored."""
    folder = tmp_path_factory.mktemp("languages")
    (folder / "rulebook.yaml").write_text(ENGLISH)
    (folder / "reglas.yaml").write_text(REGLAS)
    write_config(folder, BY_LANGUAGE)
    for day, (agent, language, talk) in enumerate(
        (("ann", "en", TALK), ("eva", "es", SPANISH), ("uli", "de", GERMAN)), 2
    ):
        path = write_call(folder / "calls" / f"{agent}_c{day}_2026-03-0{day}T09-15-00.wav", talk)
        told = path.with_suffix(".transcript.json")
        told.write_text(json.dumps(json.loads(told.read_text()) | {"language": language}))
    return folder


@pytest.fixture(scope="module")
def scored(made: Path) -> Path:
    """The same, scored by the rulebook of each language."""
    from typer.testing import CliRunner

    from speechcx.cli import app

    ran = CliRunner().invoke(
        app, ["run", "--config", str(made / "speechcx.toml"), "--db", str(made / "calls.db")]
    )
    assert 0 == ran.exit_code, ran.output
    return made


@pytest.fixture
def night(scored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the scored project, the working directory of the test."""
    import shutil

    folder = tmp_path / "night"
    shutil.copytree(scored, folder)
    monkeypatch.chdir(folder)
    return folder


def results(speechcx: Speechcx, agent: str) -> dict[str, dict]:
    """Results of the rules of an agent's one call, by rule."""
    [row] = speechcx("calls", "--agent", agent, "--json").json["rows"]
    return {rule["rule"]: rule for rule in speechcx("show", row["call_id"], "--json").json["rules"]}


def test_each_call_is_judged_by_the_rulebook_of_its_language(night: Path, speechcx: Speechcx) -> None:
    """The English call by the English one, the Spanish call by the Spanish one."""
    assert "present" == results(speechcx, "ann")["greeting"]["result"]
    spanish = results(speechcx, "eva")
    assert {"greeting": "present", "baja": "present"}.items() <= {
        r: v["result"] for r, v in spanish.items()
    }.items()
    [row] = speechcx("calls", "--agent", "eva", "--json").json["rows"]
    quotes = {hit["rule"]: hit["quote"] for hit in speechcx("show", row["call_id"], "--json").json["hits"]}
    assert "Gracias por llamar" == quotes["greeting"]


def test_a_call_without_a_rulebook_in_its_language_is_not_blamed(night: Path, speechcx: Speechcx) -> None:
    """Rules over words cannot tell and say which rulebook is missing; what needs no words is judged and scored."""
    german = results(speechcx, "uli")
    assert {"cannot_tell"} == {german[rule]["result"] for rule in ("greeting", "cancel")}
    assert "no rulebook for de" in german["greeting"]["why"]
    assert ("absent", False) == (german["slow"]["result"], german["greeting"]["flagged"])
    [row] = speechcx("calls", "--agent", "uli", "--json").json["rows"]
    assert (100.0, 0) == (row["score"], row["flagged_count"])
    assert {"cannot_tell"} == {flag["result"] for flag in speechcx("flags", "--json").json["rows"]}


def test_status_counts_calls_by_language(night: Path, speechcx: Speechcx) -> None:
    """With those left without rulebook, as text and as JSON."""
    found = {row["language"]: row for row in speechcx("status", "--json").json["languages"]}
    assert {"en": 0, "es": 0, "de": 1} == {code: row["without_rulebook"] for code, row in found.items()}
    assert {"en": 0, "es": 1, "de": 1} == {code: row["without_sentiment"] for code, row in found.items()}
    told = speechcx("status").out
    assert "de, German: 1 call, 1 without rulebook, 1 without sentiment" in told
    assert "es, Spanish: 1 call, 1 without sentiment" in told


def test_show_says_the_language_and_what_says_so(night: Path, speechcx: Speechcx) -> None:
    """Heard in how much of the speech."""
    [row] = speechcx("calls", "--agent", "eva", "--json").json["rows"]
    assert "es, Spanish (heard in 100% of the speech with words)" in speechcx("show", row["call_id"]).out
    told = speechcx("show", row["call_id"], "--json").json["language"]
    assert {"code": "es", "share": 1.0, "is_set": False, "heard": {"es": 1.0}} == told


def test_one_more_rulebook_is_applied_to_its_calls_only(night: Path, speechcx: Speechcx) -> None:
    """`rejudge` takes the German call and no other; a second time nothing is left; the call tells it by the record."""
    (night / "regeln.yaml").write_text(
        REGLAS.replace("language: es", "language: de").replace("gracias por llamar", "guten tag")
    )
    write_config(night, '{en = "rulebook.yaml", es = "reglas.yaml", de = "regeln.yaml"}')
    diff = speechcx("rules", "diff", "--json").json
    assert (3, 1) == (diff["calls"], diff["changed"])
    assert 1 == speechcx("rejudge", "--json").json["done"]
    assert 0 == speechcx("rejudge", "--json").json["done"]
    assert "present" == results(speechcx, "uli")["greeting"]["result"]
    assert [0, 0, 0] == [row["without_rulebook"] for row in speechcx("status", "--json").json["languages"]]


def test_a_rulebook_taken_away_leaves_its_calls_untold(night: Path, speechcx: Speechcx) -> None:
    """Back under the English one alone, the Spanish call can no longer be told and is flagged for nothing."""
    write_config(night, '"rulebook.yaml"')
    assert 1 == speechcx("rejudge", "--json").json["done"]
    greeting = results(speechcx, "eva")["greeting"]
    assert ("cannot_tell", False) == (greeting["result"], greeting["flagged"])
    assert "no rulebook for es" in greeting["why"]


def test_a_table_may_say_the_language(night: Path, speechcx: Speechcx) -> None:
    """`Language: Spanish` in calls.csv decides the rulebook, and `show` names the table."""
    told = "file,language\nann_c2_2026-03-02T09-15-00.wav,Spanish (Latin America)\n"
    (night / "calls" / "calls.csv").write_text(told)
    (night / "calls.db").unlink()
    assert 0 == speechcx("run").code
    greeting = results(speechcx, "ann")["greeting"]
    assert ("cannot_tell", "Saluda") == (greeting["result"], greeting["title"])
    [row] = speechcx("calls", "--agent", "ann", "--json").json["rows"]
    shown = speechcx("show", row["call_id"]).out
    assert "es, Spanish (as " in shown
    assert "calls.csv" in shown
    assert "heard in 0% of the speech with words; en 100%" in shown


def test_rules_are_tested_and_covered_by_language(night: Path, speechcx: Speechcx) -> None:
    """`rules test` runs the tests of both, `coverage` counts each over the calls it judges, `try` asks each call."""
    assert 2 == len(speechcx("rules", "test", "--json").json["rows"])
    covered = speechcx("rules", "coverage", "--json").json["rows"]
    assert [("en", 2), ("es", 1)] == [(report["language"], report["searched"]) for report in covered]
    told = {
        rule["rule"]: rule for report in covered for rule in report["rules"] if report["language"] == "en"
    }
    assert (1, 0, 1) == tuple(told["greeting"][key] for key in ("present", "absent", "cannot_tell"))
    assert "small version 1 on the en calls (2)." in speechcx("rules", "coverage").err
    tried = speechcx("rules", "try", "--rule", "greeting", "--json").json
    assert (2, 0, 1) == (tried["present"], tried["absent"], tried["cannot_tell"])
    assert 0 == speechcx("rules", "lint").code


def test_doctor_looks_at_each_rulebook(night: Path, speechcx: Speechcx) -> None:
    """And names the language of one that is wrong."""
    (night / "reglas.yaml").write_text(REGLAS.replace("language: es", "language: pt"))
    found = {row["check"]: row for row in speechcx("doctor", "--json").json["rows"]}
    assert "ok" == found["rulebook en"]["verdict"]
    assert ("fault", True) == (
        found["rulebook es"]["verdict"],
        "is in language 'pt'" in found["rulebook es"]["found"],
    )


def test_a_rulebook_in_another_language_than_the_settings_say_is_refused(
    night: Path, speechcx: Speechcx
) -> None:
    """Before any call is judged; the message says what is in the file, what is expected and what to do."""
    write_config(night, '{en = "reglas.yaml"}')
    ran = speechcx("rejudge")
    assert 12 == ran.code
    for part in (
        "reglas.yaml is in language 'es' and stands for 'en'",
        "language: en",
        "correct `language:`",
    ):
        assert part in " ".join(ran.err.split())


def test_stored_calls_know_their_language(night: Path) -> None:
    """Read back, an assessment equals the one that was saved, its language with it."""
    with Store.open(night / "calls.db", read_only=True) as store:
        found = [store.load_reading(call_id).language for call_id in store.iter_call_ids()]
    assert [("en", 1.0, False), ("es", 1.0, False), ("de", 1.0, False)] == [
        (language.code, language.share, language.is_set) for language in found
    ]

"""The operator's commands: a project is started, run, looked at, and continued."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import TALK, Speechcx, write_call

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "call.schema.json").read_text("utf-8"))


def test_a_run_scores_every_call(project: Path, speechcx: Speechcx) -> None:
    """`run` scores both calls, exits with 0, and prints its summary on stdout only."""
    ran = speechcx("run")
    assert ran.code == 0, ran.err
    assert "2 calls scored" in ran.out
    assert "2 of 2 calls" in ran.err
    again = speechcx("run", "--json")
    assert (0, 0, 2) == (again.code, again.json["done"], again.json["skipped"])


def test_a_bad_file_costs_one_file(project: Path, speechcx: Speechcx) -> None:
    """A broken file and one without metadata are listed with their kind; the run exits with 3."""
    (project / "calls" / "ann_c9_2026-03-02T10-00-00.wav").write_text("<html>not found</html>")
    write_call(project / "calls" / "nobody.wav")
    assert 3 == speechcx("run").code
    rows = {Path(row["path"]).name: row for row in speechcx("failures", "--json").json["rows"]}
    assert {"ann_c9_2026-03-02T10-00-00.wav": "not_audio", "nobody.wav": "metadata_missing"} == {
        name: row["kind"] for name, row in rows.items()
    }
    assert "agent" in rows["nobody.wav"]["message"]
    assert all(row["cure"] for row in rows.values())
    assert 2 == len(speechcx("calls", "--json").json["rows"])


def test_sidecar_heals_missing_metadata(project: Path, speechcx: Speechcx) -> None:
    """A call set aside is scored by the next run once a sidecar says who and when."""
    path = write_call(project / "calls" / "nobody.wav", talk=TALK[:3])
    assert 3 == speechcx("run").code
    sidecar = {"agent": "cem", "started_at": "2026-03-04T11:00:00+01:00"}
    path.with_suffix(".json").write_text(json.dumps(sidecar))
    again = speechcx("run", "--json")
    assert (0, 1) == (again.code, again.json["done"])


def test_explain_shows_where_fields_come_from(project: Path, speechcx: Speechcx) -> None:
    """`run --explain` names the source of each field and touches no database."""
    ran = speechcx("run", "--explain", "calls/ann_c1_2026-03-02T09-15-00.wav", "--json")
    rows = {row["field"]: row for row in ran.json["rows"]}
    assert "ann" == rows["agent"]["value"]
    assert "name" in rows["agent"]["source"]
    assert "2026-03-02" in rows["started_at"]["value"]
    assert not (project / "calls.db").exists()


def test_dry_run_writes_nothing(project: Path, speechcx: Speechcx) -> None:
    """`run --dry-run` says what would be done and makes no database."""
    ran = speechcx("run", "--dry-run")
    assert (0, True) == (ran.code, "To do: 2 recordings, about" in ran.out)
    assert not (project / "calls.db").exists()


def test_analyze_prints_one_document(project: Path, speechcx: Speechcx) -> None:
    """`analyze --json` prints one valid document, without a database."""
    ran = speechcx("analyze", "calls/ann_c1_2026-03-02T09-15-00.wav", "--json")
    assert ran.code == 0, ran.err
    jsonschema.validate(ran.json, SCHEMA)
    assert ["agent", "customer", "agent", "customer"] == [turn["party"] for turn in ran.json["turns"]]
    assert ran.json["turns"][1]["text"].startswith("I want to cancel")
    assert not (project / "calls.db").exists()


def test_analyze_of_several_prints_lines(project: Path, speechcx: Speechcx) -> None:
    """Several files give one JSON line each, a failed one too, and exit code 3."""
    bad = project / "bad.wav"
    bad.write_bytes(b"")
    ran = speechcx("analyze", "calls/ann_c1_2026-03-02T09-15-00.wav", bad, "--json")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 3
    jsonschema.validate(lines[0], SCHEMA)
    assert ("empty", True) == (lines[1]["kind"], lines[1]["failed"])


def test_channels_flag_decides(project: Path, speechcx: Speechcx) -> None:
    """`--channels customer,agent` turns the parties round."""
    ran = speechcx(
        "analyze", "calls/ann_c1_2026-03-02T09-15-00.wav", "--json", "--channels", "customer,agent"
    )
    assert "customer" == ran.json["turns"][0]["party"]


def test_status_and_retry(project: Path, speechcx: Speechcx) -> None:
    """`status` counts what is done and failed, `failures retry` hands failures to the next run."""
    (project / "calls" / "ann_c9_2026-03-02T10-00-00.wav").write_bytes(b"\0" * 5000)
    speechcx("run")
    status = speechcx("status", "--json").json
    assert (2, {"done": 2, "failed": 1}) == (status["calls"], dict(status["files"]))
    named = speechcx("failures", "retry", "./calls/ann_c9_2026-03-02T10-00-00.wav")
    assert (0, True) == (named.code, "1 files" in named.out)
    unknown = speechcx("failures", "retry", "nobody.wav")
    assert (2, True) == (unknown.code, "no failed file is named 'nobody.wav'" in unknown.err)
    assert "1 files" in speechcx("failures", "retry").out
    assert 1 == speechcx("status", "--json").json["backlog"]


def test_init_starts_a_project(tmp_path: Path, speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch) -> None:
    """`init` writes a project that can be read back, and leaves existing files as they are."""
    folder = tmp_path / "new"
    assert 0 == speechcx("init", folder, "--zone", "Europe/Berlin").code
    (folder / "roster.csv").write_text("mine")
    again = speechcx("init", folder)
    assert (0, "mine") == (again.code, (folder / "roster.csv").read_text())
    monkeypatch.chdir(folder)
    settings = {row["setting"]: row for row in speechcx("doctor", "--settings", "--json").json["rows"]}
    assert "Europe/Berlin" == settings["discover.zone"]["value"]
    assert 0 == speechcx("rules", "lint").code


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("run", "--redo", "sometimes"), 2, "one of none"),
        (("run", "nowhere/"), 2, "nowhere"),
        (("run", "--set", "transcribe.modle=x"), 12, "did you mean 'model'"),
        (("run", "--config", "nowhere.toml"), 12, "cannot read"),
        (("analyze", "x.wav", "--channels", "agent,custmer"), 2, "use customer"),
        (("agents", "--db", "nowhere.db"), 10, "nowhere.db"),
        (("calls", "--since", "yesterday"), 2, "YYYY-MM-DD"),
        (("rules", "lint", "nowhere.yaml"), 12, "nowhere.yaml"),
        (("init", "x", "--zone", "Mars/Olympus"), 2, "no time zone"),
        (("init", "x", "--rulebook", "nope"), 2, "starter rulebook"),
        (("search", "x", "--result", "absent"), 2, "--rule"),
    ],
)
def test_wrong_words_get_a_clear_answer(
    project: Path, speechcx: Speechcx, words, code: int, message: str
) -> None:
    """A wrong flag, path or value ends with its own exit code, says what is right, and prints no traceback."""
    ran = speechcx(*words)
    assert code == ran.code, ran.err
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert "" == ran.out


def test_missing_model_is_told_first(
    project: Path, speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without weights a run ends with 13 before any call is taken up, and names the cure."""
    monkeypatch.setenv("SPEECHCX_MODELS", str(project / "no-models"))
    ran = speechcx("run", "--set", "transcribe.engine=whisper", "--model", "small")
    assert 13 == ran.code
    assert "small" in ran.err
    assert "To do" in ran.err


def test_analyze_takes_a_cut_off_file_at_once(project: Path, speechcx: Speechcx) -> None:
    """A file named by hand is analysed although it was just written and ends too early, and is flagged."""
    whole = (project / "calls" / "ann_c1_2026-03-02T09-15-00.wav").read_bytes()
    cut = project / "calls" / "ann_c3_2026-03-02T09-20-00.wav"
    cut.write_bytes(whole[: len(whole) // 2])
    words = project / "calls" / "ann_c1_2026-03-02T09-15-00.transcript.json"
    cut.with_suffix(".transcript.json").write_text(words.read_text())
    ran = speechcx("analyze", cut, "--json", "--set", "discover.settle_s=120")
    assert ran.code == 0, ran.err
    assert "truncated" in ran.json["flags"]


def test_a_dry_run_lists_what_is_done_set_aside_and_left(project: Path, speechcx: Speechcx) -> None:
    """Files to do, those set aside by cause with one cure, and those a limit leaves; no time of 0:00.0 anywhere."""
    for number in range(4):
        (project / "calls" / f"noname{number}.wav").write_bytes(b"RIFF" + bytes(5000))
    ran = speechcx("run", "--dry-run", "--limit", 1)
    lines = [line.strip() for line in ran.out.splitlines()]
    assert "Left for another run by --limit: 1 recording" in lines
    assert "Set aside: 4 recordings" in lines
    assert lines.count("noname0.wav") == 1
    assert "and 1 more" in lines
    assert sum(line.startswith("To do: Give it by sidecar") for line in lines) == 1
    assert ("0:00.0" in ran.out, "speechcx failures" in ran.out + ran.err) == (False, False)
    plan = speechcx("run", "--dry-run", "--json").json
    assert (plan["planned"], len(plan["files"]), plan["causes"][0]["files"]) == (2, 2, 4)


@pytest.mark.parametrize("words", [("run",), ("run", "elsewhere"), ("run", "empty")])
def test_a_run_in_a_wrong_folder_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speechcx: Speechcx, words: tuple[str, ...]
) -> None:
    """Without a recording there is no database, no lock, and a message that says what to do."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    ran = speechcx(*words)
    assert "To do: " in ran.err
    assert ["empty"] == [path.name for path in tmp_path.iterdir()]


def test_without_settings_a_run_says_where_the_results_are(project: Path, speechcx: Speechcx) -> None:
    """A person who forgot to change folders learns at once where the database went."""
    settings = project / "speechcx.toml"
    overrides = [f"--set={line}" for line in ("transcribe.engine='replay'", "sentiment.engine='lexicon'")]
    overrides += ["--set=batch.executor='serial'", "--set=batch.disk_floor_mb=0", "--set=discover.settle_s=0"]
    settings.unlink()
    ran = speechcx("run", "calls", *overrides)
    assert (
        f"There is no speechcx.toml here: the usual settings were used. The results are in {project}/"
        in ran.err
    )


def test_failures_are_told_by_cause_and_each_on_request(project: Path, speechcx: Speechcx) -> None:
    """Five broken files of one kind: one cause, one cure, three examples; `--all` has a row for each."""
    for day in range(10, 15):
        (project / "calls" / f"ann_c9_2026-03-{day}T10-00-00.wav").write_bytes(b"RIFF" + bytes(5000 + day))
    assert speechcx("run").code == 3
    told = speechcx("failures").out
    assert told.startswith("5 files (")
    assert (told.count("To do: "), told.count("ann_c9_"), "and 2 more: speechcx failures --all" in told) == (
        1,
        3,
        True,
    )
    assert speechcx("failures", "--all").out.count("ann_c9_") == 5
    assert len(speechcx("failures", "--csv").out.splitlines()) == 6
    document = speechcx("failures", "--json").json
    assert (len(document["rows"]), document["causes"][0]["files"]) == (5, 5)

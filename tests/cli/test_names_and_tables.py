"""Names, tables, sidecars and times as they arrive, from a folder to the lists: ``cases/names_and_tables.md``."""

from __future__ import annotations

import json
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from speechcx.batch import work_loop
from speechcx.store import Store
from tests import synth
from tests.cli.conftest import CONFIG, RULEBOOK, Ran, Speechcx, write_call
from tests.faults.calls import in_process

STARTED = "2026-03-02T11:05:00-05:00"
TALK = (
    ("agent", 0, 0.5, "Thank you for calling how can I help you"),
    ("customer", 1, 3.5, "this is terrible I hate it"),
    ("agent", 0, 5.5, "I see"),
    ("customer", 1, 6.5, "you are awful and this is a terrible mess"),
    ("agent", 0, 10.0, "all right"),
    ("customer", 1, 11.0, "I am angry and this is the worst terrible awful thing"),
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call whose customer is displeased, with its words beside it."""
    return write_call(tmp_path_factory.mktemp("sound") / "call.wav", talk=TALK)


class Night:
    """A project without calls, whose folder is filled by the test."""

    def __init__(self, folder: Path, sound: Path, speechcx: Speechcx) -> None:
        self.calls = folder / "calls"
        self.calls.mkdir()
        self.folder = folder
        self.sound = sound
        self.speechcx = speechcx
        (folder / "speechcx.toml").write_text(CONFIG.replace("Europe/Berlin", "America/New_York"))
        (folder / "rulebook.yaml").write_text(RULEBOOK)

    def record(self, *names: str, **sidecar: object) -> None:
        """Recordings of these names, each other bytes than the one before; `sidecar` goes beside each."""
        for name in names:
            path = self.calls / name
            number = len(list(self.calls.iterdir()))
            # Another byte behind the sound makes it another call.
            data = bytearray(self.sound.read_bytes())
            data[-2:] = number.to_bytes(2, "little")
            path.write_bytes(data)
            shutil.copy(self.sound.with_suffix(".transcript.json"), path.with_suffix(".transcript.json"))
            if sidecar:
                path.with_suffix(".json").write_text(json.dumps(sidecar))

    def table(self, text: str, name: str = "calls.csv") -> None:
        """A calls table beside the recordings."""
        (self.calls / name).write_text(text, "utf-8")

    def run(self, *settings: str) -> Ran:
        """A run with these settings."""
        flags = [word for setting in settings for word in ("--set", setting)]
        return self.speechcx("run", *flags)

    def calls_by_file(self) -> dict[str, dict[str, Any]]:
        """Rows of ``calls --json`` by the name of their file."""
        rows = self.speechcx("calls", "--json", "--limit", "100").json["rows"]
        with Store.open(self.folder / "calls.db", read_only=True) as store:
            paths = {row["call_id"]: store.load(row["call_id"]).conversation.recording.path for row in rows}
        return {Path(paths[row["call_id"]]).name: row for row in rows}

    def not_taken(self) -> set[str]:
        """Names of the files that ``status`` lists as not taken."""
        left = self.speechcx("status", "--json").json["left_out"]
        return {Path(file["path"]).name for file in left["not_taken"]}

    def failures(self) -> dict[str, tuple[str, str]]:
        """Kind and message of each file that is not scored, by name."""
        rows = self.speechcx("failures", "--json").json["rows"]
        return {Path(row["path"]).name: (row["kind"], row["message"]) for row in rows}


@pytest.fixture
def night(tmp_path: Path, sound: Path, speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch) -> Night:
    monkeypatch.chdir(tmp_path)
    # No test waits for a worker to start.
    monkeypatch.setattr(work_loop, "find_crew", in_process)
    return Night(tmp_path, sound, speechcx)


def test_a_name_in_utc_counts_for_the_centres_hour(night: Night) -> None:
    """Amazon Connect writes UTC into the name: 09:15 is 04:15 in New York."""
    name = "8f6c0a1e-55aa-4c1b-9d11-0c9b2f6f9d01_20260302T09:15_UTC.wav"
    night.record(name, agent="maria")
    assert 0 == night.run('discover.patterns=["{contact}_{started:%Y%m%dT%H:%M}_UTC"]').code
    (row,) = night.calls_by_file().values()
    assert ("2026-03-02", 4) == (row["local_day"], row["local_hour"])


def test_an_instant_counts_for_the_centres_day_and_team(night: Night) -> None:
    """03:30 UTC of 5 March is the evening of the 4th in New York, when Maria was still in the blue team."""
    night.record(
        "x1.wav", agent="maria", customer="E1", started_at="2026-03-05T03:30:00Z", zone="America/New_York"
    )
    (night.folder / "roster.csv").write_text(
        "agent,name,team,center,valid_from,valid_to\n"
        "maria,Maria,blue,NY,,2026-03-04\nmaria,Maria,green,NY,2026-03-05,\n"
    )
    assert 0 == night.run('files.roster="roster.csv"').code
    (row,) = night.calls_by_file().values()
    assert ("2026-03-04", 22, "blue") == (row["local_day"], row["local_hour"], row["team"])


def test_a_zone_in_the_time_format_is_meant(night: Night) -> None:
    """``%Z`` reads the UTC that stands behind the time."""
    night.record("x1.wav", agent="maria", started_at="2026-03-02 09:15:00 UTC")
    assert 0 == night.run('discover.time_format="%Y-%m-%d %H:%M:%S %Z"').code
    (row,) = night.calls_by_file().values()
    assert ("2026-03-02", 4) == (row["local_day"], row["local_hour"])


def test_a_bare_quote_in_a_table_costs_its_row(night: Night) -> None:
    """The night goes on, the row is named by file and line."""
    night.record("call_20.wav", "call_21.wav", "call_22.wav")
    night.table(
        "file,agent,customer,started_at,queue\n"
        f"call_20.wav,maria,C20,{STARTED},billing\n"
        f'call_21.wav,maria,"Smith" <5551234>,{STARTED},billing\n'
        f"call_22.wav,maria,C22,{STARTED},billing\n"
    )
    ran = night.run()
    assert 3 == ran.code
    assert "calls.csv line 3" in ran.out + ran.err
    assert {"call_20.wav", "call_22.wav"} == set(night.calls_by_file())
    ((name, (kind, message)),) = night.failures().items()
    assert ("call_21.wav", "metadata_missing") == (name, kind)
    assert "calls.csv line 3" in message


@pytest.mark.parametrize(
    ("line", "team"),
    [("maria,Maria,blue,NY,,", "blue"), (",Total,,,,", "blue")],
    ids=["the same line twice", "a line without agent"],
)
def test_a_bad_line_of_the_roster_costs_itself(night: Night, line: str, team: str) -> None:
    """The night goes on with the rest of the roster, the line is named."""
    night.record("x1.wav", agent="maria", started_at=STARTED)
    (night.folder / "roster.csv").write_text(
        f"agent,name,team,center,valid_from,valid_to\nmaria,Maria,blue,NY,,\n{line}\n"
    )
    ran = night.run('files.roster="roster.csv"')
    assert 0 == ran.code, ran.err
    assert "roster.csv line 3" in ran.out + ran.err
    (row,) = night.calls_by_file().values()
    assert team == row["team"]


def test_wav49_and_wav16_are_taken_and_vox_is_named(night: Night) -> None:
    """A ``.vox`` says nothing of itself: it ends in the list with the way to take it, and is taken then."""
    stem = "maria_1051_2026-03-02T09"
    night.record(f"{stem}-15-00.wav16")
    for minute in (25, 35):
        shutil.copy(
            night.sound.with_suffix(".transcript.json"), night.calls / f"{stem}-{minute}-00.transcript.json"
        )
    synth.write_gsm_wav(night.calls / f"{stem}-25-00.wav49", synth.two_speaker_call().sound.mean(axis=0))
    (night.calls / f"{stem}-35-00.vox").write_bytes(
        synth.dialogic_bytes(synth.two_speaker_call().sound.mean(axis=0))
    )
    assert 0 == night.run().code
    assert {f"{stem}-15-00.wav16", f"{stem}-25-00.wav49"} == set(night.calls_by_file())
    assert {f"{stem}-35-00.vox"} == night.not_taken() & {f"{stem}-35-00.vox"}
    assert 0 == night.run('audio.headerless=[".vox=dialogic"]').code
    assert 3 == len(night.calls_by_file())


def test_the_file_column_is_matched_as_it_is_exported(night: Night) -> None:
    """Windows paths, buckets, other capitals, names without ending, folders, and letters in two forms."""
    night.record("call_17.wav", "call_18.wav", "CALL_19.WAV", "call_20.wav")
    night.record(unicodedata.normalize("NFD", "caf\u00e9_21.wav"))
    (night.calls / "recordings").mkdir()
    night.record("recordings/call_22.wav")
    named = (
        r"D:\Recordings\2026\03\call_17.wav", "s3://bucket/2026/call_18.wav", "call_19.wav", "call_20",
        unicodedata.normalize("NFC", "caf\u00e9_21.wav"), "recordings/call_22.wav",
    )  # fmt: skip
    rows = "".join(f"{file},maria,C{i},2026-03-02T11:{i:02d}:00-05:00\n" for i, file in enumerate(named))
    night.table("file,agent,customer,started_at\n" + rows)
    ran = night.run()
    assert 0 == ran.code, ran.out + ran.err
    assert [f"C{i}" for i in range(6)] == sorted(row["customer"] for row in night.calls_by_file().values())


@pytest.mark.parametrize(
    "head",
    ["sep=;\nfile;agent;customer;started_at\n", "File Name;Agent;Customer;Start Time\n"],
    ids=["sep=;", "headings of a person"],
)
def test_a_table_of_a_spreadsheet_is_read(night: Night, head: str) -> None:
    """A ``sep=`` line is no heading, and headings are understood."""
    night.record("a.wav")
    night.table(f"{head}a.wav;maria;C1;2026-03-02T11:05:00\n")
    assert 0 == night.run().code
    (row,) = night.calls_by_file().values()
    assert ("maria", "C1", "2026-03-02", 11) == tuple(
        row[name] for name in ("agent", "customer", "local_day", "local_hour")
    )


@pytest.mark.parametrize(
    "text",
    [
        '[{"start": 0.0, "text": "hi"}]',
        json.dumps({"words": ["x" * 100] * 12_000}),
        '{"start":0.0,"end":29.4,"text":"hi"}',
    ],
    ids=["a list", "over 1 MiB", "times of its own"],
)
def test_a_transcript_beside_a_recording_is_no_sidecar(night: Night, text: str) -> None:
    """Another tool's JSON is left alone, and counted."""
    name = "maria_1051_2026-03-02T09-25-00"
    night.record(f"{name}.wav")
    (night.calls / f"{name}.json").write_text(text)
    assert 0 == night.run().code
    assert {f"{name}.wav"} == set(night.calls_by_file())
    assert f"{name}.json" in night.not_taken()


def test_a_withheld_number_is_nobody_to_call_back(night: Night) -> None:
    """Two calls of "anonymous" that end badly are no customer of ``callbacks``; one of a known number is."""
    night.record("maria_anonymous_2026-03-02T09-25-00.wav", "tom_anonymous_2026-03-02T10-25-00.wav")
    night.record("tom_5551234_2026-03-02T11-25-00.wav")
    assert 0 == night.run().code
    assert [None, None, "5551234"] == sorted(
        (row["customer"] for row in night.calls_by_file().values()), key=lambda name: name or ""
    )
    assert ["5551234"] == [row["customer"] for row in night.speechcx("callbacks", "--json").json["rows"]]


def test_agents_in_other_capitals_are_one_by_setting(night: Night) -> None:
    """``maria`` and ``MARIA`` in names of files are two people, unless it is said that they are not."""
    night.record("maria_1_2026-03-02T09-25-00.wav", "MARIA_2_2026-03-02T10-25-00.wav")
    assert 0 == night.run().code
    assert 2 == len(night.speechcx("agents", "--json").json["rows"])
    (night.folder / "calls.db").unlink()
    assert 0 == night.run("discover.agents_ignore_case=true").code
    ((agent, calls),) = ((row["key"], row["n"]) for row in night.speechcx("agents", "--json").json["rows"])
    assert ("maria", 2) == (agent.lower(), calls)


def test_two_recordings_of_one_call_are_counted_once(night: Night) -> None:
    """Also where the second comes a night later: it is kept, named with the reason, and counts no more."""
    night.record("maria_5551234_2026-03-02T09-25-00.wav")
    assert 0 == night.run().code
    night.record("maria_5551234_2026-03-02T09-25-02.wav")
    ran = night.run()
    assert (0, True) == (ran.code, "1 second recording of a call, not counted" in ran.out)
    assert ["maria_5551234_2026-03-02T09-25-00.wav"] == list(night.calls_by_file())
    status = night.speechcx("status")
    assert "1 second recordings of one call" in status.out
    # Long paths are broken over lines.
    assert "maria_5551234_2026-03-02T09-25-02.wav:thesamecallas" in "".join(status.out.split())
    assert (1, 1) == tuple(night.speechcx("status", "--json").json[name] for name in ("calls", "superseded"))


def test_a_table_that_names_no_files_is_told_with_the_reason(night: Night) -> None:
    """``run`` and ``status`` say in words which table was passed over, and why."""
    night.record("maria_1051_2026-03-02T09-25-00.wav")
    night.table("agent,queue\nmaria,billing\n", "export.csv")
    for typed in ("run", "status"):
        out = "".join(night.speechcx(typed).out.split())
        assert "export.csv:" in out, out
        assert "column" in out

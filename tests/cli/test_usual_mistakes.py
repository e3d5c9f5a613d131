"""What people get wrong: each message names the mistake, and what to type instead."""

import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Speechcx
from tests.cli.stored import fill_project

MISTAKES = (
    # what is typed, what the message names, what it says to do
    ("agnets", "no command 'agnets'", "speechcx agents"),
    ("delete ann", "no command 'delete'", "speechcx --help"),
    ("rules lnt", "no command 'lnt'", "speechcx rules lint"),
    ("show nosuch", "no call is named 'nosuch'", "`speechcx calls`"),
    ("show ann_c9.wav", "no call is named 'ann_c9.wav'", "did you mean ann.wav"),
    ("flags show nosuch", "no call is named 'nosuch'", "`speechcx calls`"),
    ("flags set ann --status confirmd", "--status 'confirmd'", "use confirmed"),
    ("agents --period March", "--period 'March'", "a period such as 2026-09-14"),
    ("agents --since 03/02/2026", "--since '03/02/2026'", "write YYYY-MM-DD"),
    ("agents --since 2026-03-05 --until 2026-03-01", "2026-03-05 is after --until 2026-03-01", "swap them"),
    ("agents --agent anne", "No agent 'anne'", "the nearest is 'ann'"),
    ("agent carterr", "no agent 'carterr'", "nearest: Ann Carter (ann)"),
    ("calls --agent smith", "2 agents go by 'smith'", "use one of bob, cid"),
    ("trends --by taem", "cannot divide by 'taem'", "use team"),
    ("calls --sort oldst", "cannot sort by 'oldst'", "use oldest"),
    ("calls --columns agnet", "cannot show the column 'agnet'", "use agent"),
    ("agents --columns scor", "--columns 'scor'", "use score"),
    ("agents --where campaign", "--where 'campaign'", "KEY=VALUE"),
    ("agents --json --csv", "--json and --csv together", "one of them"),
    ("failures --kind emty", "no failure kind 'emty'", "use empty"),
    ("failures retry nosuch", "no failed file is named 'nosuch'", "`speechcx failures`"),
    ("run nowhere", "no file or folder", "correct the path"),
    ("run --redo faild", "--redo 'faild'", "use failed"),
    ("run --shard 7/5", "shard '7/5'", "--shard 2/5"),
    ("run --set transcribe.modle=x", "no setting 'modle'", "did you mean 'model'"),
    ("analyze nowhere.wav", "there is no file of that name", "correct the path"),
    ("analyze notes.txt", "this is a text file", "Move it out of the recordings folder"),
    ("init x --zone Mars/Olympus", "no time zone 'Mars/Olympus'", "an IANA name such as Europe/Berlin"),
    ("init x --rulebook complience", "no starter rulebook 'complience'", "use compliance"),
    ("init x --layout asterix", "no layout 'asterix'", "`speechcx layouts list`"),
    ("init x --roster nowhere.csv", "no roster 'nowhere.csv'", "correct --roster"),
    ("layouts try odd", "No known layout reads the name in odd", "docs/recordings.md"),
    ("layouts try bare", "There are no recordings in bare", "name the folder that the recorder writes to"),
    ("agents --db nowhere.db", "there is no database at nowhere.db", "`speechcx run`"),
    ("agents --db empty.db", "empty.db is empty", "name another file with --db"),
    ("agents --db notes.txt", "notes.txt cannot be read as a database", "name another file with --db"),
    ("search --rule greetng", "No rule 'greetng'", "the nearest is 'greeting'"),
    ("flags --rule greeing", "No rule 'greeing'", "the nearest is 'greeting'"),
    ("show '#99'", "no call is named '#99'", "`speechcx calls`"),
    ("flags show '#1.999'", "no flags of call", "list them by `speechcx flags"),
    ("agents --limt 5", "no option '--limt'", "leave it out"),
    ("flags --ruel x", "no option '--ruel'", "use --rule"),
    ("show", "no CALL is given", "for example `speechcx show"),
    ("calls --limit many", "the value of --limit does not fit", "correct it"),
    ("agents --config nowhere.toml", "cannot read nowhere.toml", "`speechcx init`"),
    ("agents --config bad.toml", "bad.toml is not TOML", "correct that line"),
    ("rules try '(card'", "a bracket is still open", "docs/rules.md"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two stored calls, and some files that are not what people take them for."""
    folder = tmp_path_factory.mktemp("mistakes")
    fill_project(folder)
    (folder / "notes.txt").write_text("Call the customer back.\n")
    (folder / "empty.db").touch()
    (folder / "bad.toml").write_text("[files\n")
    (folder / "bare").mkdir()
    (folder / "odd").mkdir()
    (folder / "odd" / "zzz.wav").write_bytes(b"RIFF")
    return folder


@pytest.fixture
def here(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That folder as working directory, with agents that have names."""
    from speechcx.store import Store
    from tests.ask.archive import Line

    monkeypatch.chdir(made)
    with Store.open(made / "calls.db") as store:
        store.sync_roster([Line("ann", "cards", name="Ann Carter"), Line("bob", "loans", name="Bob Smith"),
                           Line("cid", "loans", name="Cid Smith")])  # fmt: skip


def test_there_are_25_of_them() -> None:
    """The list of the people who tried it has at least this many."""
    assert len(MISTAKES) >= 25


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("typed", "mistake", "cure"), MISTAKES, ids=[typed for typed, *_ in MISTAKES])
def test_the_message_names_the_mistake_and_the_way_out(
    speechcx: Speechcx, typed: str, mistake: str, cure: str
) -> None:
    """Nothing on stdout, the mistake as it was typed, and what to do; no traceback, no usage dump."""
    ran = speechcx(*shlex.split(typed))
    assert ran.out == ""
    assert mistake in ran.err
    assert cure in ran.err
    assert ("Usage:" in ran.err, "unexpected" in ran.err) == (False, False)
    assert (ran.code == 0) == ("the nearest is" in cure)

"""The two calls of the small project as stored calls, without hearing them: quick, and none of it can fail."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from speechcx.call import Call
from speechcx.store import FileStats, RunInfo, Store
from tests.cli.conftest import CONFIG, RULEBOOK, TALK
from tests.factories import make_assessment, make_conversation, make_hit, make_recording, make_result

DIGEST = hashlib.sha256(RULEBOOK.encode()).hexdigest()


def make_stored(
    folder: Path, name: str, talk: tuple[tuple[str, int, float, str], ...], **who: object
) -> Call:
    """One call: greeting as said, the recording beside it in `folder`."""
    path = folder / "calls" / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = f"the sound of {name}".encode()
    path.write_bytes(sound)
    recording = make_recording(name, path=str(path), **who)
    sha = hashlib.sha256(sound).hexdigest()
    recording = type(recording)(sha[:16], recording.path, sha, len(sound), recording.details)
    heard = make_conversation(
        [(f"ch{channel}", start, text) for _, channel, start, text in talk], recording=recording
    )
    greeted = talk[0][0] == "agent"
    hit = make_hit("greeting", 0, party="agent", start_s=0.5, end_s=1.7, quote="Thank you for calling")
    result = make_result(
        "greeting", title="Greets the caller", kind="compliance", severity="critical", expect="present",
        value="present" if greeted else "absent", flagged=not greeted, hits=(hit,) if greeted else (),
        why='the agent at 0:00 "Thank you for calling"' if greeted else 'said "thank you for calling": not found',
    )  # fmt: skip
    judged = make_assessment(heard, results=(result,), scores=())
    return Call(heard, type(judged)("small", "1", DIGEST, judged.reading, judged.results, ()))


def fill_project(folder: Path) -> Path:
    """A project folder with a database of both calls; returns the database."""
    (folder / "speechcx.toml").write_text(CONFIG)
    (folder / "rulebook.yaml").write_text(RULEBOOK)
    with Store.open(folder / "calls.db", create=True) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        run_id = store.ledger.begin_run(RunInfo())
        for name, talk, day in (("ann", TALK, 2), ("bob", TALK[1:], 3)):
            start = datetime(2026, 3, day, 9, tzinfo=UTC)
            call = make_stored(folder, name, talk, agent=name, customer=f"c-{name}", started_at=start)
            stat = Path(call.conversation.recording.path).stat()
            store.ledger.save_outcome(run_id, call, FileStats(stat.st_size, stat.st_mtime_ns))
        store.save_rulebook(DIGEST, name="small", version="1", source=RULEBOOK)
    return folder / "calls.db"

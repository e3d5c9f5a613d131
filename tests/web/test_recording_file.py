"""Which file is played: the one that was heard, in stretches, or none with the reason."""

import io
import os
import wave
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.call import Call, RedactedSpan, Redaction, Span
from speechcx.web.pages.audio import read_range
from speechcx.web.recording_file import CHANGED, GONE, Recordings
from tests.web.house import House, make_marked_call, make_wav, texts_of


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """A call with its recording."""
    return make_marked_call(tmp_path, texts_of("ann", 0), 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bytes=0-9", (0, 10)), ("bytes=90-", (90, 100)), ("bytes=-10", (90, 100)), ("bytes=-500", (0, 100)),
        ("bytes=50-500", (50, 100)), ("bytes=100-", (0, 0)), ("bytes=-0", (0, 0)), ("bytes=9-3", None),
        ("bytes=0-1,5-6", None), ("", None), ("bytes=-", None), ("bytes=x", None), ("items=0-9", None),
        ("bytes=99999999999999999-", (0, 0)),
    ],
)  # fmt: skip
def test_a_range_is_read_as_the_standard_says(text: str, expected: tuple[int, int] | None) -> None:
    """Of a hundred bytes; what cannot be read asks for the whole."""
    assert expected == read_range(text, 100)


def test_a_player_gets_the_stretch_it_asks_for(house: House) -> None:
    """A range is answered with those bytes and where they lie; one behind the end with the length."""
    path = f"/call/{house.calls['ann'][0]}/audio"
    whole = house.ask("ann", path).content
    part = house.ask("ann", path, headers={"range": "bytes=100-199"})
    assert (206, whole[100:200]) == (part.status_code, part.content)
    assert f"bytes 100-199/{len(whole)}" == part.headers["content-range"]
    beyond = house.ask("ann", path, headers={"range": f"bytes={len(whole)}-"})
    assert (416, f"bytes */{len(whole)}") == (beyond.status_code, beyond.headers["content-range"])


def test_another_file_of_the_name_is_not_played(call: Call) -> None:
    """Bytes that were not heard are never played, whatever their name, size or time."""
    recording = call.conversation.recording
    path = Path(recording.path)
    recordings = Recordings(path.parent)
    paths = (recording.path,)
    assert "" == recordings.find_trouble(recording, paths)
    assert recordings.open(call, paths) is not None
    status = path.stat()
    path.write_bytes(bytes(recording.size_bytes))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert recordings.open(call, paths) is None
    path.write_bytes(b"short")
    assert CHANGED == recordings.find_trouble(recording, paths)
    path.unlink()
    assert GONE == recordings.find_trouble(recording, paths)
    path.mkdir()
    assert GONE == recordings.find_trouble(recording, paths)
    assert recordings.open(call, paths) is None


def test_a_copy_elsewhere_is_played(call: Call, tmp_path: Path) -> None:
    """Where one file is gone, another one with the same bytes does."""
    copy = tmp_path / "copy.wav"
    Path(call.conversation.recording.path).rename(copy)
    played = Recordings(tmp_path).open(call, (call.conversation.recording.path, str(copy)))
    assert played is not None
    assert copy.stat().st_size == played.length
    played.file.close()


def test_a_codec_that_browsers_do_not_play_is_sent_as_wav(call: Call, tmp_path: Path) -> None:
    """A recording in another codec is decoded once and sent as plain sound."""
    from dataclasses import replace

    heard = replace(call.conversation, origin=replace(call.conversation.origin, codec="gsm"))
    recordings = Recordings(tmp_path)
    for _ in range(2):
        played = recordings.open(replace(call, conversation=heard), (call.conversation.recording.path,))
        assert played is not None
        assert os.readlink(f"/proc/self/fd/{played.file.fileno()}").startswith(f"{tmp_path}/#"), (
            "no name, not in /tmp"
        )
        body = played.file.read()
        played.file.close()
        with wave.open(io.BytesIO(body)) as sound:
            assert (2, 8000, 14 * 8000) == (sound.getnchannels(), sound.getframerate(), sound.getnframes())
    assert make_wav(1.0, "x").startswith(b"RIFF")


def test_a_page_works_when_the_recording_is_gone(own_house: House) -> None:
    """The page says that the recording is gone and still shows words and outline; the sound is not there."""
    from speechcx.store import Store

    call_id = own_house.calls["ann"][0]
    with Store.open(own_house.site.database) as store:
        path = Path(store.load(call_id).conversation.recording.path)
    hidden = path.with_suffix(".hidden")
    path.rename(hidden)
    try:
        shown = own_house.ask("ann", f"/call/{call_id}")
        assert GONE in shown.text
        assert "you hear from my lawyer" in shown.text
        assert '<path class="wave' in shown.text
        assert 404 == own_house.ask("ann", f"/call/{call_id}/audio").status_code
    finally:
        hidden.rename(path)


def test_the_player_is_silent_where_something_was_taken_out(call: Call) -> None:
    """Of a call with a card number in it, the number cannot be heard, also where the file itself could be played."""
    heard = call.conversation
    span = RedactedSpan(0, "card", Span(0.5, 1.0), 4)
    redacted = replace(call, conversation=replace(heard, redaction=Redaction(("card",), (span,))))
    recordings = Recordings(Path(heard.recording.path).parent)
    whole, muted = (recordings.open(one, (heard.recording.path,)) for one in (call, redacted))
    assert whole is not None
    assert muted is not None
    with wave.open(whole.file) as reader:
        before, rate_hz, frame = (
            reader.readframes(reader.getnframes()),
            reader.getframerate(),
            reader.getnchannels() * 2,
        )
    with wave.open(muted.file) as reader:
        after = reader.readframes(reader.getnframes())
    first, end = int(0.26 * rate_hz) * frame, int(1.24 * rate_hz) * frame
    assert len(before) == len(after)
    assert any(before[first:end])
    assert not any(after[first:end])
    assert before[end + int(0.1 * rate_hz) * frame :] == after[end + int(0.1 * rate_hz) * frame :]

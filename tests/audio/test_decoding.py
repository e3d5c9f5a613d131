"""From file to samples: the table of formats, bad files, limits, odd names and streams."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.audio import AudioSettings, decode
from speechcx.audio.decoding import draw_peaks
from speechcx.call import Audio, Details
from speechcx.errors import CallError
from tests.audio.conftest import Decode, recording_of
from tests.faults.media import BadFile, bad_files, encoded, wav_header
from tests.synth import (
    alaw_bytes,
    dialogic_bytes,
    loudest_hz,
    mulaw_bytes,
    rms_dbov,
    sample_bytes,
    speech_like,
    through_microphone,
    tone,
    wav_bytes,
    write_encoded,
    write_gsm_wav,
)

SECONDS = 3.0
TONES_HZ = (440.0, 1000.0)


@dataclass(frozen=True)
class Case:
    """One line of the format table: how to write it, and how good it must come back."""

    name: str
    how: str
    codec: str
    rate_hz: int = 8000
    channels: int = 1
    noise_db: float = 30.0
    padding_s: float = 0.0


def wav_cases() -> list[Case]:
    names = {
        "pcm8": ("pcm_u8", 35), "pcm16": ("pcm_s16le", 60), "pcm24": ("pcm_s24le", 60), "pcm32": ("pcm_s32le", 60),
        "float32": ("pcm_f32le", 60), "float64": ("pcm_f64le", 60), "mulaw": ("pcm_mulaw", 30),
        "alaw": ("pcm_alaw", 30),
    }  # fmt: skip
    return [
        Case(f"{encoding}.wav", encoding, codec, rate_hz, channels, noise_db)
        for encoding, (codec, noise_db) in names.items()
        for rate_hz in (8000, 16000, 44100)
        for channels in (1, 2)
    ]


RAW = {
    ".ulaw": "mulaw", ".ul": "mulaw", ".mulaw": "mulaw", ".alaw": "alaw", ".al": "alaw", ".sln": "pcm16",
    ".sln16": "pcm16",
}  # fmt: skip
ENCODED = [
    Case("a.mp3", "libmp3lame", "mp3", rate, channels, 15)
    for rate in (8000, 16000, 44100)
    for channels in (1, 2)
] + [
    Case("a.ogg", "libopus", "opus", 8000, 1, 10),
    Case("a.opus", "libopus", "opus", 16000, 2, 10),
    Case("a.webm", "libopus", "opus", 48000, 1, 10),
    Case("a.flac", "flac", "flac", 8000, 1, 60),
    Case("a.flac", "flac", "flac", 44100, 2, 60),
    Case("six.flac", "flac", "flac", 48000, 6, 60),
    Case("a.m4a", "aac", "aac", 8000, 1, 15),
    Case("a.m4a", "aac", "aac", 44100, 2, 15),
    Case("a.m4a", "alac", "alac", 8000, 2, 60),
    # Neither names the silence that the encoder put around the sound.
    Case("a.aac", "aac", "aac", 16000, 1, 15, 0.1),
    Case("a.mka", "pcm_s16le", "pcm_s16le", 8000, 2, 60),
    Case("a.amr", "libopencore_amrnb", "amr_nb", 8000, 1, 5),
    Case("a.3gp", "libopencore_amrnb", "amr_nb", 8000, 1, 5),
    Case("a.g722", "g722", "adpcm_g722", 16000, 1, 20),
    Case("ima.wav", "adpcm_ima_wav", "adpcm_ima_wav", 8000, 1, 20, 0.1),
    Case("ms.wav", "adpcm_ms", "adpcm_ms", 8000, 2, 15),
    Case("g726.wav", "g726", "adpcm_g726", 8000, 1, 15),
    Case("mp3.wav", "libmp3lame", "mp3", 8000, 1, 15, 0.15),
    Case("a.au", "pcm_mulaw", "pcm_mulaw", 8000, 1, 30),
    Case("a.aiff", "pcm_s16be", "pcm_s16be", 8000, 2, 60),
    Case("a.caf", "pcm_s16le", "pcm_s16le", 8000, 1, 60),
    Case("a.w64", "pcm_s16le", "pcm_s16le", 16000, 1, 60),
    Case("a.wma", "wmav2", "wmav2", 44100, 1, 10),
]


def tones(rate_hz: int, channels: int) -> np.ndarray:
    return np.stack([tone(TONES_HZ[no % 2], SECONDS, rate_hz, level_dbov=-15 - no) for no in range(channels)])


def noise_gap_db(channel: np.ndarray, hz: float, rate_hz: int) -> float:
    """How far all that is not the tone lies under the tone, in the middle of the sound."""
    middle = channel[rate_hz // 2 : rate_hz * 5 // 2].astype(np.float64)
    time_s = np.arange(middle.size) / rate_hz
    basis = np.stack([np.sin(2 * np.pi * hz * time_s), np.cos(2 * np.pi * hz * time_s)])
    kept = (basis @ middle * 2 / middle.size) @ basis
    return 10 * np.log10(np.mean(kept**2) / (np.mean((middle - kept) ** 2) + 1e-9))


def check(audio: Audio, case: Case) -> None:
    assert audio.origin.codec == case.codec
    assert audio.origin.channels == audio.samples.shape[0] == case.channels
    assert audio.origin.rate_hz == (48000 if case.codec == "opus" else case.rate_hz)
    assert audio.rate_hz == min(16000, audio.origin.rate_hz)
    assert audio.duration_s == pytest.approx(SECONDS, abs=max(0.01 * SECONDS, 0.06) + case.padding_s)
    bare = {".amr", ".aac", ".g722", ".ulaw", ".ul", ".mulaw", ".alaw", ".al", ".sln", ".sln16", ".pcm"}
    unverified = ("length_unverified",) if Path(case.name).suffix.lower() in bare else ()
    assert audio.origin.flags == unverified
    assert audio.origin.damaged_packets == 0
    for no, channel in enumerate(audio.samples):
        assert loudest_hz(channel, audio.rate_hz) == pytest.approx(TONES_HZ[no % 2], abs=1.5)
        assert noise_gap_db(channel, TONES_HZ[no % 2], audio.rate_hz) > case.noise_db
        middle = channel[audio.rate_hz // 2 : audio.rate_hz * 5 // 2]
        assert rms_dbov(middle / 32768) == pytest.approx(-15 - no, abs=4 if case.codec == "amr_nb" else 1.5)


@pytest.mark.parametrize("case", wav_cases(), ids=lambda case: f"{case.how}-{case.rate_hz}-{case.channels}")
def test_wav(case: Case, decode_bytes: Decode) -> None:
    """Every WAV encoding keeps its channels, length, tone and level."""
    content = wav_bytes(tones(case.rate_hz, case.channels), case.rate_hz, case.how)
    audio = decode_bytes(content)
    check(audio, case)
    assert audio.origin.length_verified


@pytest.mark.parametrize(
    "case", ENCODED, ids=lambda case: f"{case.how}-{case.name}-{case.rate_hz}-{case.channels}"
)
def test_encoded(case: Case, tmp_path: Path) -> None:
    """Every compressed format keeps its channels, length, tone and level."""
    path = tmp_path / case.name
    sound = tones(case.rate_hz, case.channels)
    # AMR at its best mode and MP3 at a fair rate, so that the tone stands out of the coding noise.
    bit_rate = {"libopencore_amrnb": 12200, "libmp3lame": 32000, "wmav2": 64000}.get(case.how)
    write_encoded(path, sound, case.rate_hz, codec=case.how, bit_rate=bit_rate)
    check(decode(recording_of(path), AudioSettings()), case)


def test_gsm_wav(tmp_path: Path) -> None:
    """The GSM WAV that PBXes write is read whole."""
    path = write_gsm_wav(tmp_path / "a.WAV", tones(8000, 1))
    check(decode(recording_of(path), AudioSettings()), Case("a.WAV", "", "gsm_ms", noise_db=5))


def test_vorbis(tmp_path: Path) -> None:
    """Ogg Vorbis is read whole."""
    import soundfile

    path = tmp_path / "a.ogg"
    soundfile.write(path, tones(16000, 2).T, 16000, format="OGG", subtype="VORBIS")
    check(decode(recording_of(path), AudioSettings()), Case("a.ogg", "", "vorbis", 16000, 2, 15))


@pytest.mark.parametrize("extension", RAW)
def test_headerless(extension: str, decode_bytes: Decode) -> None:
    """A file without a header is read by its extension, and its length is not called verified."""
    rate_hz = 16000 if extension == ".sln16" else 8000
    encoding = RAW[extension]
    audio = decode_bytes(sample_bytes(tones(rate_hz, 1)[0], encoding), f"A{extension.upper()}")
    codec = {"pcm16": "pcm_s16le"}.get(encoding, f"pcm_{encoding}")
    check(audio, Case(f"a{extension}", "", codec, rate_hz, noise_db=30))
    assert audio.origin.declared_duration_s is None
    assert not audio.origin.length_verified


def test_headerless_by_setting(decode_bytes: Decode) -> None:
    """Rate, channels and further extensions of headerless files are settings."""
    settings = AudioSettings(headerless_rate_hz=16000, headerless_channels=2, headerless=(".pcm=alaw",))
    content = alaw_bytes(tones(16000, 2).T.reshape(-1))
    check(decode_bytes(content, "x.pcm", settings), Case("x.pcm", "", "pcm_alaw", 16000, 2, 30))


def test_dialogic_vox(decode_bytes: Decode) -> None:
    """The 4-bit and the 8-bit files of Dialogic boards are read where a setting names them."""
    settings = AudioSettings(headerless=(".vox=dialogic",))
    audio = decode_bytes(dialogic_bytes(tone(440, 3.0)), "x.vox", settings)
    assert (audio.origin.container, audio.origin.codec) == ("vox", "adpcm_ima_oki")
    assert audio.duration_s == 3.0
    assert loudest_hz(audio.samples[0], 8000) == pytest.approx(440, abs=1.5)
    assert noise_gap_db(audio.samples[0], 440, 8000) > 15
    assert rms_dbov(audio.samples[0] / 32768) == pytest.approx(-20, abs=1)
    plain = decode_bytes(mulaw_bytes(tone(440, 3.0)), "x.vox", AudioSettings(headerless=(".vox=mulaw",)))
    assert (plain.origin.codec, plain.duration_s) == ("pcm_mulaw", 3.0)


@pytest.mark.parametrize("fake", bad_files(), ids=lambda fake: fake.name)
def test_bad_files(fake: BadFile, tmp_path: Path) -> None:
    """Every bad file ends as its own kind of failure, or carries the flags of what is wrong with it."""
    (tmp_path / "neighbour.wav").write_bytes(wav_bytes(tone(440, 60.0)))
    path = tmp_path / fake.name
    path.write_bytes(fake.content)
    if fake.outcome != "ok":
        with pytest.raises(CallError) as caught:
            decode(recording_of(path), AudioSettings())
        assert (caught.value.kind.slug, bool(caught.value.found)) == (fake.outcome, True)
        return
    audio = decode(recording_of(path), AudioSettings())
    assert audio.origin.flags == fake.flags
    assert audio.samples.dtype == np.int16
    assert audio.duration_s < 20


def test_sixty_kinds() -> None:
    """There are at least sixty different fakes, and no two share a name."""
    assert len({fake.name for fake in bad_files()}) == len(bad_files()) >= 60


def test_declared_length_from_the_sidecar(tmp_path: Path) -> None:
    """A headerless file that is shorter than its sidecar says is flagged as truncated."""
    path = tmp_path / "a.ulaw"
    path.write_bytes(mulaw_bytes(tone(440, 5.0)))
    told = Details(extras=(("duration_s", "10.0"),))
    origin = decode(recording_of(path, told), AudioSettings()).origin
    assert (origin.flags, origin.declared_duration_s, origin.length_verified) == (("truncated",), 10.0, True)
    right = Details(extras=(("duration_s", "5.01"),))
    assert decode(recording_of(path, right), AudioSettings()).origin.flags == ()
    nonsense = Details(extras=(("duration_s", "nan"),))
    assert decode(recording_of(path, nonsense), AudioSettings()).origin.flags == ("length_unverified",)


def test_a_minute_more_is_too_long(decode_bytes: Decode) -> None:
    """The limit of length holds by the header and, where there is none, on the way."""
    settings = AudioSettings(max_duration_s=4.0)
    with pytest.raises(CallError, match="the header says 5 s") as caught:
        decode_bytes(wav_bytes(tone(440, 5.0)), settings=settings)
    assert caught.value.kind.slug == "too_long"
    with pytest.raises(CallError, match="its bytes come to 5 s"):
        decode_bytes(mulaw_bytes(tone(440, 5.0)), "a.ulaw", settings)
    with pytest.raises(CallError, match="more than 4 s of sound"):
        decode_bytes(encoded(".aac", "aac", rate_hz=16000), "a.aac", settings)
    assert decode_bytes(wav_bytes(tone(440, 4.0)), settings=settings).duration_s == 4.0


def test_limits_in_bytes(decode_bytes: Decode) -> None:
    """A file over the limit, and a result over the budget, are too big."""
    content = wav_bytes(tone(440, 5.0))
    with pytest.raises(CallError, match=r"80,044 bytes\n.*audio\.max_file_bytes") as caught:
        decode_bytes(content, settings=AudioSettings(max_file_bytes=80_000))
    assert caught.value.kind.slug == "too_big"
    with pytest.raises(CallError, match="decodes to more than 79,000 bytes"):
        decode_bytes(content, settings=AudioSettings(max_output_bytes=79_000))


def test_a_replaced_file_has_vanished(tmp_path: Path) -> None:
    """Other bytes under the name that was hashed are never decoded."""
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(tone(440, 2.0)))
    recording = recording_of(path)
    path.write_bytes(wav_bytes(tone(880, 2.0)))
    with pytest.raises(CallError, match="replaced since it was found") as caught:
        decode(recording, AudioSettings())
    assert caught.value.kind.slug == "vanished"


def test_a_file_changed_while_decoding_has_vanished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changes between hashing and the end of decoding is not accepted."""
    from speechcx.audio import decoding

    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(tone(440, 2.0)))
    recording = recording_of(path)
    whole = decoding.draw_peaks

    def meanwhile(*args: object, **kwargs: object) -> object:
        with path.open("ab") as file:
            file.write(b"more")
        return whole(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(decoding, "draw_peaks", meanwhile)
    with pytest.raises(CallError, match="changed while it was decoded"):
        decode(recording, AudioSettings())


@pytest.mark.parametrize(
    "name",
    ["a b.wav", "it's \"x\".wav", "new\nline.wav", "-v.wav", "10:30_UTC.wav", "%03d.wav", "$(id).wav", "ü\u202e.wav",
     "file:x.wav", "concat:a|b.wav", "é" * 100 + ".wav", "[Caller]_101-555.wav", os.fsdecode(b"caf\xe9\xff.wav")],
)  # fmt: skip
def test_odd_names(name: str, tmp_path: Path) -> None:
    """No file name is anything but a file name."""
    path = tmp_path / name
    path.write_bytes(wav_bytes(tone(440, 1.0)))
    assert decode(recording_of(path), AudioSettings()).duration_s == 1.0


def test_same_file_same_samples(decode_bytes: Decode) -> None:
    """Decoding is the same each time, to the last bit."""
    content = encoded(".mp3", "libmp3lame", rate_hz=44100)
    first, second = decode_bytes(content, "a.mp3"), decode_bytes(content, "a.mp3")
    assert np.array_equal(first.samples, second.samples)
    assert (first.origin, first.peaks) == (second.origin, second.peaks)


def test_broken_numbers_become_silence(decode_bytes: Decode) -> None:
    """Floats that are no numbers are silence, infinite ones full scale."""
    sound = through_microphone(speech_like(1.0))
    sound[100:200] = np.nan
    sound[300], sound[301] = np.inf, -np.inf
    samples = decode_bytes(wav_bytes(sound, encoding="float32")).samples[0]
    assert not samples[100:200].any()
    assert (samples[300], samples[301]) == (32767, -32768)


def test_second_audio_stream_is_flagged(tmp_path: Path) -> None:
    """Of several audio streams the first is read, and the call says that there are more."""
    import av

    path = tmp_path / "two.mka"
    with av.open(str(path), "w") as out:
        streams = [out.add_stream("pcm_s16le", rate=8000, layout="mono") for _ in range(2)]
        for hz, stream in zip(TONES_HZ, streams, strict=True):
            samples = (tone(hz, 2.0) * 32768).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = 8000
            out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
    audio = decode(recording_of(path), AudioSettings())
    assert audio.origin.flags == ("more_streams",)
    assert loudest_hz(audio.samples[0], 8000) == pytest.approx(440, abs=1)


def test_sound_of_a_film_is_read_without_its_pictures(tmp_path: Path) -> None:
    """Of a file with pictures and sound only the sound is decoded; no video decoder is ever opened."""
    import av

    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as out:
        video = out.add_stream("mpeg4", rate=10)
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        audio = out.add_stream("aac", rate=8000, layout="mono")
        for _ in range(20):
            out.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        out.mux(video.encode(None))
        samples = (tone(440, 2.0) * 32768).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = 8000
        frame.pts = 0
        out.mux(audio.encode(frame))
        out.mux(audio.encode(None))
    decoded = decode(recording_of(path), AudioSettings())
    assert decoded.duration_s == pytest.approx(2.0, abs=0.2)
    assert loudest_hz(decoded.samples[0], 8000) == pytest.approx(440, abs=1)


def test_bomb_of_one_hertz_takes_no_memory(decode_bytes: Decode) -> None:
    """A 4 KB file that asks for 2,000 s at 1 Hz is refused before decoding."""
    with pytest.raises(CallError, match="the header says 1 Hz"):
        decode_bytes(wav_header(rate_hz=1, data_bytes=4000) + bytes(4000))


@given(st.integers(0, 3000), st.integers(1, 3), st.sampled_from([8000, 11025, 16000]))
def test_each_point_is_the_loudest_of_its_time(count: int, channels: int, rate_hz: int) -> None:
    """Every point is the largest magnitude in its stretch, on 0 to 255."""
    samples = np.random.default_rng(count).integers(-32768, 32768, (channels, count)).astype(np.int16)
    peaks = draw_peaks(samples, rate_hz, points_per_s=50)
    step = round(rate_hz / peaks.rate_hz)
    assert peaks.rate_hz == pytest.approx(50, rel=0.01)
    for channel, values in zip(samples, peaks.values, strict=True):
        stretches = [channel[at : at + step].astype(int) for at in range(0, count, step)]
        assert list(values) == [min(255, round(abs(part).max() * 255 / 32768 + 1e-9)) for part in stretches]


def test_ends_of_the_scale() -> None:
    """Full scale of either sign is 255, silence 0; long sounds are drawn whole."""
    samples = np.zeros((1, 8000 * 200), np.int16)
    samples[0, 0], samples[0, 160], samples[0, -1] = -32768, 32767, 16384
    (values,) = draw_peaks(samples, 8000, points_per_s=50).values
    assert (len(values), values[0], values[1], values[2], values[-1]) == (10_000, 255, 255, 0, 128)

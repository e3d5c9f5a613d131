"""A call of hours, and what it takes to analyse it: ``python -m tests.trust.long_call FILE`` prints one JSON line.

A process of its own, since the peak of memory is one of a process.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import numpy as np

from speechcx.call import Recording
from speechcx.config import Settings
from speechcx.file_bytes import hash_bytes
from speechcx.pipeline import analyse
from speechcx.transcribe import TranscribeSettings
from tests.batch.folders import make_rulebook
from tests.faults.media import wav_header
from tests.synth import noise, to_int16

MODEL = "whisper-tiny.en"
RATE_HZ = 16_000
BLOCK_S = 180.0
"""Of which the call that is repeated takes a part, and a quiet line the rest: so many people wait on hold."""


def write_long_call(path: Path, source: Path, hours: float) -> int:
    """The recording `source`, of two channels, again and again with a quiet line between; returns how often."""
    import soundfile
    import soxr

    sound, rate_hz = soundfile.read(source, dtype="float32", always_2d=True)
    assert sound.shape[1] == 2
    talk = soxr.resample(sound, rate_hz, RATE_HZ)
    quiet = np.stack(
        [noise(BLOCK_S - len(talk) / RATE_HZ, RATE_HZ, level_dbov=-72.0, seed=no) for no in (1, 2)], axis=1
    )
    block = to_int16(np.concatenate([talk, quiet])).tobytes()
    count = round(hours * 3600 / BLOCK_S)
    with path.open("wb") as file:
        file.write(wav_header(channels=2, rate_hz=RATE_HZ, data_bytes=count * len(block)))
        for _ in range(count):
            file.write(block)
    return count


def main(path: str) -> None:
    """Analyse a recording as a worker does, and print what it held and what it took."""
    settings = Settings(transcribe=TranscribeSettings(model=MODEL, language="en"))
    with open(path, "rb") as file:
        sha256 = hash_bytes(file.fileno())
    call = analyse(Recording(sha256[:16], path, sha256, Path(path).stat().st_size), make_rulebook(), settings)
    heard = call.conversation
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "duration_s": heard.origin.duration_s,
        "turns": len(heard.speech.turns),
        "words": sum(len(said.words) for said in heard.utterances),
        "results": len(call.assessment.results),
        "peak_mb": used.ru_maxrss / 1024,
        "processor_s": used.ru_utime + used.ru_stime,
        "stages_s": heard.provenance.stages,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])

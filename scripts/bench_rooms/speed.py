"""Processor time and memory of a whole run beside what only writes transcripts: same files, same model, one thread.

Run by ``scripts/bench speed [FILES ...] [--model NAME] [--only NAME ...]``. Without files it takes those of the
shared recordings (``aws_calls``, ``harper_valley``) and sample calls. Each contender is a process of its own;
its processor seconds and its peak memory are the kernel's. The peers are installed into ``build/bench-peers``
when they are first asked for. The *floor* is what recognition cannot avoid with CTranslate2: the encoder on whole
windows of 30 s and a batched greedy decoder, no turns, no words' times.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from scripts.bench_rooms.accuracy import ROOT, find_data, hear
from speechcx.waveform import RECOGNITION_RATE_HZ, read_channel
from speechcx.weights import find_model

PEERS = ROOT / "build" / "bench-peers"
PEER = "whisper-ctranslate2==0.5.8"
BATCH = 8
SAMPLES = 20
BARS = {"whisper-ctranslate2": 4.0, "whisper-ctranslate2 batched": 2.0}
"""Times the processor seconds of ours that these must take."""


@dataclass(frozen=True)
class Taken:
    """What a process took, and what it printed."""

    cpu_s: float
    wall_s: float
    memory_mb: float
    printed: str


def main(argv: Sequence[str]) -> int:
    """Print the table; 0 where every bar that was measured holds, else 1."""
    parser = argparse.ArgumentParser(prog="scripts/bench speed", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--model", default="base")
    parser.add_argument("--only", action="append", default=[], choices=list(CONTENDERS))
    parser.add_argument("--child", choices=list(CHILDREN), help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    files = [path.resolve() for path in args.files] or find_files()
    if args.child:
        CHILDREN[args.child](files, args.model)
        return 0
    audio_s = sum(hear(path)[1].duration_s for path in files)
    print(f"{len(files)} files, {audio_s:.0f} s of sound, model {args.model}, int8, one thread")
    print(
        f"{'':30s}{'CPU s':>8s}{'CPU s an hour':>15s}{'x real time':>13s}{'times ours':>12s}{'peak MB':>9s}"
    )
    found: dict[str, Taken] = {}
    for name in args.only or CONTENDERS:
        found[name] = taken = CONTENDERS[name](name, files, args.model)
        ours = found.get("speechcx")
        beside = f"{taken.cpu_s / ours.cpu_s:12.2f}" if ours else f"{'':12s}"
        print(
            f"{name:30s}{taken.cpu_s:8.1f}{taken.cpu_s / audio_s * 3600:15.0f}"
            f"{audio_s / taken.cpu_s:13.1f}{beside}{taken.memory_mb:9.0f}",
            flush=True,
        )
    if "speechcx" in found:
        print_stages(found)
    if "speechcx" not in found:
        return 0
    ours_s = found["speechcx"].cpu_s
    return 0 if all(found[name].cpu_s >= BARS[name] * ours_s for name in BARS if name in found) else 1


def print_stages(found: dict[str, Taken]) -> None:
    """Our processor seconds by stage, recognition beside the floor."""
    *_, decoded, last = found["speechcx"].printed.splitlines()
    stages: dict[str, float] = json.loads(last)
    print(decoded)
    total_s = sum(stages.values())
    print("our stages: " + ", ".join(f"{name} {spent_s:.1f} s" for name, spent_s in stages.items()))
    print(f"not recognition: {100 * (1 - stages['transcribe'] / total_s):.0f} % (bar 20 %)")
    if "floor" in found:
        floor_s = float(found["floor"].printed.splitlines()[-1])
        print(f"floor {floor_s:.1f} s, {floor_s / stages['transcribe']:.2f} times our recognition (bar 1.2)")


def find_files() -> list[Path]:
    """The shared recordings of whole calls, and sample calls."""
    data = find_data()
    calls = [*sorted((data / "aws_calls").glob("*.wav")), *sorted((data / "harper_valley").rglob("*.wav"))]
    samples = json.loads((ROOT / "samples" / "truth.json").read_text())["files"]
    return [*calls, *(ROOT / "samples" / "calls" / each["file"] for each in samples[:SAMPLES])]


# --- contenders ------------------------------------------------------------------------------------


def run_process(command: Sequence[str]) -> Taken:
    """A process on one thread, with what the kernel counted for it and its children."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryFile("w+") as out:
        started_s = time.monotonic()
        process = subprocess.Popen(command, stdout=out, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - started_s
        out.seek(0)
        if status:
            raise RuntimeError(f"{' '.join(command[:4])} ... ended with status {status}")
        return Taken(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss / 1024, out.read())


def run_child(name: str, files: Sequence[Path], model: str) -> Taken:
    """One of the functions below in a process of its own."""
    start = "import speechcx, sys; from scripts.bench_rooms import speed; sys.exit(speed.main(sys.argv[1:]))"
    return run_process([sys.executable, "-c", start, "--child", name, "--model", model, *map(str, files)])


def run_peer(name: str, files: Sequence[Path], model: str) -> Taken:
    """whisper-ctranslate2, in an environment of its own."""
    program = PEERS / "bin" / "whisper-ctranslate2"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([PEERS / "bin" / "pip", "install", "-q", PEER], check=True)
    with tempfile.TemporaryDirectory() as folder:
        options = [
            "--model_directory", str(find_model(model)), "--device", "cpu", "--threads", "1",
            "--compute_type", "int8", "--output_dir", folder, "--verbose", "False",
        ]  # fmt: skip
        if name.endswith("batched"):
            options += ["--batched", "True"]
        return run_process([str(program), *options, *map(str, files)])


CONTENDERS: dict[str, Callable[[str, Sequence[Path], str], Taken]] = {
    "speechcx": run_child,
    "whisper-ctranslate2": run_peer,
    "whisper-ctranslate2 batched": run_peer,
    "faster-whisper batched": run_child,
    "floor": run_child,
}


class CountDecoded(logging.Handler):
    """How many windows were decoded, and how many of them twice."""

    def __init__(self) -> None:
        super().__init__()
        self.windows = self.again = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Add up what the log tells of a batch."""
        from speechcx.transcribe.whisper_decoding import DECODED

        if record.msg == DECODED and isinstance(record.args, tuple):
            windows, again = (int(str(count)) for count in record.args)
            self.windows += windows
            self.again += again


def child_ours(files: Sequence[Path], model: str) -> None:
    """Hear and judge each file; the last line printed is the processor seconds by stage."""
    from dataclasses import replace

    from speechcx import pipeline
    from speechcx.config import Settings
    from speechcx.project import USUAL_RULEBOOK, read_starter
    from speechcx.rules import parse_rulebook
    from speechcx.transcribe import whisper_decoding

    # Stages by processor time: the clock tells how busy the machine is with other things.
    pipeline.time = SimpleNamespace(monotonic=time.process_time)  # type: ignore[assignment, attr-defined]
    counter = CountDecoded()
    whisper_decoding.logger.addHandler(counter)
    whisper_decoding.logger.setLevel(logging.DEBUG)
    settings = Settings()
    settings = replace(settings, transcribe=replace(settings.transcribe, model=model))
    rulebook = parse_rulebook(read_starter(USUAL_RULEBOOK))
    stages = dict.fromkeys(pipeline.STAGES, 0.0)
    for path in files:
        conversation = pipeline.listen(hear(path)[0], settings)
        heard_s = time.process_time()
        pipeline.judge(conversation, rulebook, settings)
        stages["judge"] += time.process_time() - heard_s
        for name, spent_s in conversation.provenance.stages:
            stages[name] += spent_s
    print(f"{counter.windows} windows decoded, {counter.again} of them again with more candidates")
    print(json.dumps({name: round(spent_s, 2) for name, spent_s in stages.items()}))


def child_batched(files: Sequence[Path], model: str) -> None:
    """faster-whisper's batched pipeline with word times."""
    from faster_whisper import BatchedInferencePipeline

    pipeline = BatchedInferencePipeline(load_plain(model))
    for path in files:
        segments, _ = pipeline.transcribe(str(path), batch_size=BATCH, word_timestamps=True)
        list(segments)


def child_floor(files: Sequence[Path], model: str) -> None:
    """Encoder and batched greedy decoder on whole windows of both channels mixed; prints their processor seconds."""
    import numpy as np
    from faster_whisper.tokenizer import Tokenizer

    loaded = load_plain(model)
    multilingual = loaded.model.is_multilingual
    tokenizer = Tokenizer(loaded.hf_tokenizer, multilingual, task="transcribe", language="en")
    prompt = loaded.get_prompt(tokenizer, [], without_timestamps=True)
    spent_s = 0.0
    for path in files:
        audio = hear(path)[1]
        channels = [
            read_channel(audio, no, rate_hz=RECOGNITION_RATE_HZ) for no in range(audio.samples.shape[0])
        ]
        mixed = np.mean(channels, axis=0, dtype=np.float32)
        started_s = time.process_time()
        length = 30 * RECOGNITION_RATE_HZ
        padded = np.pad(mixed, (0, -mixed.size % length)).reshape(-1, length)
        features = np.stack([loaded.feature_extractor(window)[:, :3000] for window in padded])
        for first in range(0, len(features), BATCH):
            batch = features[first : first + BATCH]
            loaded.model.generate(loaded.encode(batch), [prompt] * len(batch), beam_size=1)
        spent_s += time.process_time() - started_s
    print(round(spent_s, 2))


def load_plain(model: str) -> Any:
    """The model as faster-whisper loads it."""
    from faster_whisper import WhisperModel

    return WhisperModel(str(find_model(model)), device="cpu", compute_type="int8", cpu_threads=1)


CHILDREN: dict[str, Callable[[Sequence[Path], str], None]] = {
    "speechcx": child_ours,
    "faster-whisper batched": child_batched,
    "floor": child_floor,
}

"""How likely each moment of one channel is speech, and how loud it is: Silero VAD and short-time level.

The model is the ONNX file that comes with faster-whisper. It is run here, not by faster-whisper's own
function: that holds a whole call in memory three times over, and gives spans without probabilities.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from speechcx.call import Audio, Span
from speechcx.errors import ModelMissing
from speechcx.turns.onnx_sessions import open_graph, open_session
from speechcx.turns.vad_graph import put_side_by_side
from speechcx.waveform import RECOGNITION_RATE_HZ, read_channel

if TYPE_CHECKING:
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

WINDOW = 512
"""Samples at 16 kHz for which the model gives one probability: 32 ms."""
CONTEXT = 64
"""Samples before a window that the model also hears."""
STEP_S = WINDOW / RECOGNITION_RATE_HZ
LEVEL_STEP_S = 0.01
"""Step of the short-time level."""
BLOCK_WINDOWS = 125
"""The model forgets everything after so many windows, 4 s.

It gets used to what it hears: half a minute of music leaves it deaf to the voice that follows (speech of
0.8 came out as 0.02). With a fresh start every 4 s, edges and pauses of clean calls are the same.
"""
WARM_WINDOWS = 16
"""Windows heard again before each fresh start, 0.5 s, without using the answer."""
EVEN_DB, EVEN_UNDER_DB = 5.0, 15.0
"""Noise whose loudest 10 ms is less than this over its median, and this far under the channel's loud part."""
FLOOR_DBOV = -100.0
"""Level given to digital silence."""
WANTED_DBOV = -20.0
"""The loudest hundredth of a soft channel is brought up to this level for the model."""
MAX_GAIN_DB = 24.0
AGAIN_BEFORE_S, AGAIN_AFTER_S = 0.35, 0.25
"""Sound around a stretch that is heard again."""
AGAIN_SURE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ChannelActivity:
    """What one channel sounds like over time.

    Parameters
    ----------
    speech
        float32, shape ``(windows,)``: probability of speech in each 32 ms, 0 to 1.
    level_dbov
        float32, shape ``(steps,)``: RMS of each 10 ms in dBov, at least -100.
    duration_s
        Length of the channel.
    """

    speech: NDArray[np.float32]
    level_dbov: NDArray[np.float32]
    duration_s: float

    @property
    def loudest_dbov(self) -> float:
        """Level that a hundredth of the channel's time reaches or passes."""
        return float(np.percentile(self.level_dbov, 99)) if self.level_dbov.size else FLOOR_DBOV

    def speech_by_step(self) -> NDArray[np.float32]:
        """The probabilities at the steps of the level, shape ``(steps,)``."""
        if not self.speech.size:
            return np.zeros(self.level_dbov.size, np.float32)
        middle_s = (np.arange(self.level_dbov.size) + 0.5) * LEVEL_STEP_S
        return self.speech[np.minimum((middle_s / STEP_S).astype(np.intp), self.speech.size - 1)]


def measure_levels(audio: Audio, channel: int) -> NDArray[np.float32]:
    """RMS of every 10 ms of a channel, float32 in dBov (0 dBov is a full-scale square wave)."""
    step = max(1, round(LEVEL_STEP_S * audio.rate_hz))
    samples = audio.samples[channel]
    count = samples.size // step
    powers = np.empty(count, np.float32)
    for first in range(0, count, 6000):
        last = min(first + 6000, count)
        block = samples[first * step : last * step].reshape(-1, step).astype(np.float32)
        powers[first:last] = np.einsum("ij,ij->i", block, block)
    mean = powers / np.float32(step * 32768.0**2)
    return np.asarray(10 * np.log10(np.maximum(mean, 10 ** (FLOOR_DBOV / 10))), np.float32)


def hear_channel(audio: Audio, channel: int, *, silent_dbov: float = -62.0) -> ChannelActivity:
    """Listen to one channel from end to end.

    Parameters
    ----------
    audio
        Decoded sound.
    channel
        Index of the channel.
    silent_dbov
        A channel softer than this is not shown to the model: its probabilities are 0.

    Raises
    ------
    ModelMissing
        faster-whisper is installed without its VAD file.
    """
    levels = measure_levels(audio, channel)
    windows = -(-round(audio.duration_s * RECOGNITION_RATE_HZ) // WINDOW)
    quiet = ChannelActivity(np.zeros(windows, np.float32), levels, audio.duration_s)
    if quiet.loudest_dbov < silent_dbov:
        return quiet
    return ChannelActivity(_run_model(audio, channel, quiet, 0, windows), levels, audio.duration_s)


def hear_again(
    audio: Audio, channel: int, heard: ChannelActivity, doubtful: Sequence[Span]
) -> ChannelActivity:
    """Listen to some short stretches once more, each with a fresh ear.

    The model gets used to what it hears: after a long hold or silence it answers a short word with 0.2
    that it gives 0.7 out of context.

    Returns
    -------
    Heard
        The same, with the higher of the two answers in the stretches where the fresh one is sure.
    """
    speech = heard.speech.copy()
    for span in doubtful:
        first = max(0, int((span.start_s - AGAIN_BEFORE_S) / STEP_S))
        count = min(speech.size, int((span.end_s + AGAIN_AFTER_S) / STEP_S) + 1) - first
        fresh = _run_model(audio, channel, heard, first, count)
        if fresh.size and fresh.max() >= AGAIN_SURE:
            speech[first : first + count] = np.maximum(speech[first : first + count], fresh)
    return ChannelActivity(speech, heard.level_dbov, heard.duration_s)


def _gain(heard: ChannelActivity) -> float:
    gain_db = min(MAX_GAIN_DB, max(0.0, WANTED_DBOV - heard.loudest_dbov))
    return float(10 ** (gain_db / 20))


def _run_model(
    audio: Audio, channel: int, quiet: ChannelActivity, start: int, windows: int
) -> NDArray[np.float32]:
    """Speech probabilities of `windows` windows from number `start` on; `quiet` gives the levels."""
    session = _load_model()
    gain = _gain(quiet)
    found = []
    for first in range(start, start + windows, BLOCK_WINDOWS):
        warm = min(WARM_WINDOWS, first)
        count = min(BLOCK_WINDOWS, start + windows - first) + warm
        if _is_even(quiet, first, count - warm):
            found.append(np.zeros(count - warm, np.float32))
            continue
        start_s = (first - warm) * STEP_S
        block = read_channel(
            audio,
            channel,
            rate_hz=RECOGNITION_RATE_HZ,
            start_s=max(0.0, start_s - CONTEXT / RECOGNITION_RATE_HZ),
            end_s=start_s + count * STEP_S,
        )[: CONTEXT + count * WINDOW]
        lead = CONTEXT if first == warm else 0
        sound = np.zeros(CONTEXT + count * WINDOW, np.float32)
        fitting = block[: sound.size - lead]
        sound[lead : lead + fitting.size] = np.clip(fitting * np.float32(gain), -1.0, 1.0)
        framed = np.lib.stride_tricks.sliding_window_view(sound, CONTEXT + WINDOW)[::WINDOW]
        fresh = np.zeros((1, 1, 128), np.float32)
        speech, _, _ = session.run(None, {"input": np.ascontiguousarray(framed), "h": fresh, "c": fresh})
        found.append(np.asarray(speech, np.float32).reshape(-1)[warm:])
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def _is_even(heard: ChannelActivity, first: int, count: int) -> bool:
    """Whether some windows hold nothing but even, soft noise: no need to ask the model."""
    low, high = int(first * STEP_S / LEVEL_STEP_S), int((first + count) * STEP_S / LEVEL_STEP_S) + 1
    level = heard.level_dbov[max(0, low - 1) : high]
    if not level.size:
        return True
    top = float(level.max())
    return top < heard.loudest_dbov - EVEN_UNDER_DB and top - float(np.median(level)) < EVEN_DB


@cache
def _load_model() -> Any:
    path = find_vad_file()
    try:
        return open_graph(put_side_by_side(path))
    except Exception as error:  # noqa: BLE001  a file of another version may fail in onnx or onnxruntime, each its own way
        logger.info("%s is used as it is: %s", path.name, error)
        return open_session(path)


def find_vad_file() -> Path:
    """The Silero model inside the installed faster-whisper, found without importing it.

    Raises
    ------
    ModelMissing
        There is none.
    """
    package = importlib.util.find_spec("faster_whisper")
    places = list(package.submodule_search_locations or ()) if package else []
    files = sorted(path for place in places for path in Path(place, "assets").glob("silero_vad*.onnx"))
    if not files:
        raise ModelMissing(
            "the speech detector is not in the installed faster-whisper",
            "its file assets/silero_vad_v6.onnx",
            "install it again: pip install --force-reinstall faster-whisper",
        )
    return files[-1]

"""Which library encodes the sound for Whisper: onnxruntime where it is not much slower here, else CTranslate2.

The graph for onnxruntime is made once for each model, timed beside CTranslate2 on one window, and kept in the
user's cache under the digest of the weights, with what was measured. So all workers of a machine, tonight and
next month, use the same.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speechcx.free_memory import keep_freed_memory
from speechcx.transcribe.encoder_graph import FORMAT, build_encoder
from speechcx.weights.digest_cache import hash_file, sealed_digests

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

WORTH_WHILE = 1.2
"""onnxruntime is used where it takes at most this share of CTranslate2's time: with `base` its encoder gets half a
point to a point more of the words right (docs/performance.md)."""

TIMINGS = 2
"""Each library encodes this many windows while both are timed; its quickest counts."""

TIMING = 2
"""Grows with the way both are timed: what was found otherwise is measured again."""

WINDOW_FRAMES = 3000


@dataclass(frozen=True, slots=True)
class EncoderFigures:
    """What is kept beside the graph of one model on one machine.

    Parameters
    ----------
    onnxruntime_s, ctranslate2_s
        Processor seconds each took for a window of 30 s on one thread; 0 where no graph could be made.
    sha256
        Of the graph's file; empty where none could be made.
    trouble
        Why none could be made; else empty.
    """

    onnxruntime_s: float = 0.0
    ctranslate2_s: float = 0.0
    sha256: str = ""
    trouble: str = ""

    @property
    def is_worth_while(self) -> bool:
        """Whether onnxruntime is to be used."""
        return bool(self.sha256) and self.onnxruntime_s <= WORTH_WHILE * self.ctranslate2_s

    def __str__(self) -> str:
        if self.trouble:
            return f"CTranslate2 encodes ({self.trouble})"
        library = "onnxruntime" if self.is_worth_while else "CTranslate2"
        return (
            f"{library} encodes; a window of 30 s takes onnxruntime {self.onnxruntime_s:.2f} s of processor time, "
            f"CTranslate2 {self.ctranslate2_s:.2f} s"
        )


class OnnxEncoder:
    """The encoder on onnxruntime.

    Parameters
    ----------
    path
        File of the graph.
    threads
        Threads it may use.
    """

    name = f"onnx{FORMAT}"

    def __init__(self, path: Path, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # The arena would keep, and double, what the largest window took: 170 MB more in a worker, at the same speed.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )

    def encode(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shape ``(batch, mels, frames)`` in, ``(batch, frames / 2, width)`` out.

        Each window by itself, which takes less memory and no more time, and comes out the same beside any other.
        """
        import numpy as np

        return np.concatenate([self._session.run(None, {"features": each[None]})[0] for each in features])


def load_encoder(folder: Path, model: Any, threads: int) -> OnnxEncoder | None:
    """The encoder of a model on onnxruntime, made first where it has not been; None where CTranslate2 is as good.

    Parameters
    ----------
    folder
        The model's folder.
    model
        The same as a loaded ``faster_whisper.WhisperModel``, to be timed beside.
    threads
        Threads it may use.
    """
    measured = find_measured(folder)
    if measured is None:
        measured = _make(folder, model)
    if not measured.is_worth_while:
        return None
    try:
        return OnnxEncoder(_graph_file(folder), threads)
    except Exception as error:  # noqa: BLE001  onnxruntime raises errors of its own, with no common kind
        logger.warning("the encoder's graph cannot be loaded, CTranslate2 is used: %s", error)
        return None


def make_encoder(folder: Path) -> str | None:
    """Make and time the encoder of a Whisper model beforehand.

    Parameters
    ----------
    folder
        A model's folder.

    Returns
    -------
    str or None
        Which library will encode, in words; None where the folder holds no Whisper model.
    """
    if not (folder / "model.bin").is_file():
        return None
    measured = find_measured(folder)
    if measured is None:
        from faster_whisper import WhisperModel

        # As calls are heard, and before its threads have memory of their own: else it takes half as long again.
        keep_freed_memory()
        model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
        measured = _make(folder, model)
    return str(measured)


def find_measured(folder: Path) -> EncoderFigures | None:
    """What was measured for a model on this machine; None where nothing was, or the graph is not as it was made."""
    try:
        row = json.loads(_record_file(folder).read_text("utf-8"))
        measured = EncoderFigures(**row)
        graph = _graph_file(folder)
        if measured.sha256 and sealed_digests(graph.parent, (graph.name,))[graph.name] != measured.sha256:
            return None
    except (OSError, ValueError, TypeError):
        return None
    return measured


def _make(folder: Path, model: Any) -> EncoderFigures:
    """Make the graph and time it, unless another worker does so meanwhile."""
    home = _home()
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (home / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            measured = find_measured(folder)
            if measured is None:
                measured = _measure(folder, model)
                _write(_record_file(folder), json.dumps(asdict(measured)).encode())
            return measured
    except OSError as error:
        return EncoderFigures(trouble=f"{home} cannot be written: {error.strerror}")


def _measure(folder: Path, model: Any) -> EncoderFigures:
    import numpy as np

    graph = _graph_file(folder)
    try:
        _write(graph, build_encoder(folder / "model.bin"))
        encoder = OnnxEncoder(graph, 1)
        mels = model.model.n_mels
        features = np.random.default_rng(0).uniform(-1, 1, (1, mels, WINDOW_FRAMES)).astype(np.float32)
        ways: list[Callable[[], Any]] = [lambda: encoder.encode(features), lambda: model.encode(features)]
        taken = [[_time(way) for way in ways] for _ in range(TIMINGS)]
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  whatever a stranger's weights do to onnx: CTranslate2 can read them
        return EncoderFigures(trouble=f"no graph could be made of model.bin: {error}")
    quickest = [round(min(row[way] for row in taken), 3) for way in range(len(ways))]
    return EncoderFigures(quickest[0], quickest[1], hash_file(graph))


def _time(way: Callable[[], Any]) -> float:
    started_s = time.process_time()
    way()
    return time.process_time() - started_s


def _home() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("speechcx") / "encoders"


def _key(folder: Path) -> str:
    return f"{sealed_digests(folder, ('model.bin',))['model.bin'][:24]}-{FORMAT}"


def _graph_file(folder: Path) -> Path:
    return _home() / f"{_key(folder)}.onnx"


def _record_file(folder: Path) -> Path:
    return _home() / f"{_key(folder)}-{TIMING}.json"


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(path)

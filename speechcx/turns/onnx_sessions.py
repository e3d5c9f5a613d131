"""Networks on onnxruntime: one thread each, since workers are processes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


@cache
def open_session(path: Path) -> Any:
    """The network of a file, loaded once for each process."""
    return open_graph(str(path))


def open_graph(graph: str | bytes) -> Any:
    """A network from its file's name or from its bytes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # The arena would keep what the longest stretch took while the words are recognised.
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(graph, sess_options=options, providers=["CPUExecutionProvider"])

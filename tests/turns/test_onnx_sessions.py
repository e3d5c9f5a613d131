"""Tests of opening networks."""

from speechcx.turns.onnx_sessions import open_session
from speechcx.turns.vad import find_vad_file


def test_a_network_is_loaded_once_and_has_one_thread() -> None:
    """The same file gives the same session, which leaves the other cores to other workers."""
    session = open_session(find_vad_file())
    assert open_session(find_vad_file()) is session
    assert session.get_session_options().intra_op_num_threads == 1

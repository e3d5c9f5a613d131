from __future__ import annotations

from speechcx.executors.faults import describe_fault


def fail(words: str) -> None:
    raise KeyError(words)


def caught(words: str, *, hide: bool = False, name: bool = False) -> BaseException:
    try:
        try:
            fail(words)
        except KeyError as error:
            if hide:
                raise ValueError(words) from None
            if name:
                raise ValueError(words) from error
            raise ValueError(words)  # noqa: B904  the implicit context is what is tested
    except ValueError as error:
        return error


def test_places_and_classes_are_told_but_no_words() -> None:
    """The words an exception carries never come out, whatever chain it hangs in."""
    for told in (caught("my card"), caught("my card", name=True)):
        detail = describe_fault(told)
        assert "my card" not in detail
        assert "executors/test_faults.py" in detail
        assert detail.index("KeyError") < detail.index("while handled") < detail.index("ValueError")


def test_a_suppressed_cause_stays_out() -> None:
    """``raise ... from None`` hides the first exception here too."""
    assert "KeyError" not in describe_fault(caught("x", hide=True))


def test_no_home_folder_is_told() -> None:
    """Only the last parts of a file's path are kept."""
    assert all(not line.startswith("/") for line in describe_fault(caught("x")).splitlines())


def test_deep_recursion_is_told_in_a_few_lines() -> None:
    """A traceback of a thousand frames is cut to its innermost ones."""

    def dive() -> None:
        dive()

    try:
        dive()
    except RecursionError as error:
        lines = describe_fault(error).splitlines()
    assert len(lines) <= 13
    assert "RecursionError" == lines[-1]


def test_a_chain_that_bites_its_tail_ends() -> None:
    """Two exceptions that name each other as cause are told once each."""
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert 1 == describe_fault(first).count("ValueError")

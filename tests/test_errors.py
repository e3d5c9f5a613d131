"""Errors: three parts, one exit code each, a closed list of failure kinds."""

import pickle

import pytest

from speechcx.errors import FAILURE_KINDS, CallError, ModelMissing, SpeechcxError


def test_message_has_three_parts() -> None:
    """A message says what was found, what was expected and what to do."""
    error = SpeechcxError("found a cat", "a dog", "call the dog")
    assert "found a cat\n  Expected: a dog\n  To do: call the dog" == str(error)


def test_unknown_failure_kind_is_refused() -> None:
    """The list of failure kinds is closed."""
    with pytest.raises(ValueError, match="unknown failure kind 'gremlins'"):
        CallError("gremlins", "found")


def test_call_error_survives_the_way_from_a_worker() -> None:
    """A CallError pickles with its kind and words."""
    error = pickle.loads(pickle.dumps(CallError("empty", "0 bytes", "sound")))  # noqa: S301
    assert ("empty", "0 bytes", "sound", FAILURE_KINDS["empty"].cure) == (
        error.kind.slug,
        error.found,
        error.expected,
        error.cure,
    )


@pytest.mark.parametrize("kind", FAILURE_KINDS.values(), ids=lambda kind: kind.slug)
def test_every_failure_kind_has_a_cure(kind) -> None:
    """Each kind has a sentence, somebody who can act, and a cure."""
    assert kind.sentence.endswith(".")
    assert kind.cure.endswith(".")
    assert kind.who in {"operator", "recorder", "nobody", "developers"}


def test_every_error_has_its_own_slug() -> None:
    """No two classes of the tree share a slug, and all carry an exit code the design names."""
    found = [SpeechcxError]
    for kind in found:
        found += kind.__subclasses__()
    assert len(found) == len({kind.slug for kind in found})
    assert {kind.exit_code for kind in found} <= {1, 2, 3, 10, 11, 12, 13, 14, 15, 16, 17, 18, 130}
    assert ModelMissing.exit_code == 13

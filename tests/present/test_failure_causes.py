"""Failures are grouped by what stops the files: one cure for each cause, three examples, and what is left."""

from dataclasses import dataclass

from speechcx.present.failure_causes import SHOWN_EXAMPLES, group_by_cause, list_causes


@dataclass(frozen=True)
class Failed:
    path: str
    kind: str
    message: str
    cure: str = "Give it by sidecar."


def unnamed(number: int, more: str = "") -> Failed:
    why = f"missing: no sidecar {number}.json; no pattern fits the file name{more}"
    return Failed(f"/calls/{number}.wav", "metadata_missing", f"agent: {why}. started_at: {why}")


FREEPBX = ', which looks like FreePBX and Issabel: layouts = ["freepbx"] below [discover]'


def test_messages_that_differ_in_names_only_are_one_cause() -> None:
    """A hundred files without a name are one cause with one cure, told once, with three examples."""
    (cause,) = group_by_cause(unnamed(number) for number in range(100))
    assert (cause.files, len(cause.examples), cause.cure) == (100, SHOWN_EXAMPLES, "Give it by sidecar.")
    told = [text.text for text in list_causes([cause], "speechcx failures --all --kind KIND")]
    assert told[1] == "Found: agent and time missing: no sidecar 0.json; no pattern fits the file name"
    assert "and 97 more: speechcx failures --all --kind metadata_missing" in told
    assert told[-1] == "To do: Give it by sidecar."


def test_names_of_a_known_recorder_are_a_cause_of_their_own() -> None:
    """The cure is then the line to add to the settings."""
    causes = group_by_cause([unnamed(1), unnamed(2, FREEPBX), unnamed(3, FREEPBX)])
    assert [cause.files for cause in causes] == [2, 1]
    assert 'write layouts = ["freepbx"] below [discover]' in causes[0].cure


def test_a_kind_whose_messages_all_differ_is_one_cause() -> None:
    """Where each file says something else, the cure is that of the kind, and each example has its message."""
    faults = ("a hole", "no index", "wrong sums", "no end", "torn pages", "bad frames")
    failed = [Failed(f"{word}.mp3", "damaged", word, cure=f"mend {word}") for word in faults]
    (cause,) = group_by_cause(failed)
    assert (cause.files, cause.alike, cause.cure) == (6, False, "Ask the recorder for an undamaged copy.")
    assert "a hole.mp3: a hole" in [text.text for text in list_causes([cause], "")]


def test_the_most_frequent_cause_stands_first() -> None:
    """What stops most files is what to do first."""
    failed = [Failed("a.wav", "empty", "it is empty"), *(unnamed(number) for number in range(3))]
    assert [cause.kind for cause in group_by_cause(failed)] == ["metadata_missing", "empty"]


def test_nothing_failed() -> None:
    """No failure, no cause."""
    assert group_by_cause([]) == ()

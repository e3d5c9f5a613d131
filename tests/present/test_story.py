"""The story of a call: its outcome, why it is flagged, and the ladder of its score."""

from speechcx.call import Call
from speechcx.present.one_call import present_call
from speechcx.present.story import list_flagged, list_rungs, list_undecided, tell_outcome, tell_story
from speechcx.present.table import Table, Text
from tests.factories import make_answer, make_assessment, make_conversation, make_hit, make_result, make_score

PATTERN = 'said "(call | line) *2 (is | are) *3 (recorde..." by agent within first 60s'
NOTICE = make_result(
    "notice", title="Recording notice", kind="compliance", severity="critical", expect="present", value="absent",
    why=f"{PATTERN}: not found", hits=(), titles=("Recording notice: not said", "Recording notice", "Recording notice"),
)  # fmt: skip
CUT_OFF = make_result(
    "goodbye", title="Says goodbye", kind="compliance", severity="minor", expect="present", value="cannot_tell",
    flagged=False, why="the recording breaks off before the end of the call", hits=(),
)  # fmt: skip
DRIVER = make_result("lost", title="Card lost or stolen", kind="driver", flagged=False)
CARD = make_score(
    0.0, title="Quality", auto_failed=True, answered_share=0.5,
    answers=(
        make_answer("notice", text="Was the notice given?", answer="no", points=None, out_of=None,
                    critical="compliance", auto_fail=True, why=f"{PATTERN}: not found"),
        make_answer("greeted", hits=(make_hit("greeting", 0, party="agent", start_s=2.6, quote="James here."),)),
        make_answer("solved", text="Was it solved?", answer="person", points=None, out_of=85.0, rule=None,
                    why="waits for a person's answer"),
    ),
)  # fmt: skip


def make() -> Call:
    heard = make_conversation()
    results = (make_result(severity="major"), CUT_OFF, NOTICE, DRIVER)
    return Call(heard, make_assessment(heard, results=results, scores=(CARD,)))


def test_the_outcome_stands_first() -> None:
    """Score, flags, and what could not be told, before anything else of the call."""
    assert (
        tell_outcome(make())
        == "Quality 0.0 of 100 (automatic fail), 2 flags (1 critical), 1 rule could not be told"
    )
    first, second = list(tell_story(make()))[:2]
    assert (Text(f"Outcome: {tell_outcome(make())}"), Text("About: Card lost or stolen")) == (first, second)


def test_flags_say_whether_it_was_said_and_the_gravest_is_first() -> None:
    """Said, not said, and apart from them what cannot be told."""
    found = [(one.headline, one.found, one.reason) for one in list_flagged(make())]
    assert found[0] == (
        "Recording notice: not said",
        "not said",
        "not said by the agent within the first 60s",
    )
    assert found[1][:2] == ("Customer wants to cancel", "said")
    assert [one.rule for one in list_undecided(make())] == ["goodbye"]


def test_a_score_is_a_ladder_of_questions_with_points() -> None:
    """Each question with what it earned of what, and the words for it; critical ones say that they are."""
    rungs = [(one.question, one.points, one.reason) for one in list_rungs(CARD)]
    assert rungs == [
        ("Was the notice given?", "critical", "not said by the agent within the first 60s"),
        ("Did the agent greet?", "15.0 of 15.0", '0:03 agent "James here."'),
        ("Was it solved?", "- of 85.0", "waits for a person's answer"),
    ]


def test_patterns_of_rules_appear_only_where_they_are_asked_for() -> None:
    """A supervisor reads no pattern; `--why` shows them."""

    def shown(*, why: bool) -> str:
        blocks = present_call(make(), why=why).blocks
        cells = (
            cell.text for block in blocks if isinstance(block, Table) for row in block.rows for cell in row
        )
        return " ".join([*cells, *(block.text for block in blocks if isinstance(block, Text))])

    assert "*2" not in shown(why=False)
    assert PATTERN in shown(why=True)

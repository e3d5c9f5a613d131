"""Tests of sentences found by meaning, with a made encoder that knows three topics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from speechcx.errors import ModelMissing
from speechcx.rules import Meanings, RuleTest, judge_rule, view_test
from speechcx.rules.matching.meaning import find_sentences, load_meanings
from tests.rules.talk import Said, agent, book, customer, line

TOPICS = (("leave", "quit", "goodbye", "elsewhere"), ("money", "price", "bill"), ("hello", "morning"))


class TopicEncoder:
    """A sentence's vector counts the words of each topic, and one for everything else."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of length 4."""
        self.asked += texts
        rows = []
        for text in texts:
            words = text.lower().replace(".", "").replace(",", "").split()
            row = np.array(
                [*(sum(word in topic for word in words) for topic in TOPICS), 0.5], dtype=np.float32
            )
            rows.append(row / np.linalg.norm(row))
        return np.array(rows)


def found(rule: str, *says: Said, encoder: TopicEncoder | None = None) -> tuple[str, list[str], str]:
    """Result, quotes and reason of a rule."""
    test = RuleTest("r", "present", tuple(line(said) for said in says))
    result = judge_rule(book(rule), "r", view_test(test), Meanings(encoder or TopicEncoder()))
    return result.value, [hit.quote for hit in result.hits], result.hits[0].why if result.hits else result.why


RULE = "means: [I want to leave, I quit]\nat_least: 0.6\nby: customer"


def test_sentences_near_an_example_are_hits() -> None:
    """Other words of the same meaning are found, with how alike they are."""
    value, quotes, why = found(RULE, customer("Good morning. I will go elsewhere, goodbye. How is the bill?"))
    assert ("present", ["I will go elsewhere, goodbye."]) == (value, quotes)
    assert why.startswith('means "I want to leave" by customer, likeness 0.9')


def test_the_scope_holds_for_meanings_too() -> None:
    """Party, window and count limit them as they do words."""
    assert "absent" == found(RULE, agent("I will go elsewhere, goodbye."))[0]
    assert "cannot_tell" == found(RULE, ("unknown", 0.0, "I will go elsewhere, goodbye."))[0]
    assert (
        "absent"
        == found(
            f"{RULE}\nwithin: {{first: 5s}}", agent("hello there"), customer("I will quit, goodbye.", 30.0)
        )[0]
    )
    assert "absent" == found(RULE, customer("The price and the bill."))[0]


def test_the_nearest_sentence_is_shown_where_none_is_near_enough() -> None:
    """With its likeness, or with what else is wrong with it; a sentence about something else is none."""
    value, quotes, why = found(
        RULE.replace("0.6", "0.99"),
        customer("The price is high. I will leave, the bill is wrong. Well then."),
    )
    assert ("absent", ["I will leave, the bill is wrong."]) == (value, quotes)
    assert why.startswith("nearest miss: likeness 0.")
    assert why.endswith("asked 0.99")
    other = found(RULE, agent("I will go elsewhere, goodbye."))
    assert "nearest miss: said by the agent, not the customer" == other[2]
    assert [] == found(RULE, customer("The price and the bill."))[1]


def test_sentences_end_at_full_stops_turns_and_length() -> None:
    """A sentence is what lies between full stops; a long one without any is cut; one word is none."""
    facts = view_test(
        RuleTest(
            "r",
            "present",
            (customer("Yes. I know that. It is " + "so " * 40 + "long"), agent("okay then", 60.0)),
        )
    )
    texts = [text for _, _, text in find_sentences(facts.stream)]
    assert ["I know that.", 30, 13, "okay then"] == [
        texts[0],
        len(texts[1].split()),
        len(texts[2].split()),
        texts[3],
    ]


def test_a_sentence_is_encoded_once() -> None:
    """Vectors of sentences seen before are kept."""
    encoder = TopicEncoder()
    finder = Meanings(encoder)
    facts = view_test(RuleTest("r", "present", (customer("I want to quit."),)))
    for _ in range(3):
        judge_rule(book(RULE), "r", facts, finder)
    assert ["I want to leave", "I quit", "I want to quit."] == encoder.asked


def test_no_words_need_no_encoder() -> None:
    """A call without words asks for nothing."""
    encoder = TopicEncoder()
    assert "cannot_tell" == found(RULE, customer(""), encoder=encoder)[0]
    assert [] == encoder.asked


def test_a_missing_model_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rulebook with means: without the model stops with what to do; one without means: needs none."""
    import speechcx.weights

    def missing(name: str) -> None:
        raise ModelMissing(f"no model {name}", "the weights", "run `speechcx models pull`")

    monkeypatch.setattr(speechcx.weights, "find_model", missing)
    load_meanings.cache_clear()
    facts = view_test(RuleTest("r", "present", (customer("hello"),)))
    with pytest.raises(ModelMissing, match="no model sentence-encoder"):
        judge_rule(book(RULE), "r", facts)
    assert "present" == judge_rule(book("said: hello"), "r", facts).value
    load_meanings.cache_clear()

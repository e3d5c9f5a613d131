"""Transcripts for people, of any words whatever."""

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.ask.compliance.transcript import plain, write_page, write_text
from speechcx.call import Call
from tests.factories import SAID, make_assessment, make_conversation, make_hit, make_recording, make_result


def make_said(text: str, title: str = "Wants to cancel") -> Call:
    heard = make_conversation(
        [("ch0", 1.0, "hello"), ("ch1", 5.0, text)], recording=make_recording(customer=text)
    )
    hit = make_hit(quote=text, start_s=5.5)
    unsure = make_result(
        "unsure", title=title, value="cannot_tell", flagged=False, why=f"not heard: {text}", hits=()
    )
    return Call(heard, make_assessment(heard, results=(make_result(title=title, hits=(hit,)), unsure)))


class Reader(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text.append(data)


def test_a_transcript_says_who_said_what_when_and_what_was_found() -> None:
    """Turns in order, hits below their words, what could not be told apart."""
    call = make_said("cancel it")
    text = write_text(call, call.assessment.results)
    assert '0:05.0  customer: cancel it\n          ^ Wants to cancel at 0:05.5: "cancel it"' in text
    assert "What could not be told:\n  Wants to cancel: not heard: cancel it\n" in text
    assert f"SHA-256 {call.conversation.recording.sha256}" in text


def test_nearest_misses_are_told_only_where_they_matter() -> None:
    """That a driver was nearly found is no news; that a notice was nearly read out is."""
    heard = make_conversation()
    near = make_hit(result="absent", why="nearest miss: part of it")
    missed = make_result("notice", title="Notice", value="absent", flagged=True, hits=(near,))
    never = make_result("why-call", title="Driver", value="absent", flagged=False, hits=(near,))
    text = write_text(Call(heard, make_assessment(heard)), (missed, never))
    assert "^ nearest miss of Notice" in text
    assert "of Driver" not in text


def test_without_results_it_is_the_talk_alone() -> None:
    """And says that nothing is missing."""
    heard = make_conversation()
    text = write_text(Call(heard, make_assessment(heard)), ())
    assert all(words in text for _, _, words in SAID)
    assert text.endswith("What could not be told:\n  nothing\n")


hostile = st.text(
    st.sampled_from("<>&\"'/\\=\x00\x1b\u202e\ud800\n\t é`script"), min_size=1, max_size=30
).filter(lambda text: text.strip())


@given(hostile, hostile)
@settings(max_examples=100, deadline=None)
def test_no_words_become_tags_or_lines(said: str, title: str) -> None:
    """The page has the tags it has for harmless words, and its text is those words; the text its lines."""
    harmless, call = make_said("harmless", "harmless"), make_said(said, title)
    pages = [Reader(), Reader()]
    for page, one in zip(pages, (harmless, call), strict=True):
        page.feed(write_page(one, one.assessment.results))
    assert pages[0].tags == pages[1].tags
    assert plain(said) in [text.strip() for text in pages[1].text] or not plain(said)
    texts = [write_text(one, one.assessment.results) for one in (harmless, call)]
    assert texts[0].count("\n") == texts[1].count("\n")
    assert not {"\x1b", "\x00", "\u202e"} & set(texts[1])


def test_a_page_loads_and_runs_nothing() -> None:
    """No script, no outside address, and a policy that forbids both."""
    call = make_said("<script src='https://example.com/x.js'></script>")
    page = write_page(call, call.assessment.results)
    reader = Reader()
    reader.feed(page)
    assert not {"script", "img", "link", "iframe", "a"} & set(reader.tags)
    assert "default-src 'none'" in page

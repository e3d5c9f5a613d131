"""The quality lead's commands besides rulebooks: who is who is corrected, text is read."""

from pathlib import Path

from tests.cli.conftest import Speechcx


def test_relabel_swaps_and_judges_anew(project: Path, speechcx: Speechcx) -> None:
    """Swapped by a person, agent and customer change places, the score follows, and a swap back restores it."""
    speechcx("run")
    before = speechcx("show", "ann_c1_2026-03-02T09-15-00.wav", "--json").json
    ran = speechcx("relabel", before["call_id"], "--swap")
    assert (0, True) == (ran.code, "ch0 is now customer" in ran.out)
    after = speechcx("show", before["call_id"], "--json").json
    assert ["customer", "agent"] == [role["party"] for role in after["roles"]]
    assert {"relabel"} == {role["how"] for role in after["roles"]}
    assert (100.0, 0.0) == (before["scores"][0]["score"], after["scores"][0]["score"])
    assert before["parties"]["agent"]["talk_s"] == after["parties"]["customer"]["talk_s"]
    speechcx("relabel", before["call_id"], "--swap")
    again = speechcx("show", before["call_id"], "--json").json
    assert before["scores"] == again["scores"]


def test_relabel_needs_as_many_parties_as_speakers(project: Path, speechcx: Speechcx) -> None:
    """One party for two speakers is refused with their names."""
    speechcx("run")
    ran = speechcx("relabel", "ann_c1_2026-03-02T09-15-00.wav", "--channels", "agent")
    assert (2, True) == (ran.code, "ch0, ch1" in ran.err)
    assert 2 == speechcx("relabel", "ann_c1_2026-03-02T09-15-00.wav").code


def test_sentiment_reads_a_line_each(project: Path, speechcx: Speechcx) -> None:
    """Each line of a file gets its label and value, in order, as text and as JSON lines."""
    import json

    text = project / "said.txt"
    text.write_text("this is terrible and I am angry\n\nthank you that is wonderful\n")
    lines = [json.loads(line) for line in speechcx("sentiment", text, "--json").out.splitlines()]
    assert ["negative", "positive"] == [line["label"] for line in lines]
    assert lines[0]["value"] < -0.25 < 0.25 < lines[1]["value"]
    assert speechcx("sentiment", text).out.startswith("negative")
    assert 2 == speechcx("sentiment", "nowhere.txt").code


def test_sentiment_does_not_guess_at_spanish(project: Path, speechcx: Speechcx) -> None:
    """A line in a language that the model does not read has no value; text and JSON say why."""
    import json

    text = project / "dicho.txt"
    text.write_text("Estoy muy contento con el servicio que me han dado.\n", encoding="utf-8")
    (line,) = [json.loads(line) for line in speechcx("sentiment", text, "--json").out.splitlines()]
    assert (None, "the text model does not read language 'es'") == (line["value"], line["why_missing"])
    assert "(the text model does not read language 'es')" in speechcx("sentiment", text).out

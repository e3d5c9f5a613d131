"""Commands for searching words: search, and searches kept under a name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.name_completion import offer
from speechcx.cli.output import note, print_answer
from speechcx.cli.question_options import Asked, asks
from speechcx.cli.readings import note_reading, open_to_read

if TYPE_CHECKING:
    from speechcx.ask.search import SearchFilter

_LABELS = ("negative", "neutral", "positive", "mixed")


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel="Compliance")(asks()(search))
    app.command(rich_help_panel="Compliance")(searches)


@example("search supervisor --agent carter")
def search(
    asked: Asked,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORDS",
            help='Words; "quoted ones" as a phrase; cancel* for beginnings; one OR the other; none: see above.',
        ),
    ] = None,
    speaker: Annotated[
        str | None, typer.Option("--speaker", metavar="SPEAKER", help="Said by: agent, customer, unknown.")
    ] = None,
    sentiment: Annotated[
        str | None,
        typer.Option(
            "--sentiment",
            metavar="SENTIMENT",
            help="Turns at or below this number (-1 to 1), or negative, neutral, positive, mixed.",
        ),
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(
            "--rule", metavar="RULE", help="Only calls in which this rule hit.", autocompletion=offer("rule")
        ),
    ] = None,
    result: Annotated[
        str | None,
        typer.Option(
            "--result",
            metavar="RESULT",
            help="... or came out so: present, absent, cannot_tell; the last also without a rule.",
        ),
    ] = None,
    min_silence: Annotated[
        float | None,
        typer.Option("--min-silence", metavar="SECONDS", min=0, help="Only calls with such a silence."),
    ] = None,
    near: Annotated[
        int | None, typer.Option("--near", min=0, max=1000, help="Words within N words of each other.")
    ] = None,
    save: Annotated[
        str | None, typer.Option("--save", metavar="NAME", help="Save this search under a name.")
    ] = None,
    saved: Annotated[
        str | None, typer.Option("--saved", metavar="NAME", help="Run a saved search, and say what is new.")
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="With --saved: only what is new since the last look.")
    ] = False,
    limit: options.Limit = 20,
) -> None:
    """Find who said something, when and in which call; any text is accepted.

    Without words: the evidence of --rule or --result, the turns of --speaker or --sentiment, or the silences of
    --min-silence.
    """
    from speechcx.ask.search import SearchFilter

    typed = " ".join(words or ())
    if saved is not None:
        if typed or save is not None:
            _refuse_mix("words" if typed else "--save")
        _run_saved(asked, saved, only_new=new, limit=limit)
        return
    at_most, label = _read_feeling(sentiment)
    filters = SearchFilter(
        calls=asked.filters, party=options.party("--speaker", speaker), sentiment_at_most=at_most, label=label,
        rule=rule, result=_read_result(result, rule), min_silence_s=min_silence, near=near,
    )  # fmt: skip
    if save is not None:
        _save(asked.where, save, typed, filters)
    _find(asked, typed, filters, limit)


@example("searches")
def searches(
    delete: Annotated[
        str | None, typer.Option("--delete", metavar="NAME", help="Delete this saved search.")
    ] = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Saved searches, each with what is new since somebody last looked."""
    from speechcx.ask.search import find_saved, list_saved
    from speechcx.present.search import present_forgotten, present_searches
    from speechcx.store import Store
    from speechcx.store.decisions.saved_searches import delete_search

    where, style = options.database(options.load(config, None), db), options.style(as_json, as_csv)
    if delete is None:
        print_answer(present_searches(list_saved(where)), style)
        return
    with Store.open(where) as store:
        delete_search(store, find_saved(store, delete).name)
    print_answer(present_forgotten(delete), style)


def _save(where: Path, name: str, typed: str, filters: SearchFilter) -> None:
    from speechcx.ask.search import read_name, write_filters
    from speechcx.store import Store
    from speechcx.store.decisions.audit import read_who, tidy_text
    from speechcx.store.decisions.saved_searches import save_search

    kept = read_name(name)
    with Store.open(where) as store:
        save_search(store, kept, tidy_text(typed) or "", write_filters(filters), who=read_who())
    note(f"Kept as {kept}: `speechcx search --saved` runs it, `speechcx searches` counts what is new.")


def _run_saved(asked: Asked, name: str, *, only_new: bool, limit: int) -> None:
    from dataclasses import replace

    from speechcx.ask.search import count_new, find_saved, read_filters
    from speechcx.store import CallFilter, Store
    from speechcx.store.decisions.saved_searches import newest_moment, note_look

    if asked.filters != CallFilter():
        _refuse_mix("filters")
    with Store.open(asked.where) as store:
        kept, moment = find_saved(store, name), newest_moment(store)
        filters = read_filters(kept.filters)
        if only_new:
            filters = replace(filters, stored_after=kept.looked_at)
        fresh = count_new(store, kept)
        _find(asked, kept.words, filters, limit)
        note_look(store, name, moment)
    note(f"{fresh} new since the last look.")


def _refuse_mix(what: str) -> None:
    from speechcx.errors import UsageError

    raise UsageError(f"{what} beside --saved", "a kept search as it is", "remove one, or save another search")


def _read_feeling(text: str | None) -> tuple[float | None, Any]:
    """A bound on the sentiment, or a label."""
    from speechcx.errors import UsageError

    if text is None or text in _LABELS:
        return None, text
    try:
        bound = float(text)
    except ValueError:
        bound = 2.0
    if not -1 <= bound <= 1:
        raise UsageError(
            f"--sentiment {text!r}", f"a number from -1 to 1, or {', '.join(_LABELS)}", "correct it"
        )
    return bound, None


def _read_result(value: str | None, rule: str | None) -> Any:
    """The result asked for; ``cannot_tell`` is a question of its own, others need their rule."""
    value = "cannot_tell" if value in ("cannot-tell", "cannot tell") else value
    return options.rule_value(value, rule if value != "cannot_tell" else "any")


def _find(asked: Asked, typed: str, filters: SearchFilter, limit: int) -> None:
    from speechcx.ask.search import search, write_filters
    from speechcx.present.search import present_hits

    with open_to_read(asked.loaded, asked.where) as store:
        found = search(store, typed, filters, limit=limit)
        note_reading(asked.loaded, store, "search", [None], words=typed, filters=write_filters(filters))
    is_empty = not (
        found.words.terms or filters.is_about_rules or filters.is_about_turns or filters.min_silence_s
    )
    print_answer(present_hits(found, is_empty=is_empty), asked.style)

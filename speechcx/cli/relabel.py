"""Commands of the quality lead besides rulebooks: correct who is who, read the feeling of text."""

from __future__ import annotations

from typing import Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import print_answer, print_json, print_text


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (relabel, sentiment):
        app.command(rich_help_panel="Quality lead")(command)


@example("relabel 66ea3428 --swap")
def relabel(
    call: Annotated[str, typer.Argument(help="Call id, the beginning of one, or the name of its file.")],
    swap: Annotated[bool, typer.Option("--swap", help="Swap agent and customer.")] = False,
    channels: options.Channels = None,
    db: options.Database = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
) -> None:
    """Correct who is the agent and who the customer of a stored call, and judge it again; needs no audio."""
    from speechcx import batch
    from speechcx.ask.ground import find_call_id
    from speechcx.errors import UsageError
    from speechcx.project import load_rulebook
    from speechcx.store import Store

    named = options.parties(channels)
    if swap == (named is not None):
        raise UsageError("relabel needs one of --swap and --channels", "one of the two", "add --swap")
    loaded = options.load(config, overrides)
    with Store.open(options.database(loaded, db)) as store:
        roles = batch.relabel(store, find_call_id(store, call), named, load_rulebook(loaded), loaded.settings)
    for role in roles:
        print_text(f"{role.speaker} is now {role.party}")


@example("sentiment words.txt")
def sentiment(
    file: Annotated[
        str, typer.Argument(help="Text with one utterance per line; - for standard input.")
    ] = "-",
    model: Annotated[str | None, typer.Option("--model", help="A model's name or folder.")] = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """Read the feeling of text, one utterance per line: label, value from -1 to 1, confidence 0 to 1."""
    from speechcx.present.machine import present_sentiment
    from speechcx.sentiment import load_sentiment, read_lines

    loaded = options.load(config, overrides, sentiment_model=model)
    texts = options.read_lines(file)
    engine = load_sentiment(loaded.settings.sentiment)
    for text, read in zip(texts, read_lines(texts, engine, loaded.settings.sentiment), strict=True):
        told = present_sentiment(text, read)
        if as_json:
            print_json(told.document(), lines=True)
        else:
            print_answer(told, "table")

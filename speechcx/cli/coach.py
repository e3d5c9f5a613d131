"""Commands of the quality lead: check rulebooks, test them, judge stored calls anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from speechcx.cli import options
from speechcx.cli.output import Column, note, print_json, print_rows, print_text

rules = typer.Typer(name="rules", help="Rulebooks: check and test them.", no_args_is_help=True)

_PROBLEM_COLUMNS = (
    Column("line", "line"),
    Column("column", "column"),
    Column("level", "level"),
    Column("found", "found"),
    Column("expected", "expected"),
)
_TEST_COLUMNS = (
    Column("rule", "rule"),
    Column("line", "line"),
    Column("expected", "expected"),
    Column("found", "found"),
    Column("passed", "passed"),
    Column("why", "why"),
)
Rulebook = Annotated[Path | None, typer.Argument(help="Rulebook; default: files.rulebook.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (rejudge, relabel, sentiment):
        app.command(rich_help_panel="Quality lead")(command)
    app.add_typer(rules, rich_help_panel="Quality lead")


@rules.command()
def lint(rulebook: Rulebook = None, config: options.Config = None, as_json: options.AsJson = False) -> None:
    """Check a rulebook: every problem with its line, its column and what would be legal. Exits with 12 on errors."""
    from dataclasses import asdict

    from speechcx.project import lint_rulebook

    path = _path(rulebook, config)
    problems = lint_rulebook(path)
    style = options.style(as_json, False)
    print_rows(
        "problems",
        [asdict(p) for p in problems],
        _PROBLEM_COLUMNS,
        style=style,
        empty=f"{path}: no problems.",
    )
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(12)


@rules.command("test")
def run_tests(
    rulebook: Rulebook = None,
    failed_only: Annotated[bool, typer.Option("--failed", help="Show only tests that fail.")] = False,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Run the tests a rulebook brings. Exits with 12 where one fails."""
    from dataclasses import asdict

    from speechcx.rules import read_rulebook, run_rulebook_tests

    outcomes = run_rulebook_tests(read_rulebook(_path(rulebook, config)))
    shown = [asdict(outcome) for outcome in outcomes if not (failed_only and outcome.passed)]
    print_rows("tests", shown, _TEST_COLUMNS, style=options.style(as_json, False), empty="No test to show.")
    wrong = sum(not outcome.passed for outcome in outcomes)
    note(f"{len(outcomes) - wrong} passed, {wrong} failed")
    if wrong:
        raise typer.Exit(12)


def _path(rulebook: Path | None, config: Path | None) -> Path:
    from speechcx.errors import UsageError

    if rulebook is not None:
        return rulebook
    loaded = options.load(config, None)
    if not loaded.files.rulebook:
        raise UsageError("no rulebook named", "a path, or files.rulebook in speechcx.toml", "name the file")
    return loaded.resolve(loaded.files.rulebook)


def rejudge(
    rulebook: Rulebook = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also calls already judged by this rulebook.")
    ] = False,
    db: options.Database = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """Judge stored calls under the rulebook as it now is; touches no audio, keeps the old results."""
    from dataclasses import asdict

    from speechcx import batch
    from speechcx.project import load_rulebook
    from speechcx.rules import read_rulebook
    from speechcx.store import Store

    loaded = options.load(config, overrides)
    book = read_rulebook(rulebook) if rulebook else load_rulebook(loaded)
    with Store.open(options.database(loaded, db)) as store:
        summary = batch.rejudge(store, book, loaded.settings, again=again)
    if as_json:
        print_json({"schema_version": 1, "kind": "rejudge", "rulebook": book.digest, **asdict(summary)})
    else:
        print_text(
            f"{summary.done} calls judged by {book.name} version {book.version} in {summary.seconds:.1f} s."
        )
    raise typer.Exit(summary.exit_code)


def relabel(
    call: Annotated[str, typer.Argument(help="Call id, the beginning of one, or the name of its file.")],
    swap: Annotated[bool, typer.Option("--swap", help="Agent and customer change places.")] = False,
    channels: options.Channels = None,
    db: options.Database = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
) -> None:
    """Correct who is the agent and who the customer of a stored call, and judge it anew; needs no audio."""
    from speechcx import batch
    from speechcx.ask.show import find_call_id
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


def sentiment(
    file: Annotated[str, typer.Argument(help="Text with one utterance a line; - for standard input.")] = "-",
    model: Annotated[str | None, typer.Option("--model", help="A model's name or folder.")] = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
) -> None:
    """Read the feeling of text, one utterance a line: label, value from -1 to 1, confidence."""
    from speechcx.sentiment import load_sentiment, read_texts

    loaded = options.load(config, overrides, sentiment_model=model)
    texts = options.read_lines(file)
    engine = load_sentiment(loaded.settings.sentiment)
    for text, read in zip(texts, read_texts(texts, engine, loaded.settings.sentiment), strict=True):
        if as_json:
            print_json({"text": text, **options.row(read)}, lines=True)
        else:
            value = "-" if read.value is None else f"{read.value:+.2f}"
            print_text(f"{read.label or 'none':9}{value:>6}  {text}")

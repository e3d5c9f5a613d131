"""Commands of people who write rulebooks: check, test, try, measure coverage, compare, judge stored calls again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import note, print_answer
from speechcx.cli.question_options import Asked, asks
from speechcx.cli.readings import note_reading
from speechcx.cli.streams import is_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from speechcx.batch import CallChoice, Progress, ReportProgress
    from speechcx.config import LoadedSettings
    from speechcx.present.rulebooks import LabelledRule
    from speechcx.rules import Rulebook as Book
    from speechcx.rules import Rulebooks as Books

rules = typer.Typer(name="rules", help="Rulebooks: check, test, try, cover, compare.", no_args_is_help=True)

RulebookArgument = Annotated[Path | None, typer.Argument(help="Rulebook; default: files.rulebook.")]
CallNames = Annotated[
    list[str] | None, typer.Option("--call", help="Only this call, by id or file; may be repeated.")
]
Newest = Annotated[int, typer.Option("--newest", min=0, help="Only the newest N calls; 0 for all.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel="Quality lead")(rejudge)
    app.add_typer(rules, rich_help_panel="Quality lead")


@rules.command()
@example("rules lint")
def lint(
    rulebook: RulebookArgument = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Check a rulebook: every problem with its line, its column and what is allowed there. Exits with 12 on errors."""
    from dataclasses import replace

    from speechcx.present.rulebooks import present_problems
    from speechcx.rules import lint_file

    paths = _paths(rulebook, config)
    found = [(path, problem) for path in paths for problem in lint_file(path)]
    # Of several files, each line says which.
    problems = [replace(one, found=f"{path}: {one.found}") if len(paths) > 1 else one for path, one in found]
    print_answer(present_problems(problems, ", ".join(map(str, paths))), options.style(as_json, as_csv))
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(12)
    # Whether each is in the language it stands for is no question of one file.
    _book(rulebook, options.load(config, None))


@rules.command()
@example("rules starters")
def starters(
    name: Annotated[str | None, typer.Argument(help="Print this one, to keep it in a file.")] = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """List the rulebooks to begin with; with a name, print one."""
    from speechcx.present.rulebooks import present_starters
    from speechcx.project import list_starters, read_starter

    if name is not None:
        typer.echo(read_starter(name), nl=False)
        return
    print_answer(present_starters(list_starters()), options.style(as_json, as_csv))


@rules.command("test")
@example("rules test --labels labels.csv")
def run_tests(
    rulebook: RulebookArgument = None,
    failed_only: Annotated[bool, typer.Option("--failed", help="Show only tests that fail.")] = False,
    labels: Annotated[
        Path | None, typer.Option("--labels", metavar="FILE", help="Labelled calls: call,rule,truth in CSV.")
    ] = None,
    min_precision: Annotated[
        float | None,
        typer.Option("--min-precision", min=0, max=1, help="With --labels: exit with 12 below it."),
    ] = None,
    min_recall: Annotated[
        float | None, typer.Option("--min-recall", min=0, max=1, help="With --labels: exit with 12 below it.")
    ] = None,
    db: options.Database = None,
    config: options.Config = None,
    overrides: options.Overrides = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Run a rulebook's own tests, and measure it on labelled calls. Exits with 12 where one fails."""
    from speechcx.errors import UsageError
    from speechcx.present.rulebooks import list_shortfalls, present_tests
    from speechcx.rules import run_rulebook_tests

    style = options.style(as_json, as_csv)
    if labels is None and not (min_precision is None and min_recall is None):
        raise UsageError("a threshold without labels", "calls that people labelled", "add --labels FILE")
    loaded = options.load(config, overrides)
    _paths(rulebook, config)
    book = _book(rulebook, loaded)
    measures = None if labels is None else _measure(book, labels, loaded, db)
    outcomes = [outcome for each in book.books for outcome in run_rulebook_tests(each)]
    wrong = sum(not outcome.passed for outcome in outcomes)
    shown = [outcome for outcome in outcomes if not (failed_only and outcome.passed)]
    print_answer(present_tests(shown, measures), style)
    note(f"{len(outcomes) - wrong} passed, {wrong} failed" if outcomes else f"{book.label} brings no tests.")
    short = list_shortfalls(measures or (), min_precision, min_recall)
    for text in short:
        note(text)
    if wrong or short:
        raise typer.Exit(12)


def _measure(book: Books, labels: Path, loaded: LoadedSettings, db: Path | None) -> tuple[LabelledRule, ...]:
    from speechcx import batch
    from speechcx.ask.ground import find_call_id
    from speechcx.present.rulebooks import label_rule
    from speechcx.rules import read_labels
    from speechcx.store import Store

    database = options.database(loaded, db)
    rules = (rule for each in book.books for rule in each.rules)
    names = list(dict.fromkeys(rule.id for rule in rules if rule.kind != "hidden"))
    with Store.open(database, read_only=True) as store:
        found = read_labels(labels, rules=names, find_call=lambda name: find_call_id(store, name))
    ask = batch.JudgeOnly(book, loaded.settings)
    measures, failed = batch.measure_labels(database, ask, found, report=_reporter())
    unsure = sum(label.truth == "cannot_tell" for label in found)
    if unsure:
        note(f"{unsure} labels say cannot_tell: they are no measure of a rule and are left out.")
    if failed:
        note(f"{len(failed)} labelled calls could not be judged: {failed[0].message}")
    return tuple(label_rule(measure) for measure in measures)


@rules.command("try")
@asks(with_settings=True)
@example("rules try 'cancel* NEAR/5 account'")
def try_phrase(
    asked: Asked,
    condition: Annotated[
        str | None, typer.Argument(help="A phrase as after said:, hold_s > 20, or a condition in YAML.")
    ] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="Try this rule of the rulebook instead.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Said by: agent, customer.")] = None,
    negated: Annotated[
        str, typer.Option("--negated", help="ignore leaves out what is under a negation; or match.")
    ] = "match",
    text: Annotated[
        str | None, typer.Option("--text", help="Try it on this text instead; - for lines on standard input.")
    ] = None,
    rulebook: Annotated[
        Path | None, typer.Option("--rulebook", help="Whose lists and rules; default: files.rulebook.")
    ] = None,
    call: CallNames = None,
    newest: Newest = 1000,
    limit: options.Limit = 20,
) -> None:
    """Try a phrase or a condition before it is saved: where it matches in stored calls, and where it nearly does."""
    from speechcx import batch
    from speechcx.present.rule_trials import present_tried

    style, loaded = asked.style, asked.loaded
    book, name = _typed(condition, rule, by, negated, _base(rulebook, loaded, rule))
    if text is not None:
        typed = sys.stdin.read() if text == "-" else text
        print_answer(present_tried(batch.try_on_text(book.books[0], name, typed)), style)
        return
    chosen = _choose(asked, names=call or (), newest=newest)
    ask = batch.TryOne(book, name, loaded.settings)
    note_reading(loaded, asked.where, "search", [None], command="rules try", condition=condition, rule=rule)
    print_answer(present_tried(batch.try_on_calls(chosen, ask, limit=limit, report=_reporter())), style)


@rules.command()
@asks(with_settings=True)
@example("rules coverage --period 2026-03")
def coverage(
    asked: Asked,
    rulebook: RulebookArgument = None,
    call: CallNames = None,
    newest: Newest = 1000,
    limit: options.Limit = 20,
) -> None:
    """How a rulebook fits stored calls: rules that never or always match, dead phrases, calls without a driver."""
    from speechcx import batch
    from speechcx.ask.compliance import measure_precision
    from speechcx.present.rule_trials import present_coverage

    style, loaded = asked.style, asked.loaded
    book = _book(rulebook, loaded)
    chosen = _choose(asked, names=call or (), newest=newest)
    reports = batch.measure_coverage(chosen, batch.MeasureCoverage(book, loaded.settings), report=_reporter())
    print_answer(present_coverage(reports, limit=limit, right=measure_precision(asked.where)), style)


@rules.command()
@asks(with_settings=True)
@example("rules diff stored rulebook.yaml")
def diff(
    asked: Asked,
    old: Annotated[
        str,
        typer.Argument(help="A rulebook, or 'stored': what each call is judged by now. May be left out."),
    ] = "stored",
    new: Annotated[
        Path | None, typer.Argument(help="The rulebook to compare with it; default: files.rulebook.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="As rejudge --again: also calls judged by NEW already.")
    ] = False,
    call: CallNames = None,
    newest: Newest = 0,
    limit: options.Limit = 20,
) -> None:
    """What NEW would change on stored calls: results that flip, scores that move. Changes nothing."""
    from speechcx import batch
    from speechcx.ask.people import move_scores
    from speechcx.present.rulebooks import make_diff, present_diff
    from speechcx.rules import read_rulebook

    style, loaded = asked.style, asked.loaded
    if new is None and old != "stored":
        # One rulebook alone is the new one, as `rejudge` would take it.
        old, new = "stored", Path(old)
    before = None if old == "stored" else read_rulebook(old)
    after = _book(new, loaded)
    chosen = _choose(asked, names=call or (), newest=newest)
    ask = batch.CompareOne(before, after, loaded.settings, again=again)
    found = batch.compare_rulebooks(chosen, ask, report=_reporter())
    told = make_diff(ask, found, move_scores(asked.where, found.standings), chosen.hint)
    print_answer(present_diff(told, limit=limit), style)


@asks("as_csv", with_settings=True)
@example("rejudge --since 2026-03-01")
def rejudge(
    asked: Asked,
    rulebook: RulebookArgument = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also calls already judged by this rulebook.")
    ] = False,
) -> None:
    """Judge stored calls under the rulebook as it now is; touches no audio, keeps the old results."""
    from dataclasses import replace

    from speechcx import batch
    from speechcx.ask.ground import settle_names
    from speechcx.present.rulebooks import present_rejudged
    from speechcx.store import Store

    book = _book(rulebook, asked.loaded)
    with Store.open(asked.where) as store:
        only = replace(settle_names(store, asked.filters), with_superseded=True)
        summary = batch.rejudge(
            store, book, asked.loaded.settings, only=only, again=again, report=_reporter()
        )
    is_summary()
    print_answer(present_rejudged(summary, book), asked.style)
    raise typer.Exit(summary.exit_code)


def _choose(asked: Asked, *, names: Sequence[str], newest: int) -> CallChoice:
    """The calls of a filter, or those of them that are named."""
    from speechcx.ask.ground import find_call_id, find_hint, settle_names
    from speechcx.batch import CallChoice
    from speechcx.store import Store

    with Store.open(asked.where, read_only=True) as store:
        filters = settle_names(store, asked.filters)
        found = tuple(store.iter_call_ids(filters))
        if names:
            wanted = {find_call_id(store, name) for name in names}
            found = tuple(call_id for call_id in found if call_id in wanted)
        hint = None if found else str(find_hint(store, filters))
    return CallChoice(asked.where, found[-newest:] if newest else found, len(found), hint)


def _paths(rulebook: Path | None, config: Path | None) -> list[Path]:
    """The file that is named, else those of the settings."""
    from speechcx.errors import UsageError

    if rulebook is not None:
        return [rulebook]
    loaded = options.load(config, None)
    if not loaded.files.rulebook:
        raise UsageError("no rulebook named", "a path, or files.rulebook in speechcx.toml", "name the file")
    return [loaded.resolve(path) for _, path in loaded.files.rulebooks]


def _book(rulebook: Path | None, loaded: LoadedSettings) -> Books:
    from speechcx.project import load_rulebook
    from speechcx.rules import read_rulebook

    return read_rulebook(rulebook) if rulebook else load_rulebook(loaded)


def _base(rulebook: Path | None, loaded: LoadedSettings, rule: str | None) -> Books | None:
    """The rulebook whose lists and rules a typed condition may use; a broken one does not stop a plain phrase."""
    from speechcx.errors import RulebookError

    try:
        return _book(rulebook, loaded)
    except RulebookError as error:
        if rulebook is not None or rule is not None:
            raise
        note(f"The lists and rules of the rulebook cannot be used: {error.found}")
        return None


def _typed(
    condition: str | None, rule: str | None, by: str | None, negated: str, base: Books | None
) -> tuple[Books, str]:
    """The rulebook and the rule to try: one of its own, or what was typed; of several languages, in each."""
    from speechcx.errors import UsageError
    from speechcx.rules import TYPED, type_rule

    options.expect("--negated", negated, ("ignore", "match"))
    if (condition is None) == (rule is None):
        raise UsageError("nothing to try" if rule is None else "a phrase and --rule together",
                         "a phrase or condition, or --rule ID", "try 'cancel* NEAR/6 account'")  # fmt: skip
    party = options.party("--by", by)

    def make(book: Book | None) -> Book:
        if rule is None:
            assert condition is not None
            ignores = negated == "ignore"
            return type_rule(condition, base=book, by=party, negated="ignore" if ignores else "match")
        assert book is not None
        book.rule(rule)
        return book

    return _in_each(base, make), rule or TYPED


def _in_each(base: Books | None, make: Callable[[Book | None], Book]) -> Books:
    """What `make` makes of the rulebook; of several, those of which it can be made, and its error where of none."""
    from speechcx.errors import RulebookError
    from speechcx.rules import LanguageRulebooks

    if not isinstance(base, LanguageRulebooks):
        return make(base)
    made, errors = [], []
    for code, book in base.by_language:
        try:
            made.append((code, make(book)))
        except RulebookError as error:
            errors.append(error)
    if not made:
        raise errors[0]
    return LanguageRulebooks(tuple(made))


def _reporter() -> ReportProgress:
    """How far it is, on stderr: now and then on a terminal, else once a minute."""
    import time

    every_s = 2.0 if sys.stderr.isatty() else 60.0
    last = time.monotonic()

    def show(now: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= every_s:
            last = time.monotonic()
            note(f"{now.calls_done} of {now.calls_total} calls")

    return show

"""Commands of the quality lead about the machine itself: does it agree with people, and which answers count."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.output import Format, note, print_json, print_rows, print_text
from speechcx.cli.question_options import Asked, asks
from speechcx.present.table import Column
from speechcx.present.units import clock

if TYPE_CHECKING:
    from speechcx.ask.qa import AgreementReport, OfficialRow, OfficialTable, QuestionAgreement

qa = typer.Typer(name="qa", help="The machine against people: agreement, and which answers count.",
                 no_args_is_help=True)  # fmt: skip

_AGREEMENT_COLUMNS = (
    Column("question", "question"),
    Column("counts", "counts"),
    Column("n", "n"),
    Column("observed", "agree", kind="share"),
    Column("kappa", "kappa", digits=2),
    Column("interval", "95 %"),
    Column("pabak", "PABAK", digits=2),
    Column("prevalence", "people say yes", kind="share"),
    Column("people_n", "twice"),
    Column("people_kappa", "people's kappa", digits=2),
    Column("n_unsure", "left out"),
    Column("to_do", "to do"),
)
_UNLIKE_COLUMNS = (
    Column("question", "question"),
    Column("call_id", "call"),
    Column("review_id", "review"),
    Column("reviewer", "reviewer"),
    Column("machine", "machine"),
    Column("person", "person"),
    Column("time", "at"),
    Column("submitted_at", "submitted"),
)

_ESTIMATE_COLUMNS = (
    Column("agent", "agent"),
    Column("calls", "calls", digits=0),
    Column("drawn", "drawn"),
    Column("scored", "scored"),
    Column("score", "score of all", digits=1),
    Column("interval", "95 %"),
    Column("plain", "of the sample", digits=1),
)
_SCORE_COLUMNS = (
    Column("n", "calls"),
    Column("n_scored", "official"),
    Column("n_reviewed", "by people"),
    Column("score", "official score", digits=1),
    Column("interval", "95 %"),
    Column("weight_share", "of the weight", kind="share"),
    Column("suggested", "machine alone", digits=1),
    Column("n_suggested", "of calls"),
)


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    qa.command()(agreement)
    qa.command()(scores)
    qa.command()(estimate)
    app.add_typer(qa, rich_help_panel="Quality lead")


def agreement(
    scorecard: options.Scorecard = None,
    question: Annotated[str | None, typer.Option("--question", help="Only this question.")] = None,
    disagreements: Annotated[
        bool, typer.Option("--disagreements", help="List the calls on which machine and person differ.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Only answers handed in from this day on, UTC."),
    ] = None,
    reviewer: Annotated[str | None, typer.Option("--reviewer", help="Only this person's answers.")] = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Agreement of machine and people by question, which machine answers count officially, and what to do."""
    from dataclasses import replace

    from speechcx.ask.qa import AgreementFilter, measure_questions

    loaded, style = options.load(config, None), options.style(as_json, as_csv)
    day = options.day("--since", since)
    wanted = AgreementFilter(scorecard, None if day is None else day.isoformat(), reviewer)
    found = measure_questions(options.database(loaded, db), wanted, loaded.settings.review)
    if question is not None:
        options.expect("--question", question, tuple(one.question for one in found.questions))
        found = replace(
            found, questions=tuple(one for one in found.questions if one.question == question),
            disagreements=tuple(one for one in found.disagreements if one.question == question),
        )  # fmt: skip
    if style == "json":
        print_json({"schema_version": 1, "kind": "agreement", **asdict(found)})
    elif disagreements:
        _print_disagreements(found, style)
    else:
        _print_agreement(found, style)


@asks()
def scores(
    asked: Asked,
    by: Annotated[str, typer.Option("--by", help="agent, team or center.")] = "agent",
    scorecard: options.Scorecard = None,
) -> None:
    """Official scores: reviews by people, and machine answers that agree with people well enough."""
    from speechcx.ask.qa import SCORE_GROUPS, score_officially

    options.expect("--by", by, SCORE_GROUPS)
    group = next(known for known in SCORE_GROUPS if known == by)
    review = asked.loaded.settings.review
    found = score_officially(asked.where, asked.filters, review, by=group, scorecard=scorecard)
    if asked.style == "json":
        print_json({"schema_version": 1, "kind": "official-scores", **asdict(found)})
    else:
        _print_scores(found, asked.style)


def estimate(
    plan: Annotated[str, typer.Argument(help="A review plan.")],
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """What the reviews of a plan say of all the calls it drew from, whatever risks it was weighed by."""
    from speechcx.ask.qa import estimate_plan

    style = options.style(as_json, as_csv)
    found = estimate_plan(options.database(options.load(config, None), db), plan)
    if style == "json":
        print_json({"schema_version": 1, "kind": "estimate", **asdict(found)})
        return
    rows = [asdict(row) | {"interval": _between(row.interval)} for row in found.rows]
    if style == "table" and len(rows) > 1:
        rows.append(asdict(found.total) | {"agent": "all", "interval": _between(found.total.interval)})
    print_rows("estimates", rows, _ESTIMATE_COLUMNS, style=style)
    if style == "table" and found.unseen:
        note(f"Nothing is scored yet of {len(found.unseen)} agents, who are not in the total.")


def _between(interval: tuple[float, float] | None) -> str | None:
    return None if interval is None else f"{max(0.0, interval[0]):.0f} to {min(100.0, interval[1]):.0f}"


def _print_scores(found: OfficialTable, style: Format) -> None:
    rows = [_score_cells(row) | {"key": row.key or "(unknown)"} for row in found.rows]
    if style == "table" and len(rows) > 1:
        rows.append(_score_cells(found.total) | {"key": "all"})
    columns = [Column("key", found.by), *_SCORE_COLUMNS]
    print_rows("official-scores", rows, columns, style=style, empty=found.hint or "")
    if style == "table" and rows:
        note(
            f"Scorecard {found.scorecard}. Machine answers that count: {', '.join(found.official) or 'none yet'}."
        )
        if found.suggested:
            note(f"Only suggested: {', '.join(found.suggested)}. `speechcx qa agreement` says what to do.")


def _score_cells(row: OfficialRow) -> dict[str, object]:
    return asdict(row) | {"interval": _between(row.interval)}


def _print_agreement(found: AgreementReport, style: Format) -> None:
    from speechcx.ask.qa import KEEP_WATCH

    columns = _AGREEMENT_COLUMNS if style == "csv" else _AGREEMENT_COLUMNS[:-1]
    print_rows("questions", [_cells(one) for one in found.questions], columns, style=style)
    if style == "csv":
        return
    waiting: dict[str, list[str]] = {}
    for one in found.questions:
        if one.to_do != KEEP_WATCH and one.status not in ("person", "retired"):
            waiting.setdefault(one.to_do, []).append(one.question)
    if waiting:
        print_text("To do:")
    for to_do, names in waiting.items():
        print_text(f"{', '.join(names)}: {to_do}.", indent=2)
    note(
        f"Scorecard {found.scorecard}, rulebook {found.rulebook} version {found.version}; blind reviews:"
        f" {found.reviews}, of calls: {found.calls}. The machine's answers count officially from kappa"
        f" {found.kappa_bar:g} on {found.min_answers} blind answers; till then they are suggested."
    )
    if found.not_blind:
        note(f"{found.not_blind} reviews left out: not blind.")
    for one in found.questions:
        if one.n_earlier:
            note(_older(one))


def _older(one: QuestionAgreement) -> str:
    text = f"{one.question}: {one.n_earlier} answers were held against another rule or wording and do not count here"
    if one.now_on_all is not None and one.now_on_all.observed is not None:
        kappa = "no kappa" if one.now_on_all.kappa is None else f"kappa {one.now_on_all.kappa:.2f}"
        text += (
            f"; the rule as it is now agrees with {100 * one.now_on_all.observed:.0f} % of all {one.now_on_all.n}"
            f" ({kappa}), which is no proof, since it was reworded with these calls in view"
        )
    return f"{text}."


def _cells(one: QuestionAgreement) -> dict[str, object]:
    interval = one.machine.interval
    return {
        "question": one.question,
        "counts": "official"
        if one.official
        else one.status
        if one.status in ("person", "retired")
        else "suggested",
        "n": one.machine.n,
        "observed": one.machine.observed,
        "kappa": one.machine.kappa,
        "interval": None if interval is None else f"{interval[0]:.2f} to {interval[1]:.2f}",
        "pabak": one.machine.pabak,
        "prevalence": one.prevalence,
        "people_n": one.people.n,
        "n_unsure": one.n_machine_unsure + one.n_person_unsure,
        "people_kappa": one.people.kappa,
        "to_do": one.to_do,
    }


def _print_disagreements(found: AgreementReport, style: Format) -> None:
    rows = [
        options.row(one) | {"time": None if one.at_s is None else clock(one.at_s)}
        for one in found.disagreements
    ]
    print_rows("disagreements", rows, _UNLIKE_COLUMNS, style=style,
               empty="No disagreement on blind answers to the questions as they are now.")  # fmt: skip

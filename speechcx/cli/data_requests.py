"""Commands that take calls out: evidence folders, erasing for good, rewriting the database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import print_answer
from speechcx.present.units import count_text

if TYPE_CHECKING:
    from speechcx.ask.compliance import Exported, SoundWanted
    from speechcx.config import Settings
    from speechcx.store import Store


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (export, erase):
        app.command(rich_help_panel="Compliance")(command)
    app.command(rich_help_panel="Administrator")(compact)


@example("export 66ea3428 --to evidence --with-audio")
def export(
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="A new folder; nothing is overwritten.")],
    calls: options.Calls = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Evidence of calls; the only kind so far.")
    ] = True,
    flag: Annotated[
        options.Names, typer.Option("--flag", metavar="FLAG", help="The call of this flag; may be repeated.")
    ] = None,
    saved: Annotated[
        str | None, typer.Option("--saved", metavar="NAME", help="Calls of a saved search.")
    ] = None,
    with_audio: Annotated[
        bool,
        typer.Option(
            "--with-audio",
            help="Copy each recording too, where it is unchanged; muted where a value was taken out.",
        ),
    ] = False,
    audio: Annotated[
        Literal["none", "muted", "redacted", "original"] | None,
        typer.Option("--audio", help="The same: redacted hears muted copies again, original mutes nothing."),
    ] = None,
    with_hidden: Annotated[
        bool, typer.Option("--with-hidden", help="Also results that only stand for a scorecard's condition.")
    ] = False,
    age: Annotated[
        options.Names,
        typer.Option(
            "--age",
            metavar="RECIPIENT",
            help="Encrypt with age for this recipient, as DIR.tar.age; may be repeated.",
        ),
    ] = None,
    who: options.Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Write calls as evidence: transcript, times, hits with rules and versions, decisions, digests of every file."""
    from speechcx.present.keeping import present_exported
    from speechcx.store import Store
    from speechcx.store.decisions.audit import AuditEntry, add_entries, read_who

    name = read_who(who)
    loaded = options.load(config, None)
    sound = _sound(audio or ("muted" if with_audio else "none"), loaded.settings)
    with Store.open(options.database(loaded, db)) as store:
        ids = _chosen(store, calls, flag, saved)
        found = _export(store, ids, to, age or (), sound=sound, with_hidden=with_hidden)
        told = {"to": Path(found.folder).name, "manifest_sha256": found.manifest_sha256, "audio": sound.audio}
        add_entries(store, name, [AuditEntry("export", call_id, None, told) for call_id in ids])
    print_answer(present_exported(found, with_audio=sound.audio != "none"), options.style(as_json, False))


def _sound(audio: Literal["none", "muted", "redacted", "original"], settings: Settings) -> SoundWanted:
    """How recordings are copied: by the settings, and heard again where that was asked for."""
    from speechcx.ask.compliance import SoundWanted
    from speechcx.pipeline import hear_values
    from speechcx.redact.muting import MutingSettings

    muting = MutingSettings(settings.audio, settings.turns, settings.redact.margin_s)
    hear = (lambda recording: hear_values(recording, settings)) if audio == "redacted" else None
    return SoundWanted(audio, hear, muting)


def _export(
    store: Store,
    ids: Sequence[str],
    to: Path,
    recipients: Sequence[str],
    *,
    sound: SoundWanted,
    with_hidden: bool,
) -> Exported:
    """The evidence in a folder, or encrypted in one file."""
    from speechcx.ask.compliance import export_evidence, name_sealed, seal, unsealed

    if not recipients:
        return export_evidence(store, ids, to, sound=sound, with_hidden=with_hidden)
    target = name_sealed(to)
    with unsealed(target, recipients) as folder:
        found = export_evidence(store, ids, folder, sound=sound, with_hidden=with_hidden)
        return seal(found, folder, target, recipients)


@example("erase C1042.wav --reason 'asked by letter of 2 March'")
def erase(
    reason: options.KeptReason,
    calls: options.Calls = None,
    customer: Annotated[
        options.Names,
        typer.Option("--customer", metavar="CUSTOMER", help="Every call of this customer; may be repeated."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    later: Annotated[
        bool, typer.Option("--compact-later", help="Leave rewriting the database to `speechcx compact`.")
    ] = False,
    who: options.Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Erase calls for good, words and decisions with them; their files are never analysed again."""
    from speechcx import batch
    from speechcx.cli.flags import confirm
    from speechcx.present.keeping import present_erased
    from speechcx.store import Store
    from speechcx.store.decisions.audit import read_who

    name = read_who(who)
    with Store.open(options.database(options.load(config, None), db)) as store:
        customers = _find_customers(store, customer or ())
        ids = _find_erasable(store, calls or (), customers)
        if not yes:
            confirm(
                f"Erase {count_text(len(ids), 'call')} for good:"
                f" {', '.join(ids[:5])}{', ...' if len(ids) > 5 else ''}?",
                len(ids),
            )
        erased = batch.erase(store, ids, who=name, reason=reason, customers=customers, compact=not later)
    print_answer(present_erased(erased), options.style(as_json, False))


@example("compact")
def compact(
    db: options.Database = None, config: options.Config = None, as_json: options.AsJson = False
) -> None:
    """Rewrite the database: smaller, without a trace of what was erased; needs its size again in free disk space."""
    from speechcx import batch
    from speechcx.present.keeping import Compacted, present_compacted
    from speechcx.store import Store

    where = options.database(options.load(config, None), db)
    with Store.open(where) as store, batch.hold_lock(store.path, command="compact"):
        before = where.stat().st_size
        is_empty = store.compact()
    told = Compacted(before, where.stat().st_size, is_empty)
    print_answer(present_compacted(told), options.style(as_json, False))


def _chosen(store: Store, calls: options.Names, flags: options.Names, saved: str | None) -> list[str]:
    """Ids of the calls that are named, of the flags, and of the matches of a kept search."""
    from speechcx.ask.compliance import find_flag
    from speechcx.ask.ground import find_call_id
    from speechcx.ask.search import find_calls

    ids = [find_call_id(store, call) for call in calls or ()]
    ids += [find_flag(store, flag).call_id for flag in flags or ()]
    ids += find_calls(store, saved) if saved is not None else []
    return list(dict.fromkeys(ids))


def _find_erasable(store: Store, calls: Sequence[str], customers: Sequence[str]) -> list[str]:
    """Ids of the calls that are named, and of every call of the customers, also of those that count no longer."""
    from speechcx.errors import UsageError
    from speechcx.store import CallFilter

    ids = [_erasable(store, call) for call in calls]
    for customer in customers:
        ids += store.iter_call_ids(CallFilter(customer=(customer,), with_superseded=True))
    if not ids and not customers:
        raise UsageError(
            "no call named", "calls, or a customer whose calls go", "name one, or add --customer KEY"
        )
    return list(dict.fromkeys(ids))


def _find_customers(store: Store, typed: Sequence[str]) -> list[str]:
    """The customers that are meant: of stored calls, or of what other systems told alone."""
    from speechcx.ask.ground import find_name
    from speechcx.store.facts.forget_facts import knows_customer

    return [
        customer if knows_customer(store.db, customer) else find_name(store, "customer", customer)
        for customer in typed
    ]


def _erasable(store: Store, name: str) -> str:
    """Id of a stored call, or of one that failed or was erased before, by its whole id."""
    from speechcx.ask.ground import find_call_id
    from speechcx.store.calls.erasure import find_erasure

    whole = name.strip().lower()
    if find_erasure(store, whole) is not None or (len(whole) == 16 and store.ledger.find_paths(whole)):
        return whole
    return find_call_id(store, name)

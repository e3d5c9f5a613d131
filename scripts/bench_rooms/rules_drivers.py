"""The banking drivers on written requests with human intents (BANKING77, validation part).

Requests are typed, one sentence each, and their 77 intents are narrower than why people call a bank:
figures say how a starter rulebook does on requests it was not written for, not on calls.
"""

from __future__ import annotations

from pathlib import Path

from speechcx.rules import judge_view, parse_rulebook, view_test
from speechcx.rules.language.examples import Line, RuleTest
from speechcx.rules.starter import starter_rulebook

INTENTS = {
    "lost-card": ("lost_or_stolen_card", "compromised_card"),
    "unknown-payment": (
        "card_payment_not_recognised", "cash_withdrawal_not_recognised", "direct_debit_payment_not_recognised",
    ),
    "charged-twice": ("transaction_charged_twice",),
    "fee-question": (
        "card_payment_fee_charged", "cash_withdrawal_charge", "transfer_fee_charged", "top_up_by_card_charge",
        "top_up_by_bank_transfer_charge", "exchange_charge", "extra_charge_on_statement",
    ),
    "card-declined": (
        "declined_card_payment", "declined_cash_withdrawal", "card_not_working", "contactless_not_working",
        "virtual_card_not_working",
    ),
    "card-arrival": ("card_arrival", "card_delivery_estimate"),
    "transfer-problem": (
        "failed_transfer", "declined_transfer", "pending_transfer", "transfer_not_received_by_recipient",
        "transfer_timing", "balance_not_updated_after_bank_transfer", "top_up_failed", "pending_top_up",
        "top_up_reverted", "cancel_transfer", "beneficiary_not_allowed",
    ),
    "refund-request": ("request_refund", "Refund_not_showing_up"),
    "pin-or-login": ("change_pin", "pin_blocked", "passcode_forgotten"),
    "close-account": ("terminate_account",),
    "exchange-rate": (
        "exchange_rate", "card_payment_wrong_exchange_rate", "wrong_exchange_rate_for_cash_withdrawal",
        "fiat_currency_support", "exchange_via_app",
    ),
}  # fmt: skip


def show(data: Path, part: str = "valid") -> None:
    """Print recall and precision of each driver."""
    folder = data / "intents" / "BANKING77" / part
    if not folder.is_dir():
        print(f"no requests in {folder}")
        return
    labels = (folder / "label").read_text(encoding="utf-8").splitlines()
    texts = (folder / "seq.in").read_text(encoding="utf-8").splitlines()
    rulebook = parse_rulebook(starter_rulebook("drivers-banking"))
    counts = {rule: [0, 0, 0] for rule in INTENTS}
    for label, text in zip(labels, texts, strict=True):
        facts = view_test(RuleTest("", "present", (Line("customer", 0.0, None, text),)))
        values = {result.rule: result.value for result in judge_view(rulebook, facts)}
        for rule, intents in INTENTS.items():
            found, there = values[rule] == "present", label in intents
            counts[rule][0] += found and there
            counts[rule][1] += found and not there
            counts[rule][2] += there and not found
    for rule, (hit, false, missed) in counts.items():
        print(
            f"  {rule:18s} recall {hit / max(1, hit + missed):.2f}  precision {hit / max(1, hit + false):.2f}",
            end="",
        )
        print(f"  n = {hit + missed}")
    hit, false, missed = (sum(count[place] for count in counts.values()) for place in range(3))
    print(
        f"all: recall {hit / (hit + missed):.3f}, precision {hit / (hit + false):.3f}, {len(texts)} requests"
    )

"""What the words of the commands about keeping mean."""

from __future__ import annotations

from tests.cli.conftest import Speechcx


def test_retention_is_about_how_long_data_is_kept(speechcx: Speechcx) -> None:
    """Alone it lists plan and apply, and says nothing of customers."""
    alone = speechcx("retention")
    assert alone.code == 2
    assert "plan " in alone.err
    assert "apply " in alone.err
    assert "ustomer" not in alone.err


def test_customers_kept_and_lost_are_accounts(speechcx: Speechcx) -> None:
    """The question about customers has the name of what it is answered from, and is found under churn too."""
    asked = speechcx("accounts", "--help")
    assert asked.code == 0
    assert "--intent" in asked.out
    assert speechcx("churn").err.rstrip().endswith("To do: speechcx accounts")

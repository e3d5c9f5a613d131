"""Trends and drivers on the screen."""

import pytest

from tests.cli.conftest import Speechcx

pytestmark = pytest.mark.usefixtures("archive")


def test_weekdays_and_hours_are_named(speechcx: Speechcx) -> None:
    """As people say them."""
    assert "Saturday" in speechcx("trends", "--by", "weekday").out
    assert "13:00" in speechcx("trends", "--by", "hour").out


def test_cut_weeks_are_marked(speechcx: Speechcx) -> None:
    """With a star and what it means."""
    shown = speechcx("trends", "--period", "2025-03")
    assert "2025-02-24 *" in shown.out
    assert "* The period begins or ends inside it." in shown.err


def test_drivers_without_driver_rules_found(speechcx: Speechcx) -> None:
    """Every call stands under no driver, and the way to drivers is told."""
    shown = speechcx("drivers")
    assert "no driver found" in shown.out
    assert "kind 'driver'" in shown.err


def test_a_wrong_division_is_refused(speechcx: Speechcx) -> None:
    """With the nearest."""
    ran = speechcx("trends", "--by", "weaks")
    assert 2 == ran.code
    assert "use week" in ran.err

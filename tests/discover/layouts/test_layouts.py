"""Layouts of known recorders: every example of every data file, the guess, and what a call is told of them."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from speechcx.discover import DiscoverSettings, Sources, read_details
from speechcx.discover.layouts import (
    Layout,
    LayoutExample,
    find_layout,
    guess_layouts,
    list_layouts,
    match_layout,
    read_names,
)
from speechcx.errors import ConfigError

EXAMPLES = [(layout, example) for layout in list_layouts() for example in layout.examples]


def test_twelve_recorders_and_more_have_ten_examples_each() -> None:
    """Each layout has at least ten example names."""
    assert len(list_layouts()) >= 12
    assert [] == [layout.name for layout in list_layouts() if len(layout.examples) < 10]


@pytest.mark.parametrize(
    ("layout", "example"), EXAMPLES, ids=[f"{layout.name}-{example.path}" for layout, example in EXAMPLES]
)
def test_every_example_is_read_as_its_file_says(layout: Layout, example: LayoutExample) -> None:
    """A name gives exactly the fields that stand beside it."""
    found = match_layout(layout, f"/calls/{example.path}", zone="UTC")
    assert found is not None
    known = dict(found[1].values)
    moment = found[1].moment
    if moment is not None:
        known["started_at"] = moment.when.astimezone(UTC).replace(tzinfo=None).isoformat()
    assert dict(example.expected) == {field: known.get(field) for field in example.expected}


@pytest.mark.parametrize("layout", list_layouts(), ids=lambda layout: layout.name)
def test_a_folder_of_one_recorder_is_guessed(layout: Layout) -> None:
    """The examples of a layout are guessed to be of that layout."""
    fits = guess_layouts([f"/calls/{example.path}" for example in layout.examples])
    assert layout.name == fits[0].layout.name
    assert len(layout.examples) == fits[0].read


def test_a_folder_of_random_names_is_of_no_layout() -> None:
    """Names that mean nothing are guessed to be none, in a thousand folders."""
    random_ = random.Random(5)
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-_ ().[]"
    for _ in range(1000):
        names = ["".join(random_.choices(letters, k=random_.randint(3, 40))) + ".wav" for _ in range(10)]
        assert () == guess_layouts([f"/calls/{name}" for name in names])


@pytest.mark.parametrize(
    "names",
    [
        ["call 1.wav", "call 2.wav", "call 3.wav"],
        ["Recording (1).m4a", "Recording (2).m4a"],
        ["VoiceMessage-2026-03-02.wav", "meeting_with_ann.mp3"],
        ["20260302.wav", "20260303.wav"],
        ["20261345991299.wav", "20269902091500.wav"],
    ],
)
def test_names_that_people_type_are_of_no_layout(names: list[str]) -> None:
    """Ordinary file names, and times that cannot be, are not taken for a recorder's."""
    assert () == guess_layouts([f"/calls/{name}" for name in names])


def test_a_call_is_read_by_the_layout_of_the_settings() -> None:
    """``layouts = ["freepbx"]`` gives agent, customer, direction and start, and says where they came from."""
    settings = DiscoverSettings(layouts=("freepbx",), zone="Europe/Berlin")
    path = "/calls/out-4930123456-207-20260302-091500-1772442900.17.wav"
    details = read_details(path, Sources(), settings)
    assert ("207", "4930123456", "outbound") == (details.agent, details.customer, details.direction)
    assert details.started_at is not None
    assert datetime(2026, 3, 2, 8, 15, tzinfo=UTC) == details.started_at
    assert "file name by layout freepbx" == dict(details.sources)["agent"]


def test_an_own_pattern_goes_before_a_layout() -> None:
    """``discover.patterns`` is tried first."""
    settings = DiscoverSettings(
        patterns=("q-{agent}-{customer}-{date:%Y%m%d}-{time:%H%M%S}-{skip}",),
        layouts=("freepbx",),
        zone="UTC",
    )
    details = read_details("/calls/q-600-4930123456-20260302-091500-1.17.wav", Sources(), settings)
    assert "600" == details.agent
    assert details.queue is None


def test_times_of_a_layout_that_are_in_utc_need_no_zone() -> None:
    """Amazon Connect writes UTC, whatever the centre's zone: the call counts by the centre's clock."""
    settings = DiscoverSettings(layouts=("amazon-connect",), zone="America/New_York")
    name = "8f6c0a1e-55aa-4c1b-9d11-0c9b2f6f9d01_20260302T02:15_UTC.wav"
    details = read_details(f"/calls/{name}", Sources(), settings)
    assert details.started_at is not None
    assert datetime(2026, 3, 2, 2, 15, tzinfo=UTC) == details.started_at
    assert "America/New_York" == details.zone
    assert ("customer", "agent") == details.channels


def test_the_metadata_file_of_a_genesys_export_is_read(tmp_path: Path) -> None:
    """User, start and customer come from ``NAME_metadata.json``."""
    folder = (
        tmp_path / "year=2026/month=03/day=02/hour=09/conversation_id=8f6c0a1e-55aa-4c1b-9d11-0c9b2f6f9d01"
    )
    folder.mkdir(parents=True)
    recording = folder / "0d6f0c1e-55aa-4c1b-9d11-0c9b2f6f9aaa.wav"
    recording.write_bytes(b"")
    metadata = {
        "mediaType": "Call",
        "userIds": ["u-17"],
        "startTime": "2026-03-02T09:15:31Z",
        "ani": "+4930123456",
    }
    recording.with_name(f"{recording.stem}_metadata.json").write_text(json.dumps(metadata))
    details = read_details(recording, Sources(), DiscoverSettings(layouts=("genesys-cloud",), zone="UTC"))
    assert ("u-17", "+4930123456") == (details.agent, details.customer)
    assert details.started_at is not None
    assert "2026-03-02T09:15:31+00:00" == details.started_at.isoformat()
    assert "8f6c0a1e-55aa-4c1b-9d11-0c9b2f6f9d01" == dict(details.extras)["conversation"]


def test_two_users_in_the_metadata_are_no_agent(tmp_path: Path) -> None:
    """A call that two users took is blamed on neither."""
    recording = tmp_path / "0d6f0c1e-55aa-4c1b-9d11-0c9b2f6f9aaa.wav"
    recording.write_bytes(b"")
    metadata = {"userIds": ["u-17", "u-18"], "startTime": "2026-03-02T09:15:31Z"}
    recording.with_name(f"{recording.stem}_metadata.json").write_text(json.dumps(metadata))
    details = read_details(recording, Sources(), DiscoverSettings(layouts=("genesys-cloud",), zone="UTC"))
    assert details.agent is None


def test_a_call_without_details_says_which_recorder_its_name_looks_like() -> None:
    """The reason names the layout, and the line to add."""
    name = "[Lee, Ann]_207-0049301234_20260302091500(77).wav"
    details = read_details(f"/calls/{name}", Sources(), DiscoverSettings(zone="UTC"))
    assert 'which looks like 3CX: layouts = ["3cx"] below [discover]' in dict(details.sources)["agent"]


def test_a_layout_nobody_knows_is_named_with_those_there_are() -> None:
    """The message of a misspelt layout lists the layouts."""
    with pytest.raises(ConfigError, match="no layout 'freepx'") as told:
        find_layout("freepx")
    assert "freepbx" in told.value.expected
    with pytest.raises(ValueError, match="no layout 'freepx'"):
        DiscoverSettings(layouts=("freepx",))


def test_names_that_a_layout_does_not_read_are_shown_as_such() -> None:
    """Reading a folder for people leaves no name out."""
    read = read_names(find_layout("3cx"), ["/calls/hello.wav"], zone="UTC")
    assert [("hello.wav", False)] == [(one.name, one.is_read) for one in read]

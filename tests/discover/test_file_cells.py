"""How people name a file in a table, and which recording they mean."""

from __future__ import annotations

import pytest

from speechcx.discover.file_cells import BARE, EXACT, LIKE, NOT, SAME_NAME, how_well, name_key

FOLDER = "/data/recordings"


@pytest.mark.parametrize(
    ("cell", "path", "level"),
    [
        ("call_1.wav", "/data/recordings/call_1.wav", EXACT),
        ("/data/recordings/2026/call_1.wav", "/data/recordings/2026/call_1.wav", EXACT),
        ("call_1.wav", "/data/recordings/2026/call_1.wav", BARE),
        (r"D:\Recordings\2026\03\call_17.wav", "/data/recordings/call_17.wav", SAME_NAME),
        (r"D:\Recordings\2026\03\call_17.wav", "/data/recordings/2026/03/call_17.wav", SAME_NAME),
        (r"D:\Recordings\2026\03\call_17.wav", "/data/recordings/2026/04/call_17.wav", NOT),
        (r"\\server\share\call_17.wav", "/data/recordings/call_17.wav", SAME_NAME),
        ("s3://bucket/2026/call_18.wav", "/data/recordings/call_18.wav", SAME_NAME),
        ("https://host/rec/call%2018.wav?sig=x#t", "/data/recordings/call 18.wav", SAME_NAME),
        ("/mnt/nas/call_18.wav", "/data/recordings/call_18.wav", SAME_NAME),
        ("call_19.wav", "/data/recordings/CALL_19.WAV", LIKE),
        ("call_20", "/data/recordings/call_20.wav", LIKE),
        ("CALL_20", "/data/recordings/call_20.mp3", LIKE),
        ("1772442900.17", "/data/recordings/1772442900.17.wav", LIKE),
        ("recordings/call_22.wav", "/data/recordings/call_22.wav", SAME_NAME),
        (r"recordings\call_22.wav", "/data/recordings/call_22.wav", SAME_NAME),
        ("./call_22.wav", "/data/recordings/call_22.wav", EXACT),
        ("caf\u00e9.wav", "/data/recordings/cafe\u0301.wav", LIKE),
        ("call_23.mp3", "/data/recordings/call_23.wav", NOT),
        ("call_2.wav", "/data/recordings/call_20.wav", NOT),
        ("deep/b.wav", "/data/recordings/b.wav", NOT),
        ("call_1.wav", "/other/call_1.wav", NOT),
        ("", "/data/recordings/a.wav", NOT),
        (".", "/data/recordings/a.wav", NOT),
    ],
)
def test_which_recording_a_cell_means(cell: str, path: str, level: int) -> None:
    """Another machine's folders, capitals, spelling and a missing ending do no harm; other names stay others."""
    assert how_well(cell, path, FOLDER) == level
    if level != NOT:
        assert name_key(cell) == name_key(path)

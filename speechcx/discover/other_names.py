"""What a file that is no recording is, by its name."""

from __future__ import annotations

import os

OTHER_REASONS = {
    "sidecar": "sidecars, read",
    "calls_table": "calls tables, read",
    "other_json": "JSON files that say nothing of a call",
    "other_table": "CSV files that are no calls table",
    "metadata": "files that recorders and other tools write beside recordings",
    "transcript": "transcripts and subtitles",
    "headerless": 'recordings without a header; say how they are encoded: audio.headerless = [".vox=dialogic"]',
    "archive": "archives; unpack them into the folder",
    "hidden": "hidden files",
    "partial": "files that are not yet whole, by their name",
    "unknown_extension": "files with an extension that is not among discover.extensions",
    "no_extension": "files without an extension",
    "not_a_file": "links, pipes, sockets and devices",
}  # fmt: skip
"""What a file that is no recording was taken for, by its slug; the first two are in use."""

USED_REASONS = frozenset({"sidecar", "calls_table"})

_ENDINGS = {
    "transcript": ".txt .srt .vtt .ttml .ass .sub .sbv .ctm .stm .textgrid .rttm .doc .docx",
    "headerless": ".vox .raw .pcm .adpcm .g711 .g711u .g711a .dat .bin .s16 .lin .l16",
    "archive": ".zip .tar .gz .tgz .bz2 .xz .7z .rar .zst",
    "metadata": ".json .xml .cdr .log .idx .index .meta .metadata .ini .cfg .inf .md5 .sha1 .sha256 .sig .asc .html"
    " .htm .pdf .eml .db .sqlite .yaml .yml .toml .xls .xlsx .ods .xmp .peaks .png .jpg .jpeg .svg",
}
_REASON_OF_ENDING = {ending: reason for reason, endings in _ENDINGS.items() for ending in endings.split()}


def name_reason(name: str, *, is_beside: bool) -> str:
    """What a file that is no recording is, by its name.

    Parameters
    ----------
    name
        Its file name.
    is_beside
        Whether a recording of that name lies beside it.

    Returns
    -------
    str
        A key of :data:`OTHER_REASONS`; of JSON and CSV :mod:`speechcx.discover.other_files` says more.
    """
    if name.startswith("."):
        return "hidden"
    ending = os.path.splitext(name)[1].lower()
    if name.lower().endswith(".transcript.json"):
        return "transcript"
    if ending == ".json" and is_beside:
        return "sidecar"
    if ending in (".csv", ".tsv"):
        return "other_table"
    return _REASON_OF_ENDING.get(ending, "unknown_extension" if ending else "no_extension")

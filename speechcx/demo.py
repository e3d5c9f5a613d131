"""A demonstration project: five made-up calls with settings, rulebook and roster, in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from speechcx.config import CONFIG_NAME
from speechcx.errors import UsageError
from speechcx.private_files import make_private_folder, write_private

DEMO_MODEL = "tiny.en"
"""The smallest model: the demonstration is to be quick, a real night uses ``base`` or more."""
DEMO_CALLS = (
    "james.carter_C1042_2026-03-06T09-02-47.mp3",
    "james.carter_C2077_2026-03-02T11-40-30.mp3",
    "maria.lopez_C2450_2026-03-03T16-48-00.mp3",
    "tom.becker_L2001_2026-03-02T10-26-18.opus",
    "tom.becker_L2001_2026-03-05T08-41-27.mp3",
)
"""An angry customer refused a supervisor, a missing recording notice with a legal threat, a pleased customer, and one
who calls twice about the same fault."""

_CONFIG = """\
# The demonstration of speechcx: five made-up calls of companies that do not exist.
# A project of your own begins with `speechcx init`.

[files]
recordings = ["recordings"]
database = "speechcx.db"
rulebook = "rulebook.yaml"
roster = "roster.csv"

[discover]
zone = "America/New_York"
patterns = ["{{agent}}_{{customer}}_{{started:%Y-%m-%dT%H-%M-%S}}"]
settle_s = 0

[transcribe]
model = "{model}"
"""


def samples_home() -> Path:
    """The folder of the sample calls: inside an installed package, else beside the checkout's package."""
    package = Path(__file__).resolve().parent
    installed = package / "_samples"
    return installed if installed.is_dir() else package.parent / "samples"


def start_demo(folder: Path, *, model: str = DEMO_MODEL) -> Path:
    """Write the demonstration's project; what it wrote before is left as it is.

    Parameters
    ----------
    folder
        Made where missing.
    model
        Recognition model.

    Returns
    -------
    Path
        Its settings file.

    Raises
    ------
    UsageError
        The folder holds other things, or the sample calls are missing.
    """
    config = folder / CONFIG_NAME
    if folder.is_dir() and any(folder.iterdir()) and not _is_demo(config):
        raise UsageError(
            f"the folder {folder} is not empty, and no demonstration is in it",
            "an empty or new folder",
            "name another one: speechcx demo FOLDER",
        )
    calls = folder / "recordings"
    make_private_folder(calls)
    samples = samples_home()
    for name in DEMO_CALLS:
        source = samples / "calls" / name
        if not source.is_file():
            raise UsageError(
                f"the sample call {name} is missing", f"it in {samples}", "install speechcx again"
            )
        _copy(source, calls / name)
        sidecar = source.with_suffix(".json")
        if sidecar.is_file():
            _copy(sidecar, calls / sidecar.name)
    for name in ("rulebook.yaml", "roster.csv"):
        _copy(samples / name, folder / name)
    if not config.exists():
        write_private(config, _CONFIG.format(model=model).encode())
    return config


def _is_demo(config: Path) -> bool:
    return config.is_file() and config.read_text(encoding="utf-8", errors="replace").startswith(
        _CONFIG.partition("\n")[0]
    )


def _copy(source: Path, target: Path) -> None:
    if not target.exists():
        shutil.copyfile(source, target)
        target.chmod(0o600)

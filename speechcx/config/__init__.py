"""Settings: one section for each room, from file, environment and flags, each checked and traced.

Takes a ``speechcx.toml``, ``SPEECHCX_SECTION_KEY`` variables and ``--set section.key=value``; gives
:class:`Settings` and, for every value, where it came from. Later sources win over earlier ones.
Nothing is declared twice: each room's settings dataclass, with its docstring, is the declaration.
To add a setting, add a field (with default and docstring line) to the room's dataclass.
"""

from speechcx.config.digest import LISTEN_VERSION, listen_digest
from speechcx.config.edit import write_settings
from speechcx.config.load import CONFIG_NAME, LoadedSettings, find_config, load_settings
from speechcx.config.review import PERIODS, RISKS, STRATA, ReviewSettings
from speechcx.config.sections import BatchSettings, FileSettings, Settings, describe_sections

__all__ = [
    "CONFIG_NAME",
    "LISTEN_VERSION",
    "PERIODS",
    "RISKS",
    "STRATA",
    "BatchSettings",
    "FileSettings",
    "LoadedSettings",
    "ReviewSettings",
    "Settings",
    "describe_sections",
    "find_config",
    "listen_digest",
    "load_settings",
    "write_settings",
]

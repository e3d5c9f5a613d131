"""Settings: one section for each room, from file, environment and flags, each checked and traced.

Takes a ``speechcx.toml``, ``SPEECHCX_SECTION_KEY`` variables and ``--set section.key=value``; gives
:class:`Settings` and, for every value, where it came from. Later sources win over earlier ones.
Nothing is declared twice: each room's settings dataclass, with its docstring, is the declaration.
To add a setting, add a field (with default and docstring line) to the room's dataclass.

What others may use of this room is listed in ``__init__.pyi``, and loaded when it is asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

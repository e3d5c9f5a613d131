"""The nouns that flow between the rooms: all frozen, slotted, with tuples inside.

``recording`` is the file as found and decoded, ``conversation`` what ``listen`` heard in it,
``assessment`` what ``judge`` made of that, ``scorecard`` the form a rulebook asks to fill in,
``languages`` which language a call is in,
``redaction`` what was taken out of it, ``measures`` every measure, declared once. Standard library only.

What others may use of this room is listed in ``__init__.pyi``, and loaded when it is asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""Rules: what a conversation holds of what a rulebook asks for.

Takes a rulebook (YAML) and what was heard and read of a call; gives one three-valued result for each
rule, with the words, party and time of every hit and of the nearest miss. Never listens to audio,
never decides from a word alone that nobody said something that could not be heard.

One more kind of condition is a class in ``conditions``, a key in ``asking``, a method in ``judging``;
one more slot a finder in ``slots``.

What others may use of this room is listed in ``__init__.pyi``, and loaded when it is asked for: a run with nothing new
reads a rulebook and judges nothing.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

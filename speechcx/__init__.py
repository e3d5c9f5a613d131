"""speechcx: a folder of recorded calls becomes scored calls, on the centre's own machine.

In Python, ``docs/python.md`` begins with five lines: :func:`speechcx.analyze` hears and judges one recording,
:class:`speechcx.Store` opens a database, and the rooms of :mod:`speechcx.ask` answer questions about it. Each is
loaded when it is first used, so that importing the package costs next to nothing.

The way of a call, and the rooms it passes (each room's ``__init__`` is its door sign):

``discover`` finds recordings and what is known of them; ``audio`` decodes them once; ``turns``
finds who speaks when; ``transcribe`` writes down the words; ``prosody`` measures the voice and
the flow of talk; ``sentiment`` reads feeling from words and voice; ``rules`` and ``score`` judge.
``pipeline`` puts the rooms in order: :func:`speechcx.pipeline.listen` needs audio,
:func:`speechcx.pipeline.judge` needs none. ``store`` keeps results in SQLite, ``batch`` runs
many calls over ``executors``, ``ask`` answers questions, ``cli`` is the command line.
Rooms meet only through the nouns in ``speechcx.call``.

Importing the package keeps the process off the network (:mod:`speechcx.offline`).
"""

from speechcx.offline import stay_offline

__version__ = "0.1.0"

# ``__init__.pyi`` says the same to type checkers.
_DOOR = {
    "Call": "speechcx.call",
    "CallFilter": "speechcx.store",
    "Store": "speechcx.store",
    "analyze": "speechcx.python_door",
    "ask": "",
    "call_document": "speechcx.document",
    "load_rulebook": "speechcx.python_door",
}
__all__ = ["Call", "CallFilter", "Store", "analyze", "ask", "call_document", "load_rulebook"]


def __getattr__(name: str) -> object:
    """Load what a Python user asks for."""
    if name not in _DOOR:
        raise AttributeError(f"module 'speechcx' has no attribute {name!r}")
    from importlib import import_module

    home = _DOOR[name]
    return getattr(import_module(home), name) if home else import_module(f"speechcx.{name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


stay_offline()

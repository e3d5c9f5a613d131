"""Read-only questions to the database: what commands, pages and reports show.

A room for each kind of person who asks: ``people`` (supervisors), ``customers``, ``search``, ``compliance``,
``operations``, ``qa`` and ``runs``; ``ground`` and ``statistics`` lie under them. Each room has a door: the names in
its ``__init__.pyi``, which a test pins; from outside, nothing else of it is imported.

Every function takes an open ``Store`` or the path of a database, returns frozen dataclasses, and prints nothing.
Sums come from the rows of calls each time (``ground.group_sums``), so that no table can differ from them. An empty
answer carries a hint what would widen the question. To add a question: a module with one public function, and a
line in the door of its room.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""Quality assurance: which calls people should review, what they found, and how well the machine agrees.

``sampling`` draws calls, ``reviews`` shows forms and what became of them, ``agreement`` compares the
machine with people question by question and says which of its answers count, ``official`` scores
agents by those alone. Nothing here writes: plans and reviews are written by ``store``.

What others may use of this room is listed in ``__init__.pyi``, and loaded when it is asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

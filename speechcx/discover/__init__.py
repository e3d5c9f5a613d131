"""Takes folders, globs and files; gives each recording once, with what is known of the call.

Takes: names of folders, globs and files; sidecars, calls tables, name patterns and a roster.
Gives: ``FoundFile`` for each file that looks like a recording, with a reason where it is left out, and
``Recording`` for those at rest, with an id made of their bytes and every detail with its source.
Never: waits for a pipe, follows a link unasked, takes a file that is still growing, invents an agent or
a time.

``files`` finds and hashes; ``settling`` tells files at rest from those still written; ``sidecar``, ``table`` and
``name_pattern`` each read one kind of source; ``clock`` places times in zones; ``details`` merges; ``identity`` makes
the Recording; ``roster`` knows teams; ``other_files`` tells what all other files are. One more kind of source: a
module that reads it into (name, text) pairs, and a rank in ``details``.

What others may use of this room is listed in ``__init__.pyi``, and loaded when it is asked for: most commands want
its settings only.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

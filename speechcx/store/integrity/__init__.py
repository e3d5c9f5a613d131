"""Whether a database is as speechcx wrote it: the file, its schema, the search index, every call, the ledger.

Takes: an open database. Gives: :class:`DatabaseProblem` in words, none where all is well. Finding changes
nothing and needs no right to write; :mod:`speechcx.store.integrity.repair` makes again what follows
from other rows. To check one more thing, add a query to ``ledger`` or ``recount``, or a function here.
"""

from speechcx.store.integrity.find_problems import AREAS, Examined, count_rows, examine
from speechcx.store.integrity.problem import Area, DatabaseProblem, Repair
from speechcx.store.integrity.repair import repair

__all__ = ["AREAS", "Area", "DatabaseProblem", "Examined", "Repair", "count_rows", "examine", "repair"]

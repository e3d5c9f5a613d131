"""Read-only questions to the database: what commands and pages show.

``aggregate`` scores agents, teams and centers, ``compare`` sets two beside each other, ``case_mix``
takes out the mix of calls; ``agent`` and ``customer`` describe one; ``drivers``, ``trends`` and
``outcomes`` say why customers call, how it goes and how it ends; ``calls`` lists calls; ``show`` finds
one; ``search`` finds words; ``status`` and ``failures`` say how the work stands. Sums come from the rows
of calls each time (``sums``), so no table can differ from them. Every function takes an open
``Store`` or the path of a database, returns frozen dataclasses, and prints nothing. An empty answer
carries a hint what would widen the question. To add a question: a module with one public function.
"""

"""Read-only questions to the database: what commands and pages show.

``aggregate`` scores agents, teams and centers; ``calls`` lists calls; ``show`` finds one; ``search``
finds words; ``status`` and ``failures`` say how the work stands. Every function takes an open
``Store`` or the path of a database, returns frozen dataclasses, and prints nothing. An empty answer
carries a hint what would widen the question. To add a question: a module with one public function.
"""

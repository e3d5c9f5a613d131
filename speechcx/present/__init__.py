"""What answers look like: columns, units, words, footnotes, and JSON documents with their schema.

The floor below everything that shows something: the terminal, pages, reports. It prints nothing and knows no
terminal. A function here takes the record that a question of ``ask`` returned and gives an
:class:`~speechcx.present.table.Answer`: paragraphs and tables in reading order, the table of its CSV file, and
its JSON document. ``table`` says what columns and cells are, ``units`` writes numbers, ``measures`` knows the unit
of each measure, ``envelope`` is the form of JSON documents, ``schemas`` writes their schemas. Each other
module presents the answers of one group of questions and declares their documents in ``ENVELOPES``.
"""

"""Pages over the same database, for people who look and do not type: sign in, listen, review, decide.

Takes: a database and the file of accounts beside it. Gives: a Datasette with our pages in front of its own. Every
request passes ``gate``, and ``access`` is the one place that says who may use which page and whose calls they see;
a page gets a :class:`~speechcx.web.visit.Visit`, whose store shows nothing else. Pages ask ``ask``, show by
``present``, and hold no SQL. To add a page: a function in ``pages``, a line of ``access.ROUTES``, and a template where
the usual one does not do.
"""

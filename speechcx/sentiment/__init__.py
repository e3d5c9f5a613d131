"""What was felt: Utterances -> TextSentiment for each turn; then words and voice -> Feeling.

Takes: the utterances of a call and a text model (:func:`read_sentiment`, in ``listen``); a whole
stored conversation and its roles (:func:`join_feeling`, in ``judge``, without audio or model).
Gives: what the words say, how agitated the voice was against the party's own usual, both together,
and each party's score by call and quarter (``docs/metrics.md``).
Never: compares people by raw pitch or level, reads a turn without words as neutral, or lets the
voice turn a sentence's sign, or infers what :class:`PolicySettings` does not allow. Missing is None with a reason.

To add a model: a class with ``name``, ``digest`` and ``read``, a factory that takes
:class:`SentimentSettings`, and a line in ``speechcx/engines.py`` or an entry point
``speechcx.sentiment`` in a package of your own. Any Hugging Face text-classification folder works
without code: ``--set sentiment.model=FOLDER``.

What others may use of this room is listed in ``__init__.pyi``, and loaded when it is asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

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
"""

from speechcx.sentiment.agitation import measure_agitation
from speechcx.sentiment.feeling import join_feeling, join_turn, leave_out_words, name_label, score_party
from speechcx.sentiment.protocol import ClassShares, SentimentModel
from speechcx.sentiment.reading import load_sentiment, read_sentiment, read_texts
from speechcx.sentiment.sentences import split_sentences
from speechcx.sentiment.settings import NOT_IN_DIGEST, PolicySettings, SentimentSettings
from speechcx.sentiment.written import read_lines

__all__ = [
    "NOT_IN_DIGEST",
    "ClassShares",
    "PolicySettings",
    "SentimentModel",
    "SentimentSettings",
    "join_feeling",
    "join_turn",
    "leave_out_words",
    "load_sentiment",
    "measure_agitation",
    "name_label",
    "read_lines",
    "read_sentiment",
    "read_texts",
    "score_party",
    "split_sentences",
]

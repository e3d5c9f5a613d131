"""speechcx: a folder of recorded calls becomes scored calls, on the centre's own machine.

The way of a call, and the rooms it passes (each room's ``__init__`` is its door sign):

``discover`` finds recordings and what is known of them; ``audio`` decodes them once; ``turns``
finds who speaks when; ``transcribe`` writes down the words; ``prosody`` measures the voice and
the flow of talk; ``sentiment`` reads feeling from words and voice; ``rules`` and ``score`` judge.
``pipeline`` puts the rooms in order: :func:`speechcx.pipeline.listen` needs audio,
:func:`speechcx.pipeline.judge` needs none. ``store`` keeps results in SQLite, ``batch`` runs
many calls over ``executors``, ``ask`` answers questions, ``cli`` is the command line.
Rooms meet only through the nouns in ``speechcx.call``.

Importing the package keeps the process off the network (:mod:`speechcx.offline`).
"""

from speechcx.offline import stay_offline

__version__ = "0.1.0"

stay_offline()

"""The built-in diarizer: tells the voices of one channel apart, with two small networks and no torch.

``segments`` hears 10 s at a time and says which of up to three unnamed voices speak when; ``stretches``
cuts the speech where the voice changes; ``bands`` and ``vectors`` give each stretch a speaker vector;
``fit`` finds the voices that explain all vectors and all changes of a call best; ``engine`` puts them
in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speechcx.turns import Diarizer, TurnSettings

MODEL = "voices"
"""The weights, as the manifest of models names them."""


def load_campplus(settings: TurnSettings) -> Diarizer:
    """The engine ``campplus``; weights are read once for each process.

    Raises
    ------
    ModelMissing, ModelBad
        Its weights are not here or not right.
    """
    from speechcx.turns.voices.engine import Campplus
    from speechcx.weights import find_model

    return Campplus(find_model(MODEL))

"""What messages have and speech has not, made plain in the tokenizer's own normaliser.

Links, names after an @, signs for letters, drawn-out words and emoji are changed there and not in
code, so that every program that reads the folder reads a message alike.
"""

from __future__ import annotations

import string
from typing import Any

_SIGNS = {"&amp;": "and", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "\u2019": "'", "\u2018": "'"}
_SMILES = {
    " :) ": "😀😃😄😁😆🙂😊😇☺😌😎🤗🤩🥳👍🙌👏🎉✨💯🙏👌💪🏆🌟⭐✅",
    " <3 ": "😍🥰😘😻❤💙💚💛💜🧡💕💖💗💓💞♥",
    " lol ": "😂🤣😹",
    " :( ": "😢😭😞😔😟🙁☹😥😓😩😫😖😣😰😨😱💔😿",
    " angry ": "😡😠🤬👎💩🖕😤👿",
    " ugh ": "🙄😒😑😐🤦🤷😬🤢🤮🥱",
}
_UNSEEN = "\ufe0f\u200d\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


def add_plain_form(tokenizer: Any) -> None:
    """Put the rules before the normaliser of a fast tokenizer, in place, unless they are there.

    Loading a saved folder by its class name builds the class's own normaliser and loses the rules: so
    they are looked for, not remembered, and an exported folder names the general class.
    """
    from tokenizers import normalizers

    backend = tokenizer.backend_tokenizer
    if not isinstance(backend.normalizer, normalizers.Sequence):
        backend.normalizer = normalizers.Sequence([*plain_rules(), backend.normalizer])


def plain_rules() -> list[Any]:
    """The rules, in the order in which they are applied."""
    from tokenizers import Regex, normalizers

    rules = [normalizers.Replace(sign, plain) for sign, plain in _SIGNS.items()]
    rules.append(normalizers.Replace(Regex(r"https?://\S+|www\.\S+"), " "))
    rules.append(normalizers.Replace(Regex(r"@\w+"), "@user"))
    rules.append(normalizers.Replace(Regex(r"#(?=\w)"), " "))
    rules.append(normalizers.Replace(Regex(f"[{_UNSEEN}]"), ""))
    rules += [normalizers.Replace(Regex(f"[{signs}]+"), plain) for plain, signs in _SMILES.items()]
    rules += [normalizers.Replace(Regex(f"{letter}{{3,}}"), letter * 2) for letter in string.ascii_letters]
    rules += [normalizers.Replace(Regex(f"\\{mark}{{2,}}"), mark) for mark in "!?"]
    return rules

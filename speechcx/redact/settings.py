"""The settings of the room that takes values out of what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from speechcx.call import PAYMENT, KindToFind
from speechcx.ranges import Range, expect_ranges


@dataclass(frozen=True, slots=True)
class RedactSettings:
    """What is taken out of a call before anything of it is kept or shown.

    Parameters
    ----------
    enabled
        Whether values are redacted at all. What was stored while this was off stays until ``speechcx redact
        --stored``.
    kinds
        What is redacted: ``card`` (13 to 19 digits), ``security_code``, ``expiry`` beside a card, ``account``
        and ``routing`` of banks, ``iban``, ``national_id``; and if you add them, ``email``, ``phone``,
        ``address``, ``name``.
    margin_s
        Recordings are muted this long before and after each value.
    """

    enabled: bool = True
    kinds: tuple[KindToFind, ...] = PAYMENT
    margin_s: Annotated[float, Range(0, 5)] = 0.25

    def __post_init__(self) -> None:
        expect_ranges(self)

    @property
    def wanted(self) -> tuple[KindToFind, ...]:
        """The kinds to look for; none where redaction is off."""
        return self.kinds if self.enabled else ()

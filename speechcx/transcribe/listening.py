"""Windows before the model: encoded once, asked for the language of each voice, written down."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from speechcx.call import UNDETERMINED
from speechcx.transcribe.hallucinations import Gates
from speechcx.transcribe.language_detection import (
    LOOP_LOGPROB,
    SHORT_S,
    SURELY_EXPECTED,
    LanguageTrial,
    Vote,
    find_rival,
    fits_partner,
    mean_share,
    settle,
    settle_change,
)
from speechcx.transcribe.recognizer import Hints
from speechcx.transcribe.whisper_decoding import Decoder, Draft, Encoded
from speechcx.transcribe.windows import RecognitionWindow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from speechcx.waveform import Sound

WINDOWS_HELD = 24
"""Windows whose encodings are held at once, some ten minutes of speech: 3 MB each of the base model."""

REPETITIVE_AT = Gates().repetitive_at

TRIALS = 2
"""Windows written down in both languages before another language is believed."""


class Listening:
    """Some windows of a call.

    Parameters
    ----------
    decoder
        Asks the model.
    windows
        What is heard.
    sounds
        The channels they are cut from.
    hints
        What is known before listening; its language is the expected one.
    """

    def __init__(
        self,
        decoder: Decoder,
        windows: Sequence[RecognitionWindow],
        sounds: Mapping[int, Sound],
        hints: Hints,
    ) -> None:
        self.windows = tuple(windows)
        self._decoder = decoder
        self._sounds: tuple[NDArray[np.float32], ...] = tuple(window.cut(sounds) for window in windows)
        self.hints = hints
        self._encoded = decoder.encode(self._sounds)
        self._votes: dict[int, Vote] = {}
        self._drafts: dict[tuple[int, str], Draft] = {}

    def find_language(self, expected: str) -> str:
        """The language of all windows together: the expected one unless shares and trials tell another."""
        return self._settle(settle, expected)

    def find_change(self, spoken: str) -> str:
        """The language of a stretch of somebody who otherwise speaks `spoken`."""
        return self._settle(settle_change, spoken)

    def find_turn(self, spoken: str, otherwise: str) -> str:
        """The language of one turn of a stretch in which two are mixed: `otherwise` where it is not plain.

        Parameters
        ----------
        spoken
            What the speaker speaks elsewhere.
        otherwise
            What the whole stretch was taken for.
        """
        votes = self._votes_of_all()
        if sum(vote.speech_s for vote in votes) < SHORT_S:
            return otherwise
        if mean_share(votes, spoken) >= SURELY_EXPECTED:
            return spoken
        found = self.find_change(spoken)
        return otherwise if found in (spoken, UNDETERMINED) else found

    def fits(self, language: str, expected: str) -> bool:
        """Whether words come out better in the language of the person one talks to than in the expected one."""
        return fits_partner([self._try(no, expected, language) for no in self._longest()])

    def _settle(self, decide: Callable[..., str], expected: str) -> str:
        votes = self._votes_of_all()
        rival = find_rival(votes, expected)
        if rival is None:
            return expected
        return decide(votes, expected, rival, [self._try(no, expected, rival) for no in self._longest()])

    def _votes_of_all(self) -> list[Vote]:
        return [self._vote(no) for no in range(len(self.windows))]

    def _longest(self) -> list[int]:
        """The windows with most speech."""
        numbers = range(len(self.windows))
        return sorted(numbers, key=lambda no: self.windows[no].speech_s, reverse=True)[:TRIALS]

    def is_doubtful(self, no: int, expected: str) -> bool:
        """Whether the shares of one window point to another language than the expected one."""
        return find_rival([self._vote(no)], expected) is not None

    def write_down(
        self, language: str, *, leave_out: Container[int] = (), retry: bool = True
    ) -> Iterator[tuple[RecognitionWindow, Draft]]:
        """Each window with what is said in it, written in a language, but for the numbers to leave out.

        `retry` as for :meth:`~speechcx.transcribe.whisper_decoding.Decoder.decode`.
        """
        for encoded in self._encoded:
            drafts = self._decoder.decode(encoded, language=language, hints=self.hints, retry=retry)
            for no, draft in zip(encoded.numbers, drafts, strict=True):
                if no not in leave_out:
                    yield self.windows[no], draft

    def _place(self, no: int) -> tuple[Encoded, int]:
        batch = next(batch for batch in self._encoded if no in batch.numbers)
        return batch, batch.numbers.index(no)

    def _vote(self, no: int) -> Vote:
        if no not in self._votes:
            encoded, _ = self._place(no)
            for each, shares in zip(encoded.numbers, self._decoder.language_shares(encoded), strict=True):
                self._votes[each] = Vote(self.windows[each].speech_s, shares)
        return self._votes[no]

    def _try(self, no: int, expected: str, rival: str) -> LanguageTrial:
        drafts = [self._draft(no, language) for language in (expected, rival)]
        loops = [draft.compression_ratio > REPETITIVE_AT for draft in drafts]
        before, after = (
            min(draft.mean_logprob, LOOP_LOGPROB) if loop else draft.mean_logprob
            for draft, loop in zip(drafts, loops, strict=True)
        )  # fmt: skip
        words = 0 if all(loops) else len(drafts[1].words)
        return LanguageTrial(self.windows[no].speech_s, before, after, drafts[0].no_speech, words)

    def _draft(self, no: int, language: str) -> Draft:
        """One window written down in a language without hints, which would favour their own."""
        if (no, language) not in self._drafts:
            encoded, _ = self._place(no)
            alone = encoded if encoded.numbers == (no,) else self._decoder.encode_together([no], self._sounds)
            (draft,) = self._decoder.decode(alone, language=language, hints=Hints(language), retry=False)
            self._drafts[no, language] = draft
        return self._drafts[no, language]


def written_in(language: str, hints: Hints) -> str:
    """The language words are written in: the expected one where the spoken one could not be told."""
    return hints.language if language == UNDETERMINED else language

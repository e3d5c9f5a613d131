"""The chunks of one channel before the model: encoded once, asked for their language, written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from speechcx.call import UNDETERMINED
from speechcx.transcribe.chunks import Chunk
from speechcx.transcribe.decoding import Decoder, Draft, Encoded
from speechcx.transcribe.hallucinations import Gates
from speechcx.transcribe.languages import LOOP_LOGPROB, Trial, Vote, find_rival, settle
from speechcx.transcribe.recognizer import Hints

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHUNKS_HELD = 24
"""Chunks whose encodings are held at once, some ten minutes of speech: 3 MB each of the base model."""

REPETITIVE_AT = Gates().repetitive_at

TRIALS = 2
"""Chunks written down in both languages before another language is believed."""


class Listening:
    """Some chunks of one channel.

    Parameters
    ----------
    decoder
        Asks the model.
    chunks, sounds
        The chunks and the sound of each.
    hints
        What is known before listening; its language is the expected one.
    """

    def __init__(
        self, decoder: Decoder, chunks: Sequence[Chunk], sounds: Sequence[NDArray[np.float32]], hints: Hints
    ) -> None:
        self._decoder = decoder
        self._chunks = chunks
        self._sounds = sounds
        self._hints = hints
        self._encoded = decoder.encode(sounds)
        self._votes: dict[int, Vote] = {}
        self._drafts: dict[tuple[int, str], Draft] = {}

    def find_language(self) -> str:
        """The language of all chunks together."""
        return self._doubt(range(len(self._chunks)), self._hints.language)

    def find_each(self, language: str) -> dict[int, str]:
        """The language of each chunk by its number, in a channel of that language."""
        numbers = range(len(self._chunks))
        if len(self._chunks) < 2 or language == UNDETERMINED:
            return dict.fromkeys(numbers, language)
        return {no: self._doubt([no], language) for no in numbers}

    def write_down(self, language: str, *, doubt: bool = True) -> Iterator[tuple[Chunk, Draft, str]]:
        """Each chunk with what is said in it and the language of that.

        Parameters
        ----------
        language
            Of the channel; :data:`UNDETERMINED` is written down as the expected one.
        doubt
            Whether a chunk may turn out to be in another language than the channel.
        """
        spoken = self.find_each(language) if doubt else dict.fromkeys(range(len(self._chunks)), language)
        for encoded in self._encoded:
            parts: dict[str, list[int]] = {}
            for no in encoded.numbers:
                parts.setdefault(written_in(spoken[no], self._hints), []).append(no)
            for written, numbers in parts.items():
                yield from self._written(self._part(encoded, numbers), written, spoken)

    def _written(
        self, encoded: Encoded, language: str, spoken: dict[int, str]
    ) -> Iterator[tuple[Chunk, Draft, str]]:
        drafts = self._decoder.decode(encoded, language=language, hints=self._hints)
        for no, draft in zip(encoded.numbers, drafts, strict=True):
            yield self._chunks[no], draft, spoken[no]

    def _part(self, encoded: Encoded, numbers: Sequence[int]) -> Encoded:
        """Some chunks of a batch: encoded again where they are not all of it."""
        if tuple(numbers) == encoded.numbers:
            return encoded
        return self._decoder.encode_together(numbers, self._sounds)

    def _doubt(self, numbers: Sequence[int], expected: str) -> str:
        """The language of some chunks: the expected one unless shares and trials tell another."""
        votes = [self._vote(no) for no in numbers]
        rival = find_rival(votes, expected)
        if rival is None:
            return expected
        longest = sorted(numbers, key=lambda no: self._votes[no].speech_s, reverse=True)[:TRIALS]
        return settle(votes, expected, rival, [self._try(no, expected, rival) for no in longest])

    def _vote(self, no: int) -> Vote:
        if no not in self._votes:
            encoded = next(batch for batch in self._encoded if no in batch.numbers)
            for each, shares in zip(encoded.numbers, self._decoder.language_shares(encoded), strict=True):
                self._votes[each] = Vote(self._chunks[each].speech_s, shares)
        return self._votes[no]

    def _try(self, no: int, expected: str, rival: str) -> Trial:
        drafts = [self._draft(no, language) for language in (expected, rival)]
        loops = [draft.compression_ratio > REPETITIVE_AT for draft in drafts]
        before, after = (
            min(draft.mean_logprob, LOOP_LOGPROB) if loop else draft.mean_logprob
            for draft, loop in zip(drafts, loops, strict=True)
        )  # fmt: skip
        words = 0 if all(loops) else len(drafts[1].words)
        return Trial(self._chunks[no].speech_s, before, after, drafts[0].no_speech, words)

    def _draft(self, no: int, language: str) -> Draft:
        """One chunk written down in a language without hints, which would favour their own."""
        if (no, language) not in self._drafts:
            encoded = next(batch for batch in self._encoded if no in batch.numbers)
            alone = self._part(encoded, [no])
            (draft,) = self._decoder.decode(alone, language=language, hints=Hints(language), retry=False)
            self._drafts[no, language] = draft
        return self._drafts[no, language]


def written_in(language: str, hints: Hints) -> str:
    """The language words are written in: the expected one where the spoken one could not be told."""
    return hints.language if language == UNDETERMINED else language

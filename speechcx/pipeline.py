"""The order of the work: ``listen`` needs audio and is expensive, ``judge`` needs none and is cheap."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from speechcx import __version__
from speechcx.audio import decode
from speechcx.call import (
    Assessment,
    Call,
    Conversation,
    Provenance,
    Reading,
    Recording,
    RedactedSpan,
    find_call_language,
)
from speechcx.call.measures import round_assessment, to_resolution
from speechcx.config import Settings, listen_digest
from speechcx.errors import CallError
from speechcx.free_memory import give_back_memory, keep_freed_memory
from speechcx.prosody import measure_flow, measure_voice
from speechcx.redact import find_known_names, redact_conversation
from speechcx.rules import Rulebooks
from speechcx.score import fill_scorecards
from speechcx.sentiment import join_feeling, leave_out_words, load_sentiment, read_sentiment
from speechcx.transcribe import find_language_flags, find_time_flags, load_recognizer, transcribe
from speechcx.turns import align_channels, find_turns, mark_unheard, name_parties, set_prompts_apart
from speechcx.turns.voices import MODEL as DIARIZER_WEIGHTS

STAGES = ("audio", "turns", "transcribe", "prosody", "sentiment", "redact", "judge")
"""Names of the stages, as failures carry them."""


@contextmanager
def stage(name: str, times: list[tuple[str, float]]) -> Iterator[None]:
    """Time one stage into `times`, and write its name on anything raised inside (``error.stage``)."""
    start = time.monotonic()
    try:
        yield
    except Exception as error:
        if not hasattr(error, "stage"):
            error.stage = name  # type: ignore[attr-defined]
        raise
    finally:
        give_back_memory()
        times.append((name, round(time.monotonic() - start, 3)))


def listen(recording: Recording, settings: Settings) -> Conversation:
    """Hear one recording: decode, find turns, write down the words, measure voice, read the words, redact.

    Parameters
    ----------
    recording
        As ``discover`` identified it.
    settings
        All sections; each room gets its own.

    Raises
    ------
    CallError
        The recording cannot be analysed; ``error.stage`` says where.
    ModelMissing, ModelBad
        An engine's weights are not here or not right.
    """
    keep_freed_memory()
    times: list[tuple[str, float]] = []
    with stage("audio", times):
        audio = decode(recording, settings.audio)
    with stage("turns", times):
        audio = align_channels(audio, settings.turns)
        speech = find_turns(audio, settings.turns)
        if not speech.turns:
            raise CallError(
                "no_speech", f"no speech in {audio.duration_s:.1f} s of sound", "at least one turn"
            )
    with stage("transcribe", times):
        recognizer = load_recognizer(settings.transcribe)
        said = transcribe(audio, speech, recording, recognizer, settings.transcribe)
        speech, said = set_prompts_apart(speech, said, settings.turns)
        flags = {
            *speech.flags,
            *find_language_flags(said, settings.transcribe),
            *find_time_flags(said, recognizer),
        }
        speech = replace(speech, flags=tuple(sorted(flags)))
        speech = mark_unheard(audio, speech, said)
        if not speech.turns:
            raise CallError("no_speech", "nobody but a machine speaks", "at least one turn of a person")
    with stage("prosody", times):
        voices, speaker_voices = measure_voice(audio, speech, said, settings.prosody)
    with stage("sentiment", times):
        model = load_sentiment(settings.sentiment)
        sentiments = read_sentiment(said, model, settings.sentiment)
    engines = (
        ("transcribe", f"{recognizer.name} {recognizer.digest}"),
        ("sentiment", f"{model.name} {model.digest}"),
    )
    made_with = Provenance(__version__, engines, listen_digest(settings))
    heard = Conversation(
        recording, audio.origin, audio.peaks, speech, said, voices, speaker_voices, sentiments, made_with
    )
    with stage("redact", times):
        heard = without_values(to_resolution(heard), settings)
    return replace(heard, provenance=replace(made_with, stages=tuple(times)))


def without_values(heard: Conversation, settings: Settings) -> Conversation:
    """The same conversation with marks in the place of card numbers and whatever else the settings name.

    Done before anything is judged, so that a call is judged from the same words fresh and from the store, and no
    evidence can hold a value: rules match the marks (``{digits:13-19}`` is filled by ``[card number]``).
    """
    names = find_known_names(heard.recording.details) if "name" in settings.redact.wanted else {}
    return redact_conversation(heard, settings.redact, names)


def hear_values(recording: Recording, settings: Settings) -> tuple[RedactedSpan, ...]:
    """Hear a recording and tell where values are read out in it, by kind and time; errors as :func:`listen`."""
    try:
        return listen(recording, settings).redaction.spans
    except CallError as error:
        if error.kind.slug == "no_speech":
            return ()
        raise


def read_call(conversation: Conversation, settings: Settings) -> Reading:
    """Who is who, how the talk flowed, how it felt, in which language: all from what was heard, without audio."""
    roles = name_parties(conversation, settings.turns)
    flow = measure_flow(conversation, roles, settings.prosody)
    feeling = join_feeling(conversation, roles, settings.sentiment, settings.policy)
    return Reading(roles, flow, feeling, find_call_language(conversation))


def judge(conversation: Conversation, rulebooks: Rulebooks, settings: Settings) -> Assessment:
    """Judge a conversation under the rulebook of its language, without audio.

    Parameters
    ----------
    conversation
        What ``listen`` returned, fresh or from the store.
    rulebooks
        The rules and scorecards: one rulebook, or several by language.
    settings
        The sections ``turns``, ``prosody``, ``sentiment`` and ``policy`` are used.
    """
    # With it come NumPy and the search for phrases; who plans a run needs neither.
    from speechcx.rules import apply_rules

    with stage("judge", []):
        reading = read_call(conversation, settings)
        conversation = leave_out_words(conversation, reading.roles, settings.policy)
        rulebook = rulebooks.for_language(reading.language.code)
        results = apply_rules(rulebook, conversation, reading)
        scores = fill_scorecards(rulebook.scorecards, results, reading)
        return round_assessment(
            Assessment(rulebook.name, rulebook.version, rulebook.digest, reading, results, scores)
        )


def analyse(recording: Recording, rulebooks: Rulebooks, settings: Settings) -> Call:
    """``listen`` and ``judge`` in one."""
    conversation = listen(recording, settings)
    judged = judge(conversation, rulebooks, settings)
    return Call(leave_out_words(conversation, judged.reading.roles, settings.policy), judged)


def needed_models(settings: Settings) -> tuple[str, ...]:
    """Names (or folders) of the weights these settings will load, as ``speechcx.weights`` knows them.

    A sentiment model with a slash in its name that is no folder here is left out: it is a hub name, and
    its adapter looks it up in the local hub cache.
    """
    names = []
    engine = settings.transcribe.engine
    if engine == "onnx-asr" or (engine == "whisper" and not settings.transcribe.allow_hub):
        names.append(settings.transcribe.model)
    if settings.turns.diarizer == "campplus" and settings.turns.speakers > 1:
        names.append(DIARIZER_WEIGHTS)
    text_model = settings.sentiment.model
    is_hub_name = "/" in text_model and not Path(text_model).expanduser().exists()
    if settings.sentiment.engine == "transformer" and not is_hub_name:
        names.append(text_model)
    return tuple(names)

"""Calls in Spanish, German and French, spoken by espeak-ng over a telephone band, one channel a party.

The truth is known by construction: nobody says an English word. The lines are what people say on
calls; a call is a draw of them by its number, with voices, speed and pitch of its own.
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfilt

RATE_HZ = 8000

HAS_SPEAKER = shutil.which("espeak-ng") is not None

LINES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "es": (
        (
            "Buenos días, gracias por llamar, le atiende Carmen, ¿en qué puedo ayudarle?",
            "Por supuesto, deme un momento y reviso su cuenta.",
            "¿Me puede decir su fecha de nacimiento y el número de su contrato?",
            "Veo que el pedido salió del almacén el martes pasado.",
            "Lamento mucho las molestias, voy a hablar con mis compañeros.",
            "El reembolso tarda entre tres y cinco días laborables.",
            "Le voy a enviar un correo electrónico con todos los detalles.",
            "¿Hay algo más en lo que le pueda ayudar hoy?",
            "Muchas gracias por su llamada y que tenga un buen día.",
        ),
        (
            "Hola, llamo porque me han cobrado dos veces la factura de este mes.",
            "Estoy bastante enfadado, porque es la tercera vez que llamo.",
            "Sí, claro, nací el doce de abril de mil novecientos setenta y ocho.",
            "No entiendo por qué tengo que pagar si el aparato no funciona.",
            "Quiero hablar con un supervisor, por favor.",
            "Mire, yo llevo diez años con ustedes y nunca había tenido un problema.",
            "De acuerdo, espero entonces ese correo.",
            "No, eso es todo, muchas gracias por su ayuda.",
            "Adiós, que pase una buena tarde.",
        ),
    ),
    "de": (
        (
            "Guten Tag, vielen Dank für Ihren Anruf, mein Name ist Schneider, wie kann ich Ihnen helfen?",
            "Einen Augenblick bitte, ich schaue mir Ihr Konto gerade an.",
            "Könnten Sie mir bitte Ihr Geburtsdatum und Ihre Kundennummer nennen?",
            "Ich sehe, dass die Lieferung am Dienstag verschickt worden ist.",
            "Das tut mir sehr leid, ich gebe das gleich an meine Kollegen weiter.",
            "Die Rückzahlung dauert in der Regel drei bis fünf Werktage.",
            "Ich schicke Ihnen die Unterlagen noch heute mit der Post zu.",
            "Kann ich sonst noch etwas für Sie tun?",
            "Vielen Dank für Ihren Anruf und einen schönen Tag noch.",
        ),
        (
            "Guten Tag, ich rufe an, weil mir die Rechnung zweimal abgebucht wurde.",
            "Ich bin wirklich verärgert, denn ich rufe schon zum dritten Mal an.",
            "Ja, natürlich, ich bin am zwölften April neunzehnhundertachtundsiebzig geboren.",
            "Ich verstehe nicht, warum ich bezahlen soll, wenn das Gerät kaputt ist.",
            "Ich möchte bitte mit Ihrem Vorgesetzten sprechen.",
            "Wissen Sie, ich bin seit zehn Jahren Kunde und hatte noch nie ein Problem.",
            "In Ordnung, dann warte ich auf den Brief.",
            "Nein, das war alles, vielen Dank für Ihre Hilfe.",
            "Auf Wiederhören, ich wünsche Ihnen auch einen schönen Nachmittag.",
        ),
    ),
    "fr": (
        (
            "Bonjour, merci de votre appel, je m'appelle Claire, comment puis-je vous aider ?",
            "Bien sûr, donnez-moi un instant, je regarde votre dossier.",
            "Pouvez-vous me donner votre date de naissance et votre numéro de client ?",
            "Je vois que la commande est partie de l'entrepôt mardi dernier.",
            "Je suis vraiment désolée, je vais en parler à mes collègues.",
            "Le remboursement prend entre trois et cinq jours ouvrables.",
            "Je vais vous envoyer un courrier avec tous les détails.",
            "Est-ce que je peux faire autre chose pour vous aujourd'hui ?",
            "Merci beaucoup de votre appel et bonne journée.",
        ),
        (
            "Bonjour, je vous appelle parce qu'on m'a prélevé deux fois la facture de ce mois.",
            "Je suis très mécontent, parce que c'est la troisième fois que j'appelle.",
            "Oui, bien sûr, je suis né le douze avril mille neuf cent soixante-dix-huit.",
            "Je ne comprends pas pourquoi je dois payer si l'appareil ne marche pas.",
            "Je voudrais parler à votre responsable, s'il vous plaît.",
            "Vous savez, je suis client depuis dix ans et je n'ai jamais eu de problème.",
            "D'accord, j'attends donc votre courrier.",
            "Non, c'est tout, merci beaucoup pour votre aide.",
            "Au revoir, je vous souhaite une bonne soirée.",
        ),
    ),
    "en": (
        (
            "Good morning, thank you for calling, my name is Emma, how can I help you?",
            "Of course, give me a moment while I look at your account.",
            "Could you tell me your date of birth and your customer number, please?",
            "I can see that the order left the warehouse last Tuesday.",
            "I am very sorry about that, I will speak to my colleagues.",
            "The refund takes between three and five working days.",
            "I am going to send you a letter with all the details.",
            "Is there anything else I can do for you today?",
            "Thank you very much for your call and have a nice day.",
        ),
        (
            "Hello, I am calling because the bill was taken twice this month.",
            "I am quite angry, because this is the third time that I have called.",
            "Yes, of course, I was born on the twelfth of April nineteen seventy eight.",
            "I do not understand why I have to pay when the machine does not work.",
            "I would like to speak to a supervisor, please.",
            "You know, I have been with you for ten years and never had a problem.",
            "All right, then I will wait for the letter.",
            "No, that is all, thank you very much for your help.",
            "Goodbye, have a good afternoon.",
        ),
    ),
}
"""For each language: the agent's and the customer's lines, in the order of a call."""

AGENT_VOICES = ("+f2", "+f3", "+f4", "+f5")
CUSTOMER_VOICES = ("+m1", "+m2", "+m3", "+m4", "+m7")


def make_call(agent_language: str, customer_language: str, number: int) -> NDArray[np.int16]:
    """One call at 8 kHz, int16, shape ``(2, time)``: the agent's channel first.

    Parameters
    ----------
    agent_language, customer_language
        Keys of :data:`LINES`.
    number
        Which call: the same number gives the same call.
    """
    draw = random.Random(f"{agent_language} {customer_language} {number}")
    count = draw.randint(4, 7)
    chosen = sorted(draw.sample(range(1, 8), count - 2))
    voices = (draw.choice(AGENT_VOICES), draw.choice(CUSTOMER_VOICES))
    ways = [(draw.randint(135, 175), draw.randint(35, 60)) for _ in range(2)]
    parts: list[tuple[int, NDArray[np.float64]]] = []
    for place in (0, *chosen, 8):
        for party, language in enumerate((agent_language, customer_language)):
            text = LINES[language][party][place]
            parts.append((party, speak(text, language + voices[party], *ways[party])))
    gap = np.zeros(int(0.4 * RATE_HZ))
    silent = [np.concatenate((np.zeros_like(sound), gap)) for _, sound in parts]
    channels = [
        np.concatenate([
            np.concatenate((sound, gap)) if party == channel else nothing
            for (party, sound), nothing in zip(parts, silent, strict=True)
        ])
        for channel in (0, 1)
    ]  # fmt: skip
    noise = np.random.default_rng(number).normal(0, 3e-4, (2, channels[0].size))
    return np.asarray(np.clip(np.stack(channels) + noise, -1, 1) * 32767, dtype=np.int16)


def speak(text: str, voice: str, words_a_minute: int, pitch: int) -> NDArray[np.float64]:
    """A line over a telephone band, floats at 8 kHz, peak 0.3."""
    said = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(words_a_minute), "-p", str(pitch), "--stdout", text],
        capture_output=True, check=True,
    )  # fmt: skip
    with wave.open(io.BytesIO(said.stdout)) as sound:
        rate_hz = sound.getframerate()
        samples = np.frombuffer(sound.readframes(10**9), dtype=np.int16) / 32768
    band = butter(4, (300, 3400), "bandpass", fs=RATE_HZ, output="sos")
    low = sosfilt(band, resample_poly(samples, RATE_HZ, rate_hz))
    return np.asarray(0.3 * low / np.abs(low).max())


def write_call(path: Path, samples: NDArray[np.int16]) -> Path:
    """The call as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[0])
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.T.tobytes())
    return path

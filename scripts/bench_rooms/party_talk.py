"""Made conversations of many trades, with the party of every line known: for measuring how parties are named.

Written apart from the clues in ``speechcx/turns/party_clues.py``: openings, questions and answers as people of
sixteen trades say them, calls placed by the centre, calls cut at the front, and words lost or misheard.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

NAMES = (
    "Maria",
    "Tom",
    "Priya",
    "Dwayne",
    "Siobhan",
    "Lukas",
    "Aisha",
    "Grace",
    "Pedro",
    "Hannah",
    "Yusuf",
    "Kelly",
)
PLACES = (
    "Bluewater Energy", "Saint Anne's Clinic", "the city parking office", "Harbour Insurance", "Pine Street Dental",
    "QuickShip", "Meadow Hotels", "Fennel and Sons", "Orbit Internet", "the county library", "Vega Airlines",
    "Green Leaf Pharmacy", "Summit Leasing", "Tidewater Credit Union", "Loop Scooters", "the tax office",
)  # fmt: skip
OPENINGS = (
    "Good morning, {place}, {name} speaking.",
    "{place}, this is {name}, what can I do for you?",
    "Hello and thanks for calling {place}, you're through to {name}.",
    "{place}.",
    "Hi there, my name is {name}, who am I speaking with?",
    "Customer service, how can I help?",
    "Thank you for holding, this is {name}, sorry about the wait.",
    "Hello?",
    "Welcome to {place}, calls are recorded for training, my name's {name}.",
    "Yeah hi, {place}, {name} here.",
)
OUTBOUND_OPENINGS = (
    "Hello, am I speaking to Mr Harris? This is {name} from {place}.",
    "Hi, it's {name} calling from {place}, is now a good time?",
    "Good afternoon, I'm calling on behalf of {place} regarding your recent visit.",
    "Hi there, {name} at {place}, just following up on the message you left us.",
    "Hello, this is a courtesy call from {place}.",
)
OUTBOUND_ANSWERS = (
    "Hello?", "Yes, speaking.", "Who is this?", "Hi.", "Yeah, what is it about?", "Hello, this is Karen.",
    "Sorry, I'm at work right now, be quick.",
)  # fmt: skip
AGENT = (
    "Okay, can I take your surname and the first line of your address?",
    "And what's the best number to reach you on?",
    "Let me just bring up your file here.",
    "I can see a booking for the ninth, is that the one?",
    "Right, so what I'll do is pass this to the technical team and they'll ring you back.",
    "Have you tried switching it off and on again?",
    "Would you prefer a morning or an afternoon slot?",
    "That will be forty two fifty, would you like to pay by card?",
    "I've just sent a confirmation to your email.",
    "Unfortunately we can't do that over the phone.",
    "I do apologise for the inconvenience.",
    "So if I put you on the standard plan it comes to nineteen a month.",
    "Can you confirm your date of birth for security?",
    "Is there a reference on the letter?",
    "You should see it within three to five working days.",
    "Bear with me a second.",
    "I'm just going to check with my colleague.",
    "No problem at all.",
    "Perfect, that's all done for you.",
    "Is there anything else today?",
    "Thanks for your patience.",
    "Our engineers are in your area on Thursday.",
    "And that's under your name, is it?",
    "Okay, and how long has this been happening?",
    "The earliest I have is Tuesday at ten.",
    "I'll need the sixteen digits on the front of the card.",
    "Do you have the order number handy?",
    "I understand, let me see what I can do.",
    "As per our terms the deposit isn't refundable.",
    "Could you spell that for me please?",
    "Great, and the postcode?",
    "You'll receive a text shortly.",
    "Alright, you have a lovely day now.",
    "Mm-hm.", "Okay.", "Sure.", "Right.", "Got it.",
)  # fmt: skip
AGENT_OUTBOUND = (
    "I'm ringing about the balance on your account.",
    "We noticed the last payment didn't go through.",
    "I just have a couple of questions, it takes two minutes.",
    "On a scale of one to ten, how was your visit?",
    "We have an offer for existing customers this month.",
    "Would you be interested in hearing more?",
)
CUSTOMER = (
    "Hi, I've got a bit of a problem with my meter.",
    "Hello, I'd like to change my appointment please.",
    "Yeah, I ordered a lamp two weeks ago and it still hasn't turned up.",
    "My name's Robert Finch, F I N C H.",
    "It's two two four, Elm Road.",
    "Zero seven nine one two, four four six, eight one zero.",
    "I already told the other person that.",
    "The light on the box is red, it was green yesterday.",
    "I was charged twice.",
    "No, I haven't got it with me.",
    "Could you send someone out?",
    "How much is that going to cost me?",
    "That's ridiculous, I've been waiting all week.",
    "My husband usually deals with this.",
    "I think it was in March, maybe April.",
    "What time do you close?",
    "Do I need to bring anything?",
    "Okay, thank you, that's very helpful.",
    "Yes please.",
    "No, that's everything, thanks.",
    "Can I speak to somebody in charge?",
    "I don't want to pay for something I didn't get.",
    "I've lost the letter you sent me.",
    "I'm trying to log in and it keeps saying wrong password.",
    "We're moving house at the end of the month.",
    "My daughter needs to see a doctor today.",
    "Is it possible to get a refund?",
    "When will it arrive?",
    "Sorry, say that again?",
    "Hang on, I need to find a pen.",
    "I'm a bit disappointed to be honest.",
    "Alright, bye.",
    "Uh-huh.", "Yeah.", "Okay.", "Yes.", "Right.", "No.",
)  # fmt: skip
CUSTOMER_OUTBOUND = (
    "I'm not interested, thanks.",
    "How did you get my number?",
    "I paid that last week.",
    "Can you call back later?",
    "Seven, I'd say. The waiting room was cold.",
    "Okay, but I don't have my card on me.",
)
MISHEARD = (
    "the",
    "and",
    "it",
    "uh",
    "for",
    "two",
    "in",
    "a",
    "well",
    "that",
    "is",
    "no",
    "see",
    "of",
    "there",
    "on",
)


@dataclass(frozen=True)
class Talk:
    """One conversation: (party, words) in order, who the agent is if known, and the direction if known."""

    lines: tuple[tuple[str, str], ...]
    agent: str | None
    direction: str | None


def make_talk(
    draw: random.Random,
    requests: Sequence[str] = (),
    *,
    noise: float = 0.0,
    direction: str = "inbound",
    cut: bool = False,
) -> Talk:
    """One conversation.

    Parameters
    ----------
    draw
        Random numbers.
    requests
        Sentences real customers wrote, one of which is taken for the customer's wish.
    noise
        Share of words that are lost or misheard.
    direction
        Who placed the call: ``inbound`` or ``outbound``.
    cut
        Whether the recording begins in the middle of the call.
    """
    name, place = draw.choice(NAMES), draw.choice(PLACES)
    out = direction == "outbound"
    lines = list(_opening(draw, out, name, place, requests))
    agent = [*AGENT, *(AGENT_OUTBOUND * 3 if out else ())]
    customer = [*CUSTOMER[(4 if out else 0) :], *(CUSTOMER_OUTBOUND * 3 if out else ())]
    draw.shuffle(agent)
    draw.shuffle(customer)
    for i in range(draw.randint(2, 14)):
        more = [("agent", agent[i]), ("customer", customer[i])]
        lines += more if draw.random() < 0.7 else more[::-1]
    if cut:
        lines = lines[draw.randint(3, max(3, len(lines) // 2)) :]
    heard = tuple(
        (party, _mishear(draw, text.format(name=name, place=place), noise)) for party, text in lines
    )
    known = draw.random()
    return Talk(
        tuple(line for line in heard if line[1]),
        f"{name} Ode" if known < 0.4 else f"agent{draw.randint(10, 99)}" if known < 0.7 else None,
        direction if draw.random() < 0.6 else None,
    )


def _opening(
    draw: random.Random, out: bool, name: str, place: str, requests: Sequence[str]
) -> list[tuple[str, str]]:
    if out:
        return [("customer", draw.choice(OUTBOUND_ANSWERS)), ("agent", draw.choice(OUTBOUND_OPENINGS))]
    lines = [("agent", draw.choice(OPENINGS))]
    if draw.random() < 0.1:
        lines.insert(0, ("customer", "Hello? Hello?"))
    wish = draw.choice(requests) if requests else draw.choice(CUSTOMER[:3])
    return [*lines, ("customer", wish.replace("{", "").replace("}", ""))]


def _mishear(draw: random.Random, text: str, noise: float) -> str:
    words = []
    for word in text.split():
        chance = draw.random()
        if chance >= noise:
            words.append(word)
        elif chance >= noise / 2:
            words.append(draw.choice(MISHEARD))
    return " ".join(words)

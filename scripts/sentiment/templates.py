"""Part of the training sentences, made from patterns with filled slots.

Patterns teach what single sentences cannot: that the product, the company, the
wait and the opening words do not decide the label. They are kept to about a
third of the training set. The test set has none.
"""

from __future__ import annotations

import random
import re

SLOTS: dict[str, tuple[str, ...]] = {
    "thing": (
        "router", "card", "laptop", "fridge", "policy", "booking", "order", "ticket", "account",
        "phone", "subscription", "modem", "tv box", "washer", "headset", "printer", "loan",
        "tablet", "thermostat", "claim", "refund", "prescription", "membership", "sofa", "camera",
        "replacement", "upgrade", "statement", "contract", "voucher",
    ),
    "device": (
        "router", "laptop", "fridge", "phone", "modem", "tv box", "washing machine", "headset",
        "printer", "tablet", "thermostat", "camera", "alarm", "speaker", "watch", "app",
    ),
    "wait": (
        "twenty minutes", "an hour", "three days", "two weeks", "over a month", "since Friday",
        "since last year", "forty five minutes", "six weeks", "the whole morning", "ten days",
    ),
    "times": ("twice", "three times", "four times", "six times", "a dozen times", "every day"),
    "money": (
        "fifty dollars", "thirty nine ninety nine", "two hundred dollars", "eleven dollars",
        "eighty bucks", "four hundred and twelve dollars", "a hundred dollars", "nine dollars",
    ),
    "who": (
        "the agent", "your colleague", "the guy in the store", "the driver", "the technician",
        "the woman I spoke to", "the manager", "somebody in billing", "the man at the desk",
        "your sales rep", "the nurse", "the pilot", "the receptionist",
    ),
    "rude": (
        "rude", "dismissive", "condescending", "unhelpful", "clueless", "aggressive", "impatient",
        "arrogant", "nasty", "lazy",
    ),
    "nice": (
        "lovely", "so patient", "really helpful", "very kind", "wonderful", "super friendly",
        "great", "fantastic", "so understanding", "a real pro",
    ),
    "bad": (
        "terrible", "awful", "a disgrace", "appalling", "useless", "a joke", "unacceptable",
        "a mess", "shocking", "pathetic", "really bad", "very poor",
    ),
    "good": (
        "excellent", "amazing", "brilliant", "outstanding", "perfect", "fantastic", "really good",
        "first class", "superb", "great", "lovely",
    ),
    "service": (
        "your service", "your website", "the support", "the whole experience", "the quality",
        "the delivery", "your app", "the food", "the signal", "the billing", "the installation",
    ),
    "day": ("Monday", "Tuesday", "Friday", "the fifth", "the twenty first", "next week", "tomorrow"),
    "name": ("Anna", "Mr. Lopez", "Jim", "Doctor Shah", "Priya", "Mrs. Novak", "Carlos", "Beth"),
    "dept": ("billing", "claims", "sales", "technical support", "accounts", "the pharmacy", "returns"),
    "brand": ("@BrightTel", "@AirNova", "@ShopNest", "@TrueBank", "@RailLink", "@FoodDash", "@skyline"),
    "open": ("", "", "", "um ", "well ", "so ", "yeah ", "okay so ", "hi ", "look ", "honestly ", "I mean "),
    "polite": (
        "I'm sorry but ", "with respect, ", "I don't want to be difficult, but ", "excuse me, ",
        "I hope you don't mind me saying, ", "I appreciate your time, but ", "",
    ),
}  # fmt: skip

PATTERNS: dict[str, tuple[str, ...]] = {
    "negative": (
        "{open}I've been waiting {wait} for my {thing} and nobody can tell me anything",
        "{open}my {device} still doesn't work and you've sent someone {times}",
        "{polite}{service} has been {bad}.",
        "{who} was {rude} to me.",
        "{open}{who} was so {rude}, I couldn't believe it",
        "{brand} {service} is {bad}",
        "{brand} still no {thing} after {wait}, what is going on?",
        "{open}I've been on hold for {wait}",
        "I have been waiting for {wait}.",
        "{open}it's been {wait} and no {thing}",
        "{brand} {who} was {rude}, is that how you treat people?",
        "You charged me {money} for a {thing} I never ordered!",
        "{open}I called {times} about the {thing} and every time I get a different answer",
        "I've told you {times}: I am not paying {money} for that.",
        "{polite}I'm not happy with the {thing}.",
        "{polite}the {thing} isn't what you promised me.",
        "Why does my {device} keep breaking? I've had it {times} repaired already!",
        "Oh great, the {thing} is wrong again.",
        "I was promised {money} back and it has been {wait}.",
        "you cancelled my {thing} without even asking me",
        "{open}I want to complain about {who}, he was {rude}",
        "No, {who} did not help me, not at all.",
        "Your {device} is {bad} and I want my {money} back.",
        "I lost {money} because of your mistake with the {thing}",
        "Nobody in {dept} ever picks up, I've tried {times}.",
        "{open}I've been sent to {dept} {times}, it's ridiculous",
        "{name} promised it for {day} and of course nothing came",
        "{open}it's not {good}, it's {bad}",
        "the {thing} was late, the {device} was broken and {who} was {rude}",
    ),
    "neutral": (
        "{open}I'd like to ask about my {thing}",
        "{open}I need a new {thing}",
        "{open}can you tell me when the {thing} is coming",
        "I'm calling about the {thing} I ordered on {day}.",
        "How much is the {thing}?",
        "Is the {thing} {money}?",
        "{brand} how do I change my {thing}?",
        "{brand} do you have a number for {dept}?",
        "{brand} is the {thing} available from {day}?",
        "{open}I want to cancel my {thing}",
        "{open}I want to move the appointment to {day}",
        "{open}{who} told me to call {dept}",
        "Could you transfer me to {dept}, please?",
        "I paid {money} on {day}.",
        "It's for {name}, the {thing}.",
        "I have a question about the {thing} and the {device}.",
        "{who} said it would be {money}, is that correct?",
        "Do I need to bring the {device} on {day}?",
        "{open}I'm not sure which {thing} I have",
        "{open}I don't have the {device} with me",
        "I've had the {device} for about two years.",
        "I haven't received the {thing} yet, when was it sent?",
        "{open}my name is {name} and I'm calling for {dept}",
        "So the {thing} starts on {day}?",
        "I'll send you the {thing} on {day}.",
        "I apologize for the wait, let me look at your {thing}.",
        "I'm sorry to hear that, I'll check the {thing} with {dept}.",
        "Thank you for calling {dept}, how can I help you today?",
        "I can see a {thing} here for {money}, is that the one?",
        "Unfortunately the {thing} can't be changed after {day}.",
        "Thank you for holding, I have {dept} on the line.",
        "{open}I waited until {day} like you said",
        "the {device} has been plugged in for {wait}",
    ),
    "positive": (
        "{open}{who} was {nice}, please pass that on",
        "{brand} {who} was {nice}, thank you!",
        "{brand} {service} was {good} today",
        "{service} has been {good}, thank you so much",
        "{open}the new {device} is {good}, I love it",
        "I just wanted to say that {name} was {nice}.",
        "Oh wonderful, {money} back, that's {good}!",
        "Thank you {name}, you've been {nice}.",
        "I'm so happy the {thing} is sorted.",
        "The {thing} came before {day}, that's {good}!",
        "{open}I waited {wait} before, and today you fixed it right away, that's {good}",
        "I didn't think the {device} could be saved, you're a miracle worker.",
        "What a relief, the {thing} is back.",
        "You've been {nice} about the {thing} and I really appreciate it.",
        "Not a single problem with the {device}, it's {good}.",
        "{open}I can't complain, {service} is {good}",
        "I'll be recommending you, {service} is {good}.",
        "yes the {device} works now, {good}, thank you",
    ),
}
_SLOT = re.compile(r"\{(\w+)\}")


def make_sentences(*, each: int, seed: int) -> list[tuple[str, str]]:
    """Return (label, sentence) pairs, ``each`` different fillings of every pattern."""
    rng = random.Random(seed)
    made: dict[str, str] = {}
    for label, patterns in PATTERNS.items():
        for pattern in patterns:
            fillings: set[str] = set()
            for _ in range(each * 4):
                if len(fillings) < each:
                    fillings.add(_SLOT.sub(lambda m: rng.choice(SLOTS[m[1]]), pattern).strip())
            made |= dict.fromkeys(sorted(fillings), label)
    return [(label, sentence) for sentence, label in made.items()]

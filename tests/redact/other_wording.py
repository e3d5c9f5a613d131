"""Calls with values in them in the words of other people than those of ``planted``: three sets of lines.

Written without a look at what the search for values knows. ``/`` parts turns, the first letter of a turn says who
speaks, ``{}`` is the value, ``{1}`` to ``{4}`` its groups. Kinds stand before the colon; ``none`` has nothing to take
out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from speechcx.redact.token_row import SpokenTurn
from tests.redact.planted import MISHEARD, MONTHS, ONES, TEENS, TENS, make_card, random_digits

_THINKING = ("...", "um,", "uh", "er", "hold on", "where was I,", "erm")

FIRST = """
card: a What's the sixteen-digit number I'll be charging today? / c Okay, ready? {}.
card: a Whenever you're ready with those card digits. / c {1} / a Uh-huh. / c {2} / a Yep. / c {3} / a Mm. / c {4}
card: a I can take that payment over the phone, what have you got, a Visa? / c Visa. / a And the number? / c {}
card: c Can you put it on my Amex? / a Of course, read it off for me. / c So it's {}.
card: a Let's get your new plastic on file, go ahead with the long one. / c Right, {}.
card: a Which payment method would you like on the account? / c Debit. It goes {}.
card: c I've got the card in front of me, do you want me to just read it? / a Please. / c {1} {2} {3} {4}
card: a Okay I'm on the billing screen, number please sir. / c {}, got it?
card: c Did the payment go through, I used {}? / a Let me see.
card: a Just to verify the card we have on file, could you tell me all the digits? / c Sure. {}.
card: c Hi, I lost my wallet, the Visa I need blocked is {}. / a I'm so sorry to hear that.
card: a I'll need the PAN from the front. / c The what? / a The big long number. / c Oh. {}.
card: c Take it from this one instead. {1}, {2} / a Go on. / c {3}, {4}.
card: a And what card are we using for that forty nine ninety nine? / c It's a Mastercard, {}.
card: a I have {1} {2} {3} {4}, is that correct ma'am? / c Yes that's right.
security_code: a Turn the card over for me, you'll see three little numbers by your signature. / c {}.
security_code: a And the little code on the reverse side? / c Ah, {}
security_code: a What's the CID, that's the four above the number? / c {}
security_code: c And the security is {}. / a Thanks.
security_code: a Lastly the verification digits? / c They're worn off, I think it's {}.
security_code: a Can I grab those last three from the strip? / c Yeah {}.
security_code: a CVV? / c {}.
security_code: a I need the three digit number off the back before I hit submit. / c Bear with me. / a No rush. / c {}.
security_code: c The CVC's {}, by the way.
expiry: a When's that card good through? / c {}
expiry: a And does it run out this year? / c No, the card is valid until {}.
expiry: a Exp? / c {}. / a And the number on the card? / c I gave you that.
expiry: c My card expires {}. / a Great.
expiry: a What month and year does the card run out? / c {}
account: a What's the number of the account you'd like it paid into? / c {}.
account: a I'll set up the direct debit, account number first. / c It's {}.
account: c I bank with them, my account there is {}. / a Lovely.
account: a Read me the digits at the bottom of the check, the second set. That's your account. / c {}
account: a For the deposit, which account? / c Checking, number {}.
account: c The account I want closed is {}.
account: a Could you confirm your bank account for me? / c Yes, {}
routing: a First nine digits on the bottom left of the check, that's the routing. / c {}.
routing: a What's your bank's ABA? / c {}
routing: a And the six digit sort code? / c {}
routing: c The sort code's {} and it's a current account.
routing: a Transit number? / c {}
national_id: a For verification, your full social please. / c {}.
national_id: a Can I have your SSN? / c Do I have to? / a I'm afraid so. / c Fine. {}
national_id: a What's your tax ID number? / c {}
national_id: c My national insurance is {}.
national_id: a Could you read me your driver's license number? / c D {}
national_id: a Passport number when you're ready. / c {}
national_id: a And the last one, your Medicare ID? / c {}
iban: a I need an IBAN for the transfer abroad. / c Right, {}
iban: a Where should the refund go, what's your international account number? / c {}
iban: c The IBAN starts {}. / a Okay.
none: c My order is {d7} and it hasn't turned up. / a Let me check {d7}.
none: a Your confirmation is {d9}, want me to repeat that? / c No, {d9}, got it.
none: c It's {d4} Maple Avenue, apartment {d2}. / a And the zip? / c {d5}
none: c You can call me on {phone} any time. / a {phone}, thanks.
none: c I paid {price} on the {day} and then {price} again. / a I see both charges.
none: a The total with tax is {price}. / c On my card, please, the one you have. / a Ending in {d4}? / c Yes.
none: c The serial on the back of the router says {d10}. / a Thank you.
none: c My date of birth is {date}. / a And your postcode?
none: a You're number {d2} in the queue, the wait is about {d2} minutes.
none: c I've called {d1} times since {date}. / a I do apologise.
none: a The case is {d8} and the agent's badge is {d5}.
none: c I flew on {date}, flight {d4}, seat {d2} C. / a Thank you.
none: c The meter says {d5} and last month it said {d5}. / a That is {d3} units.
none: a Your card will arrive within {d1} to {d2} business days.
none: c There's a charge of {price} on my card from {date} I don't recognise.
none: a We need {d3} gigabytes of free space, and version {d2} of the app.
none: c The tracking's {d12}. / a One second. That's out for delivery.
none: c Between you and me I've got {d3} employees and {d2} phones on this account.
none: a The password must have {d1} characters. Your PIN will come in the mail.
none: c My policy, let me see, {d9}. / a Perfect.
"""

SECOND = """
card: a Shall we take care of the balance, what will you pay with? / c My credit card. / a Brilliant, fire away. / c {}
card: a Start with the first four. / c {1} / a Next four. / c {2} / a Next. / c {3} / a And the last bit. / c {4}
card: c Put this one down please, it's {}, and it's in my wife's name.
card: a I've got a box here that wants your card. / c I'll read it slowly. {}.
card: c My bank says the card's blocked. / a Which card is that? / c {}.
card: a Just pop your card details across to me. / c Number's {}.
card: a So that'll be two hundred and ten pounds. Card number, whenever. / c {1}, {2}, {3}, {4}.
card: c They charged my old card, that was {}. / a And the new one?
card: a Would you mind giving me the digits on the front again, the line cut out? / c Again? {}.
card: c I typed in {} and your site says invalid. / a Is that your Visa?
card: a Okay so {1}, {2}... / c Yes. / a {3}, {4}. / c Correct.
card: a Nearly there, I just need the primary card. / c Here goes, {}.
card: c Do you accept Discover? / a We do. / c Then it's {}.
card: a What's the Maestro number? / c {}
card: a Go for it. / c My Mastercard number, {}.
security_code: a And on the back there's a three-figure number? / c {}
security_code: a Signature panel, last three? / c Hmm, {}.
security_code: a One more thing, the CV code. / c That's {}
security_code: c Then the three on the back are {}. / a Cheers.
security_code: a Security number, please? / c {}, I believe.
security_code: a Amex has the four digits on the front right, can you see them? / c Yes, {}
security_code: a And your CVV2? / c It's {}.
security_code: a What PIN did you set for the account? / c {}
expiry: a What's the expiry on your Visa? / c That'd be {}.
expiry: a Through date on the card? / c {}
expiry: c It's a debit card, expiring {}. / a Got it.
expiry: a The date it ends, on the front of the card? / c {}
expiry: a Card's expiration, month slash year? / c {}
account: a Which bank account do we refund? / c The number's {}.
account: a Your eight digit account number? / c {}.
account: c Send it to my savings account, {}.
account: a I just need the account it's coming from. / c My checking account is {}
account: a And account number? / c {}, that's with Barclays.
account: c I want to change my direct deposit to account {}.
routing: a The sort code, that's three pairs of numbers. / c {}
routing: a Routing number off your check? / c {}
routing: a What's the BSB? / c {}
routing: c My routing number at the credit union is {}.
routing: a Bank code please. / c {}
national_id: a I'll need your social, all nine. / c {}.
national_id: c My social security is {}. / a Thank you.
national_id: a What's the number on your passport? / c {}
national_id: a Give me your NI please. / c Q Q {} C
national_id: a Taxpayer number for the form? / c My tax ID is {}
national_id: a And a driving licence number? / c {}
national_id: a Identity card number? / c {}
iban: a May I have the IBAN of the account? / c Of course, {}
iban: a It's an EU transfer, so I need the I-B-A-N. / c {}
iban: c My IBAN, hang on, is {}.
none: c I was quoted {price} for {d1} tickets. / a It is {price} now.
none: a Ref number {d8}. / c {d8}? / a That's the one.
none: c Try me on my landline, {phone}. / a I will.
none: c I moved to {d3} Elm Close on {date}. / a And before?
none: a It's going to be room {d3} on floor {d1}. / c Great.
none: c My loyalty number is {d9}. / a And the e-mail?
none: a The last four of the card are {d4}. / c Right.
none: c My order, {d10}, came without the {d2} bolts. / a Sorry.
none: a We close at {d1} and the holiday line is {phone}.
none: c I've been with you since {year} and pay {price} a month. / a Thanks for {d2} years.
none: c The invoice {d6} is for {price}, not {price}. / a I can see that.
none: a Error {d4} means the box needs a restart, count to {d2}. / c Done.
none: c The VIN? It's a {year} Ford with {d5} miles. / a Thank you.
none: a Your appointment's at {d1} thirty on {date}. / c Fine.
none: c My kids are {d1} and {d2}. / a So that's {d1} seats.
none: c The claim was {d7}. / a {d7}. One moment.
none: a Card readers are {price} each, and you get {d1} percent off from {d3} units.
none: c Is the code {d6} that you texted me? / a Yes, type that.
none: a Could you go to step {d1}, press {d1}, then {d1}? / c Nothing.
none: c My account manager said {date}. / a That was {d2} days ago.
"""

THIRD = """
card: a Alright, go ahead and give me those numbers off the plastic, nice and slow. / c Sure thing. {}.
card: a So what would you like to pay with tonight? / c My Barclaycard. {}
card: a Perfect, and the sixteen digits please. / c Bear with me. {}. / a Lovely.
card: c Do you want the number now? / a Yes please, fire away. / c {1} / a Yeah. / c {2} / c {3} / a Okay. / c {4}
card: a Could you read me the car number, please? / c It's {}.
card: a Let me take your visor number. / c {}
card: c Okay so I'm looking at my Mastercard here, it says {}. / a Thank you.
card: a I've got one ending in 4 4 1 2 on file, is it that? / c No, different one. {}.
card: a Whose name is on it? / c Mine. / a And the digits? / c {}
card: c You can charge it to {}, that's my wife's. / a Got it.
card: a That's 59.99 then. Ready when you are. / c {1}, {2}, / a mhm / c {3}, {4}.
card: c I tried it online, {}, and it just kept declining. / a Which browser was that?
card: a Sorry, I lost you after the second block. / c I'll start over. {}.
card: a So I'm reading back {}, correct? / c Spot on.
card: a We accept credit or debit. / c Debit then. {}.
card: a Please tell me the account on the front of the plastic. / c {}
card: c My new one came in the post this morning. {}. / a Great, I'll swap it over.
card: a You'll see a row of raised digits. / c Yep, {}.
card: a For the deposit I need a card. / c Sure, {1} {2} {3} {4}.
card: a What's the first block? / c {1}. / a And the next? / c {2}. / a Third? / c {3}. / a And the last one? / c {4}.
card: c I think somebody stole it. {}. / a I'll block that right away.
card: a Tell me what's embossed on it. / c {}
card: a I'm now ready to accept the long number across the middle. / c It begins {1} {2} {3} {4}
card: c Amex okay? / a Amex is fine. / c {}
card: a May I have the numbers from your HSA card? / c {}, is that enough?
card: a And your payment method? / c It's a Revolut one, {}.
card: c I'll repeat that: {}. / a Thank you for your patience.
card: a How about we try another one? / c Okay, here's the other one, {}.
card: a The screen's finally loaded, so shoot. / c {}
card: c Can I use a gift Visa? / a You can. / c Okay, {}.
security_code: a Now flip it over for me. / c Mm-hm. / a There's a short number there. / c {}.
security_code: a And your sea vee vee? / c {}
security_code: a And the secure code? / c {}.
security_code: a What are the last three on the strip at the back? / c {}
security_code: a CCV please. / c It's {}.
security_code: a And the three on the reverse, please. / c Three on the... {}.
security_code: a I just need that little three-digit thing. / c Oh, {}.
security_code: a CV number? / c {}
security_code: a Can you tell me the verification code on your card? / c {}.
security_code: a And the signature number, the small one? / c {}
security_code: c Then the back says {}. / a Perfect.
security_code: a So flip the card, what are the digits in italics there? / c {}
security_code: a For Amex it's the small four above the long number. / c {}.
security_code: a And the CBB? / c {}.
security_code: c and CVC {} / a okay thank you that's gone through
security_code: a Turn over the card and read me what's in the white box. / c {}
security_code: a What's the security on that? / c {}
security_code: a Do you have the three numbers for me? / c Yes, {}.
security_code: a Finally the code. / c Which code? / a The one on the back. / c {}.
security_code: a And what is your telephone banking pin, sir? / c It's {}
security_code: a One more thing, the CVV two. / c Oh that's {}.
security_code: a I need the CID to finish. / c Uh, {}?
security_code: a Your four-digit passcode, please? / c {}
security_code: a Last bit, security number. / c {}.
expiry: a When does that card expire? / c {}
expiry: a Expert date? / c Of the card? / a Yes. / c {}.
expiry: a And the expiry on your card? / c {}.
expiry: a That's the Visa, valid to when? / c {}
expiry: a What's the date underneath the card number? / c {}.
expiry: a How long's the card good for? / c Till {}.
expiry: a When's that Mastercard run till? / c {}
expiry: a What month and year is on the card? / c {}
expiry: c The card's good through {}. / a Great.
expiry: a Expiring when, your card? / c {}.
expiry: a And the end date on the debit card? / c It's {}
expiry: a Date on the front of the card, please. / c {}
account: a What account should the refund land in? / c {}. / a At which bank?
account: a So for the direct debit I need your account number. / c Yep, {}.
account: a Can I get the eight digits of your current account? / c {}
account: a And the account? / c {}
account: c The savings one is {}. / a Thanks.
account: a Which checking account do we debit? / c {}.
account: c My account number's {}, I think. / a Let me pull that up.
account: a Read the digits at the bottom of the cheque. / c {}
account: a What's the count number? / c {}.
account: a You want it wired where? / c Account {}.
account: a Could you confirm the account we pay your wages into? / c {}
account: c It's the joint account, {}. / a Got that.
routing: a And the routing? / c {}.
routing: a What's your bank's routine number? / c {}
routing: a Sort code first, please. / c {}.
routing: a The sword code? / c {}
routing: a And the nine digits in the left corner of the check? / c {}
routing: a ABA please? / c {}.
routing: a BSB? / c {}
routing: c the sort code's {} / a thank you
routing: a Do you have the transit number handy? / c {}
national_id: a Could I have your social for verification? / c {}.
national_id: a And your Social Security? / c {}
national_id: a May I have your full social please? / c Sure, {}
national_id: a What's your SSN? / c {}.
national_id: a And your national insurance, please? / c {}
national_id: a Your tax ID number, ma'am? / c {}.
national_id: a Do you have your driver's license with you? / c Yeah, {}.
national_id: a What's the passport number? / c {}.
national_id: a so security number please / c {}
national_id: a Last thing, your Medicare number. / c It's {}.
national_id: a I need the nine digits of your social. / c {}
national_id: c My social is {}. / a Thanks.
iban: a Could you spell out the IBAN? / c {}
iban: a What's the I ban? / c {}.
iban: c The IBAN for the refund is {}. / a Noted.
iban: a Is it a European account? / c Yes, {}.
iban: a I need the international one, IBAN. / c {}
none: a How many of those would you like? / c Let's say 12. / a So that comes to 240 dollars and 16 cents.
none: a What time did the engineer come? / c Around 10:45, and he left by 11.
none: a What postcode is that? / c M1 4BT. / a And the house? / c 112.
none: c It was on the 14th of March 2024, I believe. / a Thanks, and about what time?
none: a Your case is 7 7 1 2 4 9. / c Could you repeat? / a 7 7 1 2 4 9.
none: c My meter says 0 4 4 8 1 2. / a Thank you, and the gas one? / c 1 1 2 0 8.
none: a What size shoes? / c 9 and a half. / a We've 9 or 10.
none: c The serial on the back of the router is 88 1204 5573. / a Is the light green?
none: a You were charged 35 twice, in May and in June. / c So 70 in total?
none: a The code for 20 percent off is SAVE20. / c Great, and the 10 from last time?
none: a What's your date of birth? / c 12th of the 4th, 1986.
none: a And a number to reach you on? / c 0 7 7 0 0 9 0 0 1 2 3.
none: c I've been a member since 2011, 13 years nearly. / a We value that.
none: a Your reservation is at 7:30 for 4 on Saturday the 21st. / c Could we make it 6?
none: a The flight is BA 2 4 9 at gate 22. / c And my seat? / a 14 C.
none: a Our address is 1600 Main Street, suite 450. / c Is there parking? / a Yes, 200 spaces.
none: a Your balance is 1,204 pounds 36. / c And the payment on the 3rd was 99? / a 99.50.
none: c I get 30 megabits instead of 500. / a Restart it, wait 60 seconds.
none: a The extension is 4 4 1 2. / c And the direct line? / a It's the same with 0 2 0 in front.
none: c Error 4 0 4, then error 5 0 0 3. / a Have you tried version 12.4?
none: a Your card ends in 4 4 1 2, correct? / c Yes, that one.
none: a That's a total of three payments of 45, then one of 60. / c On my card? / a Yes, on the 1st.
none: a The card will arrive in 5 to 7 business days. / c Last time it took 14.
none: a Your loan runs 60 months at 4.9 percent. / c And after 36?
none: a Your account has been open for 9 years. / c I have 2, the other since 2015.
none: a Is the contract 24 months? / c 18, I pay 32 a month.
none: a So you're number 6 in the queue, about 25 minutes. / c I have waited 40.
none: c The parcel weighs 2.5 kilos and is 60 by 40. / a That'd be 12 pounds 95.
none: a Your voucher is 5 5 1 0 9 2. / c Valid until when? / a 31st of December 2025.
none: a Policy 4 4 0 9 1 1 7, is that yours? / c 4 4 0 9 1 1 7, yes.
"""


@dataclass(frozen=True)
class OtherCall:
    """A call: its kind, turns of (speaker, words), each word known to be of the value or not, and the line it is of."""

    kind: str
    line: str
    turns: tuple[tuple[str, tuple[tuple[str, bool], ...]], ...]

    def spoken(self) -> list[SpokenTurn]:
        """The call as the room for redaction takes it."""
        found, moment = [], 2.0
        for no, (speaker, words) in enumerate(self.turns):
            times = tuple((moment + 0.4 * at, moment + 0.4 * at + 0.33) for at in range(len(words)))
            found.append(SpokenTurn(no, speaker, "en", tuple(word for word, _ in words), times))
            moment += 0.4 * len(words) + 1.1
        return found


def draw(lines: str, each: int, seed: int) -> Iterator[OtherCall]:
    """Each line so many times, with other values said in other ways."""
    rng = random.Random(seed)
    for line in lines.strip().splitlines():
        for _ in range(each):
            yield _make(line, rng)


def _make(line: str, rng: random.Random) -> OtherCall:
    kind, _, text = line.partition(": ")
    value = _VALUES[kind](rng) if kind != "none" else ""
    if kind == "card" and "Amex" in line:
        value = make_card(rng)
    groups = [value[at : at + 4] for at in (0, 4, 8)] + [value[12:]]
    heard = _mishear(value, rng)
    turns = []
    for turn in text.split(" / "):
        words: list[tuple[str, bool]] = []
        for part in re.findall(r"\{[^}]*\}|[^\s{]+", turn[2:]):
            slot = part.strip("{}")
            if not part.startswith("{"):
                if words and words[-1][1] and not part[0].isalnum():
                    words[-1] = (words[-1][0] + part, True)
                else:
                    words.append((part, False))
            elif kind == "none":
                words += [(word, False) for word in _harmless(slot, rng).split()]
            elif kind == "expiry":
                words += [(word, True) for word in value.split()]
            else:
                words += _say(_mishear(groups[int(slot) - 1], rng) if slot else heard, rng)
        turns.append((turn[0], tuple(words)))
    return OtherCall(kind, line, tuple(turns))


def _iban(rng: random.Random) -> str:
    country = rng.choice(("DE", "GB", "NL"))
    bank = {"DE": "", "GB": "BARC", "NL": "INGB"}[country]
    stem = bank + random_digits(rng, {"DE": 18, "GB": 14, "NL": 10}[country])
    check = 98 - int("".join(str(int(sign, 36)) for sign in f"{stem}{country}00")) % 97
    return f"{country}{check:02d}{stem}"


def _expiry(rng: random.Random) -> str:
    month, year = rng.randrange(1, 13), rng.randrange(26, 32)
    return rng.choice(
        (
            f"{MONTHS[month - 1]} twenty {TENS[year // 10]} {ONES[year % 10]}".replace(" zero", ""),
            f"{month:02d} slash {year}", f"{month}/{year}", f"{month:02d}{year}",
            f"{MONTHS[month - 1]} 20{year}", f"{ONES[0]} {ONES[month % 10]} two {ONES[year % 10]}",
        )
    )  # fmt: skip


_VALUES = {
    "card": lambda rng: _sixteen(rng),
    "security_code": lambda rng: random_digits(rng, 3),
    "expiry": _expiry,
    "account": lambda rng: random_digits(rng, rng.choice((8, 9, 10, 11))),
    "routing": lambda rng: random_digits(rng, rng.choice((6, 9))),
    "national_id": lambda rng: random_digits(rng, rng.choice((8, 9))),
    "iban": _iban,
}


def _sixteen(rng: random.Random) -> str:
    while len(value := make_card(rng)) != 16:
        pass
    return value


def _mishear(text: str, rng: random.Random) -> str:
    """One digit in thirty is another one, or is not heard at all."""
    heard = []
    for sign in text:
        if sign.isdigit() and rng.random() < MISHEARD:
            sign = rng.choice(("", rng.choice("0123456789")))
        heard.append(sign)
    return "".join(heard) or text


def _say(value: str, rng: random.Random) -> list[tuple[str, bool]]:
    """A value in one of the ways in which people say it and recognisers write it."""
    way = rng.randrange(8)
    if way == 0:
        return [(value, True)]
    if way == 1:
        size = rng.choice((2, 3, 4))
        return [(value[at : at + size], True) for at in range(0, len(value), size)]
    if way == 2:
        return [("-".join(value[at : at + 4] for at in range(0, len(value), 4)), True)]
    if way == 3:
        return [(", ".join(value), True)] if rng.random() < 0.3 else [(sign, True) for sign in value]
    words: list[tuple[str, bool]] = []
    at = 0
    while at < len(value):
        run = len(value[at:]) - len(value[at:].lstrip(value[at]))
        name = _name(value[at], rng)
        two = value[at : at + 2]
        if run >= 3 and rng.random() < 0.6:
            words += [("triple", True), (name, True)]
            at += 3
        elif run >= 2 and rng.random() < 0.6:
            words += [("double", True), (name, True)]
            at += 2
        elif way == 4 and two.isdigit() and len(two) == 2 and two[0] != "0":
            words += [(word, True) for word in _pair(two)]
            at += 2
        else:
            words.append((name, True))
            at += 1
        if way == 5 and rng.random() < 0.15:
            words += [(word, False) for word in rng.choice(_THINKING).split()]
        if way == 6 and value[at - 1].isdigit() and rng.random() < 0.08 and at < len(value):
            words += _correct(value[at - 1], rng)
    return words


def _correct(digit: str, rng: random.Random) -> list[tuple[str, bool]]:
    """What follows when a wrong digit was said for the one that ends here."""
    wrong = rng.choice([other for other in "123456789" if other != digit])
    right, other = _name(digit, rng), _name(wrong, rng)
    return rng.choice(
        (
            [("no", False), ("wait,", False), (right, True), ("not", False), (other, True)],
            [("sorry,", False), (right, True)],
            [("I", False), ("mean", False), (right, True)],
        )
    )


def _name(sign: str, rng: random.Random) -> str:
    if not sign.isdigit():
        return sign
    return rng.choice(("oh", "zero", "oh")) if sign == "0" else ONES[int(sign)]


def _pair(two: str) -> list[str]:
    tens, ones = int(two[0]), int(two[1])
    if tens == 1:
        return [TEENS[ones]]
    return [TENS[tens], *([ONES[ones]] if ones else [])]


def _harmless(slot: str, rng: random.Random) -> str:
    """A number that may be kept."""
    if slot[1:].isdigit():
        digits = str(rng.randrange(1, 10)) + random_digits(rng, int(slot[1:]) - 1)
        return " ".join(word for word, _ in _say(digits, rng)) if len(digits) > 2 else digits
    return {
        "phone": lambda: rng.choice(("020 7946 0{}", "212-555-{}", "07700 900 {}")).format(random_digits(rng, 4)),
        "price": lambda: rng.choice(("{} dollars and {} cents", "£{}.{}", "${}.{}")).format(
            rng.randrange(9, 900), rng.randrange(10, 99)
        ),
        "date": lambda: rng.choice(("the {d}th of {m}", "{m} {d}", "{m} {d}, {y}", "{d}/{n}/{y}")).format(
            d=rng.randrange(4, 20), m=rng.choice(MONTHS), n=rng.randrange(1, 12), y=rng.randrange(1950, 2027)
        ),
        "day": lambda: f"{rng.randrange(4, 20)}th",
        "year": lambda: str(rng.randrange(1995, 2026)),
    }[slot]()  # fmt: skip

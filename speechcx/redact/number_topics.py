"""What a number that is read out belongs to: told by the words that ask for it or name it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Literal, NamedTuple

NumberTopic = Literal[
    "card", "maybe_card", "security_code", "maybe_code", "expiry", "account", "routing", "iban", "national_id", "phone",
    "address", "last_digits", "other", "maybe_account", "none",
]  # fmt: skip
"""``maybe_card`` is talk of a card in which no number is asked for, ``maybe_code`` words that ask for a security code
where a card is talked of, ``last_digits`` what may be kept of a card,
``maybe_account`` talk of an account, ``none`` words of another topic in a set phrase that does not mean it."""

_PHRASES: dict[NumberTopic, str] = {
    "card": """
        read me the number, read out the number, read the number, read me the digits, number when you
        are, card number, card numbers, card no, long number, long card, 16 digit, 16 digits, 15 digit,
        15 digits, 19 digit, card digits, the long one, new plastic, pan, number on the front, numbers
        on the front, across the front, front of the card, front of your card, number on your card,
        number on the card, numbers on the card, digits on the card, digits on the front, card details,
        card information, card info, number of the card, number of your card, visa number, mastercard
        number, amex number, credit card is, debit card is, card is, charge card, new card is, numero de
        tarjeta, numero de la tarjeta, numero de carte, numero de la carte, kartennummer,
        kreditkartennummer, numero della carta, numero do cartao, kaartnummer,
        visa gift card, gift visa, gift mastercard, car number, long number across, embossed on it,
        visor number
    """,
    "maybe_card": """
        card, cards, visa, mastercard, master card, amex, american express, discover card, maestro,
        tarjeta, carte bancaire, kreditkarte, cartao, carta di credito, creditcard, pay, payment,
        paying, debit, on the front of the card, on the front of your card, on the front, take it from
    """,
    "security_code": """
        security code, security codes, security number, security digits, cvv, cvc, cv2, cvv2, cvc2, csc,
        cvn, cid, cbv, cvb, c v v, c v c, c v 2, cv v, cv c, c v v 2, c s c, c i d, cv 2, card
        verification, verification value, verification number, 3 digit, 3 digits, 3 digit code, 3
        numbers, last 3 digits, last 3 numbers, last 3, 4 digit security, number on the back, numbers on
        the back, digits on the back, code on the back, on the back, on the reverse, back of the card,
        back of your card, back of it, signature strip, by your signature, near your signature, next to
        the signature, beside the signature, signature panel, security is, cv code, c v code, cv number,
        3 figure number, verification digits, verification is, 3 little numbers, 3 little digits, little
        code, cvvs, cvcs, security codes is, card security, 4 digits on the front, 4 digit code, 4
        digits above, pin, pin number, pin code, passcode, codigo de seguridad, code de securite,
        cryptogramme, prufnummer, prufziffer, sicherheitscode, codice di sicurezza, codigo de seguranca,
        beveiligingscode,
        ccv, ccv2, cbb, cvb, cpv, cdv, cvp, ccb, secure code, back says, in italics, on the strip, on
        the signature, signature number, signature digits, signature code, verification code on your
        card, verification code on the card, verification code of your card, verification code of the
        card, verification code for your card, verification code for the card, security on that,
        security on it, security on the card, security on your card, figures on the back,
        small 4, little 4, 3 small, 3 little, short 3, code for the card, code for your card
    """,
    "maybe_code": """
        flip it over, flip it, flip the card, flip your card, flip that over, flip it around, turn it over,
        turn it around, turn that over, turn over the card, turn over your card, turn the card over, turn
        your card over, turn the card around, short number, small number, little number, small digits, small
        code, the code, what code, last code, white box, strip, signature, reverse,
        other side
    """,
    "expiry": """
        expiry, expiry date, run out, runs out, running out, through date, good until date, date it
        ends, ends on, end of the card, expires, expire, expiring, expiration, expiration date, exp, exp
        date, valid until, valid thru, valid through, valid to, good thru, good through, good until, end
        date, fecha de caducidad, fecha de vencimiento, date d expiration, ablaufdatum, gultig bis,
        scadenza, validade, vervaldatum,
        expert date, expire date, expired date, x free date, month and year, month and the year, date
        underneath, date below the, date under the number, date on the front, date on the card, date on
        your card, dates on the card, date printed, good for, good till, good to, valid till, valid for,
        run until, run till, runs until, runs till, ends when, until when
    """,
    "account": """
        account number, account numbers, account no, number of the account, number of your account,
        number of my account, bank account, checking account, chequing account, current account, savings
        account, account is, acct, acct number, giro account, numero de cuenta, numero de compte,
        kontonummer, numero di conto, numero da conta, rekeningnummer,
        count number, a count number, bottom of the cheque, bottom of the check, bottom of your check,
        bottom of your cheque, bottom of a check, bottom of a cheque
    """,
    "routing": """
        routing number, routing, aba number, aba, transit number, sort code, sort codes, sorting code,
        sort coat, bsb, bsb number, institution number, bank code, branch code, bankleitzahl,
        routine number, rooting number, router number, root number, routing no, sword code, sought code,
        sort coat, swart code, salt code, short code, corner of the check, corner of the cheque, corner
        of your check, corner of your cheque, left of the check, left of your check
    """,
    "iban": """
        iban, i b a n, iban number, international bank account, international account, international
        account number, eyeban,
        i ban, eye ban, i ban number, i bank number, ibn
    """,
    "national_id": """
        social security, social security number, social, ssn, s s n, social insurance, social insurance
        number, national insurance, national insurance number, ni number, your ni, my ni, n i number,
        nino, tax id, tax identification, taxpayer id, tax file number, tfn, itin, ein, national id,
        national identity, identity number, identity card number, id card number, passport number,
        passport, driving license number, drivers license number, driver license number, driver license,
        drivers license, driving license, license number, medicare number, nhs number, aadhaar, aadhar,
        adhar, pan card number, dni, nie, curp, cpf, codice fiscale, personnummer, bsn, steuernummer,
        steuer id, sozialversicherungsnummer, numero de securite sociale, seguro social, pps number,
        ppsn, medicare, id number,
        so security, social securities, social security no, driver is license, driver is licence, driver
        is license number, driver is licence number, drivers licence, driver licence, driving licence,
        driving licence number, licence number, national insurance no, so security number, social
        number
    """,
    "phone": """
        phone number, phone, telephone, telephone number, mobile, mobile number, cell, cell phone, cell
        number, cellphone, landline, call back number, callback number, contact number, best number,
        reach you, reach me, call me on, call you on, call me at, call me back, call you back, call you
        at, home number, work number, fax, whatsapp, number for you, number to call, daytime number,
        evening number, ring me on, text me
    """,
    "address": """
        address, street, house number, postcode, post code, postal code, zip, zip code, zipcode, postal,
        flat, apartment
    """,
    "maybe_account": """
        account, accounts, checking, savings
    """,
    "none": """
        over the phone, on the phone, by phone, off the phone, phone bill, account manager, account
        holder, account details, account team, my phone is, your phone is, phone payment
    """,
    "last_digits": """
        ending in, ending with, ends in, ends with, ending, last 4, last 4 digits, last 4 numbers, first
        6, first 4, first 4 digits, last 2
    """,
    "other": """
        order, order number, reference, reference number, ref, tracking, tracking number, confirmation,
        confirmation number, invoice, invoice number, booking, booking number, booking reference,
        policy, policy number, member number, membership, membership number, loan, loan number, customer
        number, customer id, client number, employee number, employee id, case number, ticket, ticket
        number, serial, serial number, imei, meter, meter reading, meter number, flight, flight number,
        room, model, model number, extension, claim, claim number, shipment, parcel, sim number, puk,
        barcode, product, product code, item number, item, sku, price, total, amount, balance, version,
        vin, registration, plate, date of birth, birth date, birthday, dob, born, receipt number,
        receipt, voucher, coupon, gift, promo, promotion code, one time code, one time passcode,
        verification code, authorization code, approval code, quote, quotation, application number,
        application, contract number, contract, asset, purchase order, po number, po box, apartment
        number, gate, seat, locker, batch, isbn, error, error code, vat number, company number
    """,
}
"""Normalised, as ``normal_tokens`` writes them: "three digits" is ``3 digits``."""


class Mention(NamedTuple):
    """Words that tell what the numbers around them are; `start` and `end` are places of tokens."""

    start: int
    end: int
    topic: NumberTopic


_HEARD_C, _HEARD_V = ("c", "see", "sea", "cee"), ("v", "vee", "b", "be", "we", "c", "see")
"""Letters of CVV, CVC and CV2 as a recogniser writes them down."""


def _read_phrases() -> dict[str, list[tuple[tuple[str, ...], NumberTopic]]]:
    """Phrases by their first word, the longest first."""
    by_first: dict[str, list[tuple[tuple[str, ...], NumberTopic]]] = {}
    for topic, listed in _PHRASES.items():
        for phrase in listed.split(","):
            words = tuple(phrase.split())
            by_first.setdefault(words[0], []).append((words, topic))
    for first, middle, last in product(_HEARD_C, _HEARD_V, (*_HEARD_C, *_HEARD_V, "2")):
        by_first.setdefault(first, []).append(((first, middle, last), "security_code"))
    return {first: sorted(some, key=lambda pair: -len(pair[0])) for first, some in by_first.items()}


_BY_FIRST = _read_phrases()


def find_mentions(tokens: Sequence[str]) -> list[Mention]:
    """Every mention of a topic in a row of normalised tokens, in order; of several that begin together, the longest."""
    found: list[Mention] = []
    free_from = 0
    for place, token in enumerate(tokens):
        if place < free_from or token not in _BY_FIRST:
            continue
        for words, topic in _BY_FIRST[token]:
            if tuple(tokens[place : place + len(words)]) == words:
                found.append(Mention(place, place + len(words), topic))
                free_from = place + len(words)
                break
    return found

"""What a number that is read out belongs to: told by the words that ask for it or name it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

NumberTopic = Literal[
    "card", "maybe_card", "security_code", "expiry", "account", "routing", "iban", "national_id", "phone", "address",
    "last_digits", "other", "maybe_account", "none",
]  # fmt: skip
"""``maybe_card`` is talk of a card in which no number is asked for, ``last_digits`` what may be kept of a card,
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
        kreditkartennummer, numero della carta, numero do cartao, kaartnummer
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
        beveiligingscode
    """,
    "expiry": """
        expiry, expiry date, run out, runs out, running out, through date, good until date, date it
        ends, ends on, end of the card, expires, expire, expiring, expiration, expiration date, exp, exp
        date, valid until, valid thru, valid through, valid to, good thru, good through, good until, end
        date, fecha de caducidad, fecha de vencimiento, date d expiration, ablaufdatum, gultig bis,
        scadenza, validade, vervaldatum
    """,
    "account": """
        account number, account numbers, account no, number of the account, number of your account,
        number of my account, bank account, checking account, chequing account, current account, savings
        account, account is, acct, acct number, giro account, numero de cuenta, numero de compte,
        kontonummer, numero di conto, numero da conta, rekeningnummer
    """,
    "routing": """
        routing number, routing, aba number, aba, transit number, sort code, sort codes, sorting code,
        sort coat, bsb, bsb number, institution number, bank code, branch code, bankleitzahl
    """,
    "iban": """
        iban, i b a n, iban number, international bank account, international account, international
        account number, eyeban
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
        ppsn, medicare, id number
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


def _read_phrases() -> dict[str, list[tuple[tuple[str, ...], NumberTopic]]]:
    """Phrases by their first word, the longest first."""
    by_first: dict[str, list[tuple[tuple[str, ...], NumberTopic]]] = {}
    for topic, listed in _PHRASES.items():
        for phrase in listed.split(","):
            words = tuple(phrase.split())
            by_first.setdefault(words[0], []).append((words, topic))
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

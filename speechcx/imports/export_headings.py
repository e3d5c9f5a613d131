"""Every field of an import with the headings that usually stand for it."""

from __future__ import annotations

import re
from typing import Literal, get_args

from speechcx.discover.headings import squeeze

ImportKind = Literal["calls", "surveys", "accounts"]
IMPORT_KINDS: tuple[ImportKind, ...] = get_args(ImportKind)
DurationUnit = Literal["s", "ms", "min", "day"]

CALL_FIELDS: dict[str, tuple[str, ...]] = {
    "record_id": (
        "linkedid", "recordid", "callid", "contactid", "conversationid", "interactionid", "sessionid", "callsid",
        "callguid", "calluuid", "uniqueid", "uuid", "xmlcdruuid", "globalcallidcallid", "historyid", "sid", "id",
    ),
    "leg_id": ("legid", "segmentid", "uniqueid", "xmlcdruuid", "uuid", "recordid", "callid", "id"),
    "started_at": (
        "startedat", "starttime", "start", "startstamp", "calldate", "calltime", "callstart", "callstarttime",
        "callstarted", "startat", "startdatetime", "timestart", "segstart", "initiationtimestamp", "createdat",
        "datetimeorigination", "timestamp", "datetime", "dateandtime", "date", "time",
    ),
    "date": ("date", "day", "calldate", "startdate", "callday", "datum"),
    "time": ("time", "timeofday", "calltime", "starttime", "uhrzeit"),
    "agent": (
        "agent", "agentid", "agentusername", "agentlogin", "agentname", "agentemail", "user", "username", "users",
        "useremail", "answeredby", "anslogin", "mitarbeiter", "extension", "agentextension",
    ),
    "customer": (
        "customer", "customerid", "customernumber", "customerphonenumber", "customerendpointaddress", "ani",
        "contactphonenumber", "callerid", "callernumber", "calleridnumber", "caller", "cli", "callingparty",
        "callingpty", "callingpartynumber", "remote", "from", "fromnumber", "fromno", "src", "rufnummer", "phonenumber",
    ),
    "called": (
        "callednumber", "calledparty", "calledpartynumber", "finalcalledpartynumber", "callee", "to", "tonumber",
        "tono", "destination", "dst",
    ),
    "queue": (
        "queue", "queuename", "skill", "campaign", "campaignid", "ingroup", "dispsplit", "ringgroup", "ringgroups",
        "warteschlange",
    ),
    "direction": ("direction", "calldirection", "calltype", "richtung", "initiationmethod"),
    "outcome": (
        "outcome", "disposition", "callstatus", "actionresult", "completionstatus", "status", "result", "answered",
        "abandoned", "missed", "hangupcause",
    ),
    "wait_s": (
        "waits", "wait", "waittime", "queuetime", "queueduration", "queueseconds", "queuewaittime",
        "waiting", "waitingtime", "timeinqueue", "totalqueue", "speedofanswer", "timetoanswer", "wartezeit", "ringing",
        "ringtime", "ringduration",
    ),
    "talk_s": (
        "talks", "talk", "talktime", "totaltalk", "talkduration", "durationincall", "billsec", "talking",
        "conversationtime", "agentinteractionduration", "gespraechszeit", "gesprächszeit", "gesprächsdauer",
    ),
    "hold_s": (
        "holds", "hold", "holdtime", "holding", "holdingtime", "totalhold", "holdduration", "ansholdtime",
        "customerholdduration", "haltezeit",
    ),
    "wrap_s": (
        "wraps", "wrap", "wrapup", "wrapuptime", "acw", "totalacw", "aftercallwork", "aftercallworktime",
        "acwtime", "wrapduration", "aftercontactworkduration", "nachbearbeitung", "nachbearbeitungszeit",
    ),
    "duration_s": (
        "durations", "duration", "totalduration", "durationtotal", "callduration", "contactduration", "lengthinsec",
        "length", "totaltime", "totals", "dauer", "calltimeseconds",
    ),
    "recording": (
        "recording", "recordingfile", "recordingname", "recordingurl", "recordpath", "recordname", "filename",
    ),
}  # fmt: skip
SURVEY_FIELDS: dict[str, tuple[str, ...]] = {
    "answer_id": ("answerid", "responseid", "surveyid", "surveyresponseid", "submissionid", "id"),
    "answered_at": (
        "answeredat", "submittedat", "completedat", "responsedate", "recordeddate", "enddate", "date", "timestamp",
    ),
    "reference": (
        "reference", "callid", "contactid", "conversationid", "interactionid", "recordid", "uniqueid", "linkedid",
    ),
    "customer": ("customer", "customerid", "customernumber", "phone", "phonenumber", "caller", "ani"),
    "agent": ("agent", "agentid", "agentname", "agentusername", "user"),
    "csat": ("csat", "satisfaction", "rating", "overallsatisfaction", "customersatisfaction", "stars"),
    "nps": ("nps", "npsscore", "likelihoodtorecommend", "recommend", "recommendation", "q1nps"),
    "ces": ("ces", "effort", "effortscore", "customereffort", "customereffortscore", "easy"),
    "comment": ("comment", "comments", "verbatim", "feedback", "openanswer", "reason", "why"),
}  # fmt: skip
ACCOUNT_FIELDS: dict[str, tuple[str, ...]] = {
    "account_id": ("accountid", "accountnumber", "accountno", "account", "contractid", "contractnumber", "id"),
    "customer": (
        "customer", "customerid", "customernumber", "customerno", "customerkey", "phone", "phonenumber", "mobile",
        "mobilephone", "accountid", "accountnumber", "account", "contactid", "clientid", "msisdn", "id",
    ),
    "status": (
        "status", "accountstatus", "customerstatus", "state", "stage", "lifecyclestage", "kept", "active", "isactive",
    ),
    "lost": ("lost", "churned", "churn", "ischurned", "cancelled", "canceled", "iscancelled", "left"),
    "opened": (
        "opened", "openedat", "openedday", "customersince", "since", "startdate", "start", "created", "createdat",
        "createddate", "activationdate", "signupdate", "joined", "joindate", "contractstart",
    ),
    "closed": (
        "closed", "closedat", "closedday", "churndate", "churnedat", "lostat", "lostdate", "cancelledat",
        "canceledat", "cancellationdate", "canceldate", "terminationdate", "terminatedat", "enddate", "end", "lastday",
    ),
    "as_of": ("asof", "asofdate", "snapshot", "snapshotdate", "reportdate", "exportdate", "exportedat"),
    "value": (
        "value", "annualvalue", "annualrevenue", "arr", "mrr", "monthlyrevenue", "revenue", "acv", "contractvalue",
        "monthlycharges", "monthlyfee", "amount",
    ),
    "lifetime_value": ("lifetimevalue", "ltv", "clv", "cltv", "customerlifetimevalue", "totalrevenue", "totalcharges"),
    "currency": ("currency", "currencycode", "currencyisocode"),
}  # fmt: skip
FIELDS: dict[ImportKind, dict[str, tuple[str, ...]]] = {
    "calls": CALL_FIELDS,
    "surveys": SURVEY_FIELDS,
    "accounts": ACCOUNT_FIELDS,
}
"""Every field of each kind, with the squeezed headings that usually stand for it, the best first."""

_UNITS: tuple[tuple[str, DurationUnit], ...] = (
    ("milliseconds", "ms"), ("millis", "ms"), ("ms", "ms"), ("seconds", "s"), ("secs", "s"), ("sec", "s"), ("s", "s"),
    ("sekunden", "s"), ("minutes", "min"), ("mins", "min"), ("min", "min"), ("minuten", "min"), ("hhmmss", "s"),
    ("mmss", "s"),
)  # fmt: skip
_UNIT = re.compile(
    rf"[\s_]*[(\[][\s_]*(?:in[\s_]+)?({'|'.join(name for name, _ in _UNITS)}|hh:mm:ss|h:mm:ss|mm:ss)\.?[)\]]\s*$"
    rf"|[\s_]+(?:in[\s_]+)?({'|'.join(name for name, _ in _UNITS)})\s*$"
    r"|(?<=[a-z])(Ms|Millis|Seconds|Minutes)$",
    re.IGNORECASE,
)


def split_unit(heading: str) -> tuple[str, DurationUnit | None]:
    """A squeezed heading without the unit at its end, and the unit: ``Talk Time (ms)``; None where it names none."""
    found = _UNIT.search(heading)
    if found is None or not found.start():
        return squeeze(heading), None
    name = re.sub(r"\W", "", next(one for one in found.groups() if one)).casefold()
    return squeeze(heading[: found.start()]), dict(_UNITS).get(name, "s")

"""Every code of the network that we know means what Twilio says, and something follows."""

from __future__ import annotations

import re

import pytest

from app.rules import network_errors
from app.rules.network_errors import (
    ERRORS,
    PUSH_REFUSED,
    PUSH_UNANSWERED,
    UNSPOKEN,
    Action,
    Sort,
    of,
)

OUR_OWN = {UNSPOKEN, PUSH_REFUSED, PUSH_UNANSWERED}
# What Twilio's error dictionary says a code is about, in a word or two that our own words, or the
# sort of trouble, must contain; and what we do.
MEANINGS = {
    # calls: the number
    "21201": (r"no number", Action.CORRECT),
    "21202": (r"premium", Action.CORRECT),
    "21211": (r"not a valid number", Action.CORRECT),
    "21214": (r"cannot be reached", Action.CORRECT),
    "21217": (r"not look valid", Action.CORRECT),
    "13223": (r"not written as a number", Action.CORRECT),
    "13224": (r"invalid, or not one that the network calls", Action.CORRECT),
    "13226": (r"country code", Action.CORRECT),
    "21401": (r"not valid", Action.CORRECT),
    "21421": (r"not valid", Action.CORRECT),
    # calls: somebody forbids it
    "21216": (r"blocks calls", Action.STOP),
    "13225": (r"blocks dialling", Action.STOP),
    "21203": (r"abroad", Action.TRIP),
    "21215": (r"geographic permissions", Action.TRIP),
    "13227": (r"geographic permissions", Action.TRIP),
    "32205": (r"geographic permissions", Action.TRIP),
    "32203": (r"blocks calls from the account", Action.TRIP),
    "32017": (r"carrier blocks our number", Action.TRIP),
    # our configuration
    "20003": (r"credentials", Action.TRIP),
    "20005": (r"not active", Action.TRIP),
    "10001": (r"suspended or closed", Action.TRIP),
    "10002": (r"trial", Action.TRIP),
    "10005": (r"switched off", Action.TRIP),
    "21205": (r"address", Action.TRIP),
    "21206": (r"digits to send", Action.TRIP),
    "21207": (r"machines", Action.TRIP),
    "21208": (r"time to ring", Action.TRIP),
    "21209": (r"method", Action.TRIP),
    "21210": (r"our number is not verified", Action.TRIP),
    "21212": (r"our number is not valid", Action.TRIP),
    "21213": (r"no number of ours", Action.TRIP),
    "21218": (r"application", Action.TRIP),
    "21219": (r"trial account calls verified", Action.TRIP),
    "21234": (r"answering-machine detection", Action.TRIP),
    "21262": (r"no address to report to", Action.TRIP),
    "21263": (r"answering-machine detection", Action.TRIP),
    "21264": (r"not verified", Action.TRIP),
    # passing trouble
    "429": (r"too many requests", Action.REPEAT),
    "20429": (r"too many requests", Action.REPEAT),
    "10004": (r"calls in progress", Action.REPEAT),
    "500": (r"failed", Action.RECONCILE),
    "502": (r"proxy", Action.RECONCILE),
    "503": (r"could not serve", Action.RECONCILE),
    "504": (r"proxy", Action.RECONCILE),
    "20500": (r"failed inside", Action.RECONCILE),
    "20503": (r"not available", Action.RECONCILE),
    "20504": (r"failed inside", Action.RECONCILE),
    "32016": (r"no carrier on the way answered in time", Action.RETRY),
    "22005": (r"waited a day", Action.RETRY),
    "12400": (r"failed while the call", Action.RETRY),
    "21220": (r"state", Action.NONE),
    "20009": (r"not over", Action.NONE),
    "20404": (r"no such thing", Action.NONE),
    # recordings
    "16101": (r"too short", Action.NONE),
    "16102": (r"silent", Action.NONE),
    "16104": (r"encrypted and is lost", Action.REVIEW),
    "16105": (r"no valid key", Action.REVIEW),
    "16106": (r"encryption", Action.REVIEW),
    "16107": (r"another key", Action.REVIEW),
    "16108": (r"second recording", Action.REVIEW),
    "16109": (r"WAV", Action.REVIEW),
    "13617": (r"too short or too long to be transcribed", Action.NONE),
    "13618": (r"not there for the network to transcribe", Action.REVIEW),
    # our webhooks
    "11100": (r"address", Action.ALERT),
    "11200": (r"fetched", Action.ALERT),
    "11201": (r"no connection to our webhook within", Action.ALERT),
    "11202": (r"refused the connection", Action.ALERT),
    "11203": (r"took longer", Action.ALERT),
    "11205": (r"no connection", Action.ALERT),
    "11206": (r"proper HTTP", Action.ALERT),
    "11210": (r"host", Action.ALERT),
    "11215": (r"redirects too often", Action.ALERT),
    "11216": (r"redirects", Action.ALERT),
    "11217": (r"answered with an error", Action.ALERT),
    "11220": (r"TLS", Action.ALERT),
    "11235": (r"certificate is for another host", Action.ALERT),
    "11236": (r"certificate has expired", Action.ALERT),
    "11237": (r"certificate leads to no authority", Action.ALERT),
    "11240": (r"edge", Action.ALERT),
    "11241": (r"edge", Action.ALERT),
    "11242": (r"interconnection", Action.ALERT),
    "11243": (r"retry settings", Action.ALERT),
    "11251": (r"protocol", Action.ALERT),
    "11750": (r"64 KB", Action.ALERT),
    "11770": (r"no body", Action.ALERT),
    "12100": (r"XML", Action.ALERT),
    "12101": (r"version of XML", Action.ALERT),
    "12102": (r"begin with a Response", Action.ALERT),
    "12200": (r"does not know", Action.ALERT),
    "12300": (r"content type", Action.ALERT),
    "13335": (r"model", Action.ALERT),
    "15002": (r"waited too long", Action.ALERT),
    "15003": (r"report on the call was an error", Action.ALERT),
    # messages
    "21610": (r"no more messages", Action.SUPPRESS),
    "21614": (r"not a mobile", Action.CORRECT),
    "21265": (r"short code", Action.CORRECT),
    "21266": (r"our own", Action.CORRECT),
    "21268": (r"premium", Action.CORRECT),
    "21408": (r"region", Action.TRIP),
    "21602": (r"no text", Action.TRIP),
    "21603": (r"no sender", Action.TRIP),
    "21606": (r"cannot send messages", Action.TRIP),
    "21608": (r"trial account sends messages to verified", Action.TRIP),
    "21611": (r"queue", Action.REPEAT),
    "21612": (r"no way to this number", Action.RETRY),
    "21617": (r"longer", Action.TRIP),
    "21703": (r"messaging service", Action.TRIP),
    "14107": (r"faster", Action.REPEAT),
    "30001": (r"queue", Action.RETRY),
    "30002": (r"suspended", Action.TRIP),
    "30003": (r"off or out of reach", Action.RETRY),
    "30004": (r"blocked", Action.STOP),
    "30005": (r"not known", Action.CORRECT),
    "30006": (r"landline", Action.CORRECT),
    "30007": (r"filtered", Action.TRIP),
    "30008": (r"does not say why", Action.RETRY),
    "30032": (r"toll-free", Action.TRIP),
    "30034": (r"not registered", Action.TRIP),
}


def test_every_code_in_the_table_is_checked_here_and_every_one_here_is_in_it() -> None:
    assert set(ERRORS) - OUR_OWN == set(MEANINGS)


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_a_code_means_what_the_network_says(code) -> None:
    words, action = MEANINGS[code]
    assert re.search(words, ERRORS[code].meaning), ERRORS[code].meaning
    assert ERRORS[code].action is action


def test_what_meets_everybody_opens_the_circuit_and_what_meets_one_number_does_not() -> None:
    for error in ERRORS.values():
        if error.action is Action.TRIP:
            assert error.trips_after > 0, error
        if error.sort in (Sort.NUMBER_INVALID, Sort.WEBHOOK, Sort.NOTHING_SAID, Sort.NO_LUCK):
            assert error.trips_after == 0, error
    assert of("20003").trips_after == 1


def test_only_what_was_certainly_not_processed_is_sent_again() -> None:
    repeated = {error.code for error in ERRORS.values() if error.action is Action.REPEAT}
    assert repeated == {"429", "20429", "10004", "21611", "14107"}


def test_troubles_with_tls_are_all_troubles_of_our_webhooks() -> None:
    for code in ("11221", "11229", "11230", "11239"):
        assert of(code).sort is Sort.WEBHOOK
        assert of(code).code == code


@pytest.mark.parametrize("code", ["21299", "400", "99999", "1122", None])
def test_an_unknown_code_ends_the_attempt_and_is_not_repeated_as_it_is(code) -> None:
    error = of(code)
    assert (error.sort, error.action) == (Sort.UNKNOWN, Action.RETRY)
    assert error.trips_after > 1
    assert not error.ours
    assert not error.ends_it


def test_the_customer_is_not_to_blame_for_our_configuration() -> None:
    assert of("20003").ours
    assert not of("21211").ours
    assert not of("32017").ours
    assert of("21610").ends_it
    assert network_errors.TRIP_WITHIN.total_seconds() > 0

"""Text messages through Twilio's API against the carrier, and against every way of no answer."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from app.errors import TransientError
from app.gateways import AnswerLost, NotSent, Refused, TextRequest, TextSent
from app.gateways.twilio_texts import TwilioTexts
from tests.factories import sid
from tests.gateways.test_twilio_voice import reply, server

TO = "+447700900301"


@pytest.fixture
def texts(settings) -> TwilioTexts:
    return TwilioTexts(
        settings.twilio_account_sid,
        settings.auth_tokens[0],
        settings.twilio_from_number,
        settings.twilio_api_url,
    )


def request(to: str = TO, valid_seconds: int = 3600, body: str = "Hello") -> TextRequest:
    return TextRequest(to, body, "http://127.0.0.1:1/nobody", valid_seconds)


def at(url: str, sender: str = "+12025550142") -> TwilioTexts:
    return TwilioTexts("AC" + "0" * 32, "token-token", sender, url)


def test_a_message_is_sent_and_found_by_its_words(texts) -> None:
    since = datetime.now(UTC) - timedelta(seconds=5)
    sent = texts.send(request(body="Hello https://calls.test/i/abc"))
    assert isinstance(sent, TextSent)
    assert sent.status == "queued"
    facts = texts.fetch(sent.message_sid)
    assert (facts.to_number, facts.body) == (TO, "Hello https://calls.test/i/abc")
    assert sent.message_sid in [each.message_sid for each in texts.find(TO, since)]
    assert texts.find(TO, datetime.now(UTC) + timedelta(minutes=5)) == []


def test_a_message_that_does_not_exist_is_none(texts) -> None:
    assert texts.fetch(sid("SM")) is None


def test_a_refusal_has_its_code_and_no_number(texts) -> None:
    refused = texts.send(request(to="12"))
    assert isinstance(refused, Refused)
    assert refused.code == "21211"


@pytest.mark.parametrize(
    ("given", "sent"), [(3600, "3600"), (90_000, "36000"), (1, "6"), (-5, "6")]
)
def test_it_is_valid_for_as_long_as_twilio_allows(given, sent) -> None:
    seen = []

    def answer(handler) -> None:
        length = int(handler.headers["Content-Length"])
        seen.append(parse_qs(handler.rfile.read(length).decode()))
        reply(201, b'{"sid": "SM%s", "status": "accepted"}' % (b"0" * 32))(handler)

    with server(answer) as url:
        result = at(url, "MG" + "a" * 32).send(request(valid_seconds=given))
    assert result == TextSent("SM" + "0" * 32, "queued")
    assert seen[0]["ValidityPeriod"] == [sent]
    assert seen[0]["MessagingServiceSid"] == ["MG" + "a" * 32]
    assert "From" not in seen[0]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_a_lost_answer_and_asked_once(status) -> None:
    asked = []

    def answer(handler) -> None:
        asked.append(1)
        reply(status, b'{"code": 20500, "message": "oops", "status": 500}')(handler)

    with server(answer) as url:
        assert isinstance(at(url).send(request()), AnswerLost)
    assert len(asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"sid": null}'])
def test_a_success_that_cannot_be_read_is_a_lost_answer(body) -> None:
    with server(reply(201, body)) as url:
        assert isinstance(at(url).send(request()), AnswerLost)


def test_too_many_requests_may_be_asked_again() -> None:
    with server(reply(429, b'{"code": 20429, "message": "slow", "status": 429}')) as url:
        assert isinstance(at(url).send(request()), NotSent)


def test_nobody_listening_means_not_sent_and_looking_is_transient() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    away = at(f"http://127.0.0.1:{port}")
    assert isinstance(away.send(request()), NotSent)
    with pytest.raises(TransientError):
        away.find(TO, datetime.now(UTC))
    with pytest.raises(TransientError):
        away.fetch(sid("SM"))

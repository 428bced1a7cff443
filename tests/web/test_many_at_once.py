"""Many webhooks at once share trips to the database, and each is answered for itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app import create_app
from app.models import CallLog
from app.queues import CONCLUDE
from app.runtime import Runtime
from tests import factories
from tests.factories import sid
from tests.web.twilio_side import Twilio, verbs, waiting

EACH = 12
"""Calls of every kind."""


@pytest.fixture
def app(settings):
    return create_app(settings, Runtime(settings))


@pytest.fixture
def at_once(app, settings):
    """Posts what it is given, each by a client of its own, all in threads."""

    def post(wanted: list[tuple[str, dict]]) -> list:
        def one(each: tuple[str, dict]):
            path, form = each
            return Twilio(app.test_client(), settings).post(path, **form)

        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(one, wanted))

    return post


def calls(**fields) -> list[CallLog]:
    return [factories.call(factories.delivery(), call_sid=sid("CA"), **fields) for _ in range(EACH)]


def about(call: CallLog, what: str, **form) -> tuple[str, dict]:
    return f"/webhooks/twilio/calls/{call.pk}/{what}", {"CallSid": call.call_sid, **form}


def test_reports_known_unknown_strange_and_repeated_are_answered_each_for_itself(
    at_once, settings
) -> None:
    known, ended, robbed = calls(), calls(status="in-progress"), calls(status="in-progress")
    ringing = {"CallStatus": "ringing", "SequenceNumber": "1"}
    over = {"CallStatus": "completed", "SequenceNumber": "3"}
    wanted, expected = [], []
    for one, other, third in zip(known, ended, robbed, strict=True):
        nobody = f"/webhooks/twilio/calls/{'f' * 24}/status", {"CallSid": sid("CA"), **ringing}
        for request, status in (
            (about(one, "status", **ringing), 204),
            (nobody, 404),
            (about(other, "status", **over), 204),
            (about(one, "status", **ringing), 204),
            (about(third, "status", **{**over, "CallSid": sid("CA")}), 204),
            # Its own address, and another call's id.
            (about(third, "status", **{**over, "CallSid": "CAnonsense"}), 404),
        ):
            wanted.append(request)
            expected.append(status)
    assert [answer.status_code for answer in at_once(wanted)] == expected
    for call in (*known, *ended, *robbed):
        call.reload()
    assert {(call.status, len(call.webhook_events)) for call in known} == {("ringing", 1)}
    assert {(call.status, len(call.webhook_events)) for call in ended} == {("completed", 1)}
    assert {(call.status, len(call.strangers)) for call in robbed} == {("in-progress", 1)}
    woken = [job for job in waiting(settings, CONCLUDE.queue) if job[0] == "conclude"]
    assert sorted(woken) == sorted(("conclude", str(call.pk)) for call in ended)


def test_keys_pressed_at_once_and_brought_twice_count_once_each(at_once, app, settings) -> None:
    factories.tenant()
    pressing, gone = calls(status="in-progress"), [f"{n:024x}" for n in range(EACH)]
    wanted = []
    for number, call in enumerate(pressing):
        press = about(call, "script/menu/keys", Digits="1", repeats=f"token-{number}")
        nobody = f"/webhooks/twilio/calls/{gone[number]}/script/menu", {"CallSid": sid("CA")}
        wanted += [press, nobody, press, press]
    answers = at_once(wanted)
    assert [answer.status_code for answer in answers] == [200, 404, 200, 200] * EACH
    assert {tuple(verbs(answer)) for answer in answers if answer.status_code == 200} == {
        ("Say", "Hangup")
    }
    for call in pressing:
        call.reload()
        assert [press.digits for press in call.keys] == ["1"]
        assert [each["kind"] for each in call.chosen] == ["confirm"]
        assert len(call.webhook_events) == 1

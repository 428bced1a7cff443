"""Twilio's side of a webhook: posts to the application as Twilio does, signed."""

from __future__ import annotations

from xml.etree import ElementTree

from rq import Queue
from rq.serializers import JSONSerializer
from twilio.request_validator import RequestValidator

from app import queues
from app.models import CallLog
from tests.factories import sid

BASE = "http://calls.test"


class Twilio:
    """Posts to the webhooks as Twilio does."""

    def __init__(self, client, settings) -> None:
        self.client = client
        self.account = settings.twilio_account_sid
        self.token = settings.auth_tokens[0]

    def post(
        self,
        path: str,
        signature: str | None = None,
        token: str | None = None,
        repeats: str | None = None,
        **form,
    ):
        """Post a form. ``repeats`` is the token by which Twilio marks the same request."""
        form = {"AccountSid": self.account, **form}
        if signature is None:
            signature = RequestValidator(token or self.token).compute_signature(BASE + path, form)
        headers = {"X-Twilio-Signature": signature} if signature else {}
        if repeats:
            headers["I-Twilio-Idempotency-Token"] = repeats
        return self.client.post(path, data=form, headers=headers)

    def about(self, call: CallLog, what: str, **form):
        """Post something about a call of ours."""
        form = {"CallSid": call.call_sid or sid("CA"), **form}
        return self.post(f"/webhooks/twilio/calls/{call.pk}/{what}", **form)


def waiting(settings, queue: str) -> list[tuple[str, str]]:
    """The jobs on a queue, as name and id."""
    connection = queues.connect(settings.redis_url.get_secret_value())
    found = Queue(queue, connection=connection, serializer=JSONSerializer).jobs
    return [(job.func_name.rpartition(".")[2], job.args[0]) for job in found]


def verbs(answer) -> list[str]:
    """The verbs of a TwiML answer."""
    assert answer.status_code == 200
    assert answer.content_type == "text/xml; charset=utf-8"
    return [verb.tag for verb in ElementTree.fromstring(answer.data)]


def led_to(answer) -> str | None:
    """The path that the answer redirects to."""
    redirect = ElementTree.fromstring(answer.data).find("Redirect")
    return None if redirect is None else redirect.text.removeprefix(BASE).partition("#")[0]

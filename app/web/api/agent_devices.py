"""Where an agent's pushes go: the browsers that subscribed, several for each agent."""

from __future__ import annotations

from typing import Annotated

from bson import ObjectId
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.errors import PermanentError
from app.pipeline import devices
from app.pipeline.devices import Browser
from app.rules import vapid
from app.rules.permissions import Permission
from app.rules.webhooks.addresses import AddressError, target
from app.saying import Saying
from app.web.api.agents import ONE, found, resource
from app.web.api.asking import Ask, Reply
from app.web.api.problems import Fault, invalid
from app.web.api.shapes import Given, Selected, Shape

_REPORT = Permission.AGENTS_REPORT
_SUBSCRIPTION = f"{ONE}/push-subscription"
Endpoint = Annotated[
    str,
    Field(
        pattern=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?/[!-~]*$",
        max_length=1000,
        description="The push service's address for this browser: HTTPS, on the public internet.",
        examples=["https://push.example.com/abc"],
    ),
]
_EXAMPLE: JsonDict = {
    "endpoint": "https://push.example.com/abc",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx"
        "aOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}


class PushKeyOut(Shape):
    """Under which key browsers subscribe."""

    public_key: str | None = Field(
        description="For PushManager.subscribe, base64url; null where pushes are off."
    )


class PushKeys(Given):
    """The keys of a browser's subscription, base64url."""

    p256dh: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{80,100}=?$")]
    auth: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,32}={0,2}$")]


class PushSubscription(Given):
    """A browser's subscription, as its PushManager gives it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})
    endpoint: Endpoint
    keys: PushKeys


class ForgottenDevice(Given):
    """Which browser."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"endpoint": "https://push.example.com/abc"}]}
    )
    endpoint: Endpoint


@resource.get("/agents/push-key", may=_REPORT, answer=PushKeyOut)
def read_push_key(ask: Ask, query: Selected) -> PushKeyOut:  # noqa: ARG001
    """Read the key under which an agent's browser subscribes to pushes.

    A browser that has subscribed under another one must do so anew.
    """
    push = ask.runtime.push
    return PushKeyOut(public_key=push.public_key if push else None)


@resource.put(_SUBSCRIPTION, may=_REPORT, status=204)
def set_push_subscription(ask: Ask, body: PushSubscription, agent_id: ObjectId) -> Reply:
    """Have an agent's pushes go to this browser too.

    Five browsers at most: with one more, that which came first is forgotten. Another agent's pushes
    go there no more. Refused while pushes are off.
    """
    agent, push = found(ask, agent_id), ask.runtime.push
    _check(body, to_loopback=ask.runtime.settings.webhooks_to_loopback)
    if push is None:
        raise PermanentError(Saying("pushes are off: the operator has not set VAPID_PRIVATE_KEY"))
    browser = Browser(body.endpoint, body.keys.p256dh, body.keys.auth)
    devices.subscribe(agent, browser, key=push.public_key, now=ask.now)
    ask.note("agent.reported", "agent", agent_id, detail={"pushes": True})
    return Reply()


@resource.post(f"{_SUBSCRIPTION}/forget", may=_REPORT, status=204)
def forget_push_subscription(ask: Ask, body: ForgottenDevice, agent_id: ObjectId) -> Reply:
    """Let an agent's pushes go to one browser no more; as when they log out there."""
    agent = found(ask, agent_id)
    devices.forget(agent, body.endpoint)
    ask.note("agent.reported", "agent", agent_id, detail={"pushes": bool(agent.push_devices)})
    return Reply()


@resource.delete(_SUBSCRIPTION, may=_REPORT)
def delete_push_subscription(ask: Ask, agent_id: ObjectId) -> Reply:
    """Let an agent's pushes go nowhere."""
    devices.forget_all(found(ask, agent_id))
    ask.note("agent.reported", "agent", agent_id, detail={"pushes": False})
    return Reply()


def _check(body: PushSubscription, *, to_loopback: bool) -> None:
    """Raises Problem, for an address that nothing is sent to and keys that nothing fits."""
    faults = []
    try:
        target(body.endpoint, to_loopback=to_loopback)
    except AddressError as error:
        faults.append(Fault(detail=error.says, source="body", pointer="/endpoint"))
    if not vapid.is_browser_key(body.keys.p256dh):
        says = Saying("it must be a public key of P-256")
        faults.append(Fault(detail=says, source="body", pointer="/keys/p256dh"))
    if not vapid.is_browser_secret(body.keys.auth):
        says = Saying("it must be 16 bytes")
        faults.append(Fault(detail=says, source="body", pointer="/keys/auth"))
    if faults:
        raise invalid(*faults)

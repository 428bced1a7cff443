"""Devices: the browsers in which an agent is shown pushes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from bson import ObjectId

from app.models import Agent, PushDevice

MOST = 5
"""Devices of one agent; with one more, that which came first is forgotten."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser's subscription, as its PushManager gives it."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


def subscribe(agent: Agent, browser: Browser, *, key: str, now: datetime) -> None:
    """Send an agent's pushes to this browser too, and another's there no more. Safe to repeat.

    ``key`` is our public key, under which it subscribed. To be called within a transaction.
    """
    print_of = fingerprint(browser.endpoint)
    # Who used this browser before, whichever company they are of, drives with another one now.
    others = Agent.across_tenants(push_devices__fingerprint=print_of, pk__ne=agent.pk)
    others.update(__raw__={"$pull": {"push_devices": {"fingerprint": print_of}}})
    known = [each for each in agent.push_devices if each.fingerprint == print_of]
    others_of_theirs = [each for each in agent.push_devices if each.fingerprint != print_of]
    device = PushDevice(
        id=known[0].id if known else ObjectId(),
        fingerprint=print_of,
        service=urlsplit(browser.endpoint).hostname or "",
        subscription={
            "endpoint": browser.endpoint,
            "p256dh": browser.p256dh,
            "auth": browser.auth,
        },
        key=key,
        since=now,
    )
    agent.modify(set__push_devices=[*others_of_theirs[1 - MOST :], device])


def forget(agent: Agent, endpoint: str) -> None:
    """Send nothing to this browser any more; safe to repeat."""
    _without(agent, {"fingerprint": fingerprint(endpoint)})
    agent.reload()


def forget_all(agent: Agent) -> None:
    """Send nothing to any browser of this agent's; safe to repeat."""
    agent.modify(unset__push_devices=True)


def gone(agent: Agent, device_ids: Iterable[ObjectId]) -> None:
    """A push service says that these are no more."""
    ids = list(device_ids)
    if ids:
        _without(agent, {"_id": {"$in": ids}})


def fingerprint(endpoint: str) -> str:
    """By it an address is known again; it leads back to none, for addresses cannot be guessed."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _without(agent: Agent, which: dict[str, object]) -> None:
    this = Agent.of(agent.tenant_id, pk=agent.pk)
    this.update_one(__raw__={"$pull": {"push_devices": which}})

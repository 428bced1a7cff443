"""Cookies of people who are logged in, for what benchmarks ask of the pages."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from app.models import Agent, LoginSession
from app.pipeline.person import LIFETIME


def cookie_of(flask: Flask, who: Agent) -> tuple[str, str]:
    """The name and the value of the cookie of a new session of this person."""
    now = datetime.now(UTC)
    session = LoginSession(
        tenant_id=who.tenant_id, user_id=who.pk, kind="page", began_at=now, seen_at=now,
        expires_at=now + LIFETIME,
    ).save()  # fmt: skip
    signer = flask.session_interface.get_signing_serializer(flask)  # type: ignore[attr-defined]
    kept = signer.dumps({"_user_id": f"{who.tenant_id}/{session.pk}", "_fresh": True})
    return flask.config["SESSION_COOKIE_NAME"], str(kept)

"""The API as another system sees it: keys, tokens, and requests with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.models import Agent, Tenant
from app.pipeline import api_keys, sign_in
from app.pipeline.audit import Actor
from app.rules.permissions import FOR_KEYS, MAY, Permission, Role
from app.web import sessions

PREFIX = "/api/v1"
PASSWORD = "seven plums upon the sill"
SYSTEM = Actor("system", "tests", "tests")


@dataclass
class Api:
    """Asks as one who has these credentials."""

    client: Any
    credentials: str

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """Send one request; ``headers`` are added to the credentials."""
        headers = {"Authorization": f"Bearer {self.credentials}", **options.pop("headers", {})}
        return self.client.open(PREFIX + path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.ask("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Any:
        if json is not None:
            options["json"] = json
        return self.ask("POST", path, **options)

    def patch(self, path: str, json: Any, version: str | None = "*", **options: Any) -> Any:
        headers = {"If-Match": version if version == "*" else f'"{version}"'} if version else {}
        return self.ask("PATCH", path, json=json, headers=headers, **options)

    def delete(self, path: str, version: str = "*") -> Any:
        tag = version if version == "*" else f'"{version}"'
        return self.ask("DELETE", path, headers={"If-Match": tag})


def company(tenant_id: str) -> Tenant:
    """A company, made where there is none."""
    known = Tenant.of(tenant_id).first()
    return (
        known
        or Tenant(
            tenant_id=tenant_id, name=f"Company {tenant_id}", callback_number="+14155550100"
        ).save()
    )


def key_for(
    client: Any, tenant_id: str, permissions: Iterable[Permission] = FOR_KEYS, requests: int = 10**6
) -> Api:
    """Another system of a company."""
    company(tenant_id)
    wish = api_keys.NewKey(
        name="tests", permissions=[str(each) for each in permissions], requests=requests
    )
    issued = api_keys.issue(tenant_id, SYSTEM, wish, now=datetime.now(UTC))
    return Api(client, issued.plain)


def key_of_role(client: Any, tenant_id: str, role: Role) -> Api:
    """Another system that may what a role may, as far as keys may."""
    return key_for(client, tenant_id, set(MAY[role]) & FOR_KEYS)


def person(tenant_id: str, role: Role, number: int = 0) -> Agent:
    """Somebody of a company, with the password ``PASSWORD``."""
    name = f"{role}-{number}-{tenant_id}"
    made = Agent(
        tenant_id=tenant_id,
        name=name,
        email=f"{name}@example.com",
        phone=f"+1415556{abs(hash(name)) % 10_000:04}",
        role=str(role),
    )
    made.set_password(PASSWORD)
    return made.save()


def signed_in(client: Any, who: Agent) -> Api:
    """The API for somebody with an access token."""
    company(who.tenant_id)
    now = datetime.now(UTC)
    visit = sign_in.Visit(kind="api", address="127.0.0.1", device="tests")
    opened = sign_in.sign_in(who.tenant_id, who.email, PASSWORD, visit=visit, now=now)
    assert opened is not None
    with client.application.app_context():
        tokens = sessions.tokens_of(opened, now=now)
    return Api(client, tokens.access)

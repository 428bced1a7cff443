"""The pages as a person's browser uses them: forms with their hidden fields, cookies kept."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from app.models import Agent, password
from tests import factories

PASSWORD = "seven plums upon the sill"
hash_of = cache(password.hash_of)


def person(role: str, tenant_id: str = "default", **fields: Any) -> Agent:
    """Somebody with the password ``PASSWORD``."""
    return factories.agent(tenant_id, role=role, password=hash_of(PASSWORD), **fields)


def token_of(answer: Any) -> str:
    """The hidden field of a form that shows that it is ours."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)[:500]
    return found[1]


def log_in(client: Any, who: Agent, password: str = PASSWORD, **fields: str) -> Any:
    """Fill in the form to log in; the answer to it."""
    shown = client.get("/login")
    token = token_of(shown) if shown.status_code == 200 else ""
    given = {"email": who.email, "password": password, "csrf_token": token}
    if who.tenant_id != "default":
        given["company"] = who.tenant_id
    return client.post("/login", data={**given, **fields})


def browser(client: Any, who: Agent) -> Any:
    """Another browser, in which this person is logged in."""
    other = client.application.test_client()
    answer = log_in(other, who)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return other


def log_out(client: Any, page: str = "/password") -> Any:
    """Press the button to log out."""
    return client.post("/logout", data={"csrf_token": token_of(client.get(page))})

"""What entries of the audit log are about, by names: whose delivery, which user, which key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.web.api.problems import Problem
from app.web.pages import asking
from app.web.pages.settings.audit_words import SUBJECTS
from app.web.words import gettext as _


@dataclass(frozen=True, slots=True)
class Named:
    """Something by its name, and where its page is; empty: it has none, or is gone."""

    name: str
    address: str = ""


class Subjects:
    """Names what entries are about, each thing looked up once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Named] = {}
        self._ways: dict[str, Callable[[str], Named]] = {
            "delivery": self._delivery,
            "review": lambda id_: self._of_delivery("read_review", review_id=id_),
            "recording": lambda id_: self._of_delivery("read_recording", recording_id=id_),
            "call": self._call,
            "customer": self._customer,
            "user": self._user,
            "agent": self._user,
            "key": self._key,
            "webhook": self._webhook,
        }

    def of(self, kind: str, id_: str) -> Named:
        """The name of one; its kind where nothing more is known of it."""
        if (kind, id_) not in self._known:
            self._known[kind, id_] = self._found(kind, id_)
        return self._known[kind, id_]

    def _found(self, kind: str, id_: str) -> Named:
        label = _(SUBJECTS[kind]) if kind in SUBJECTS else kind
        try:
            found = self._ways[kind](id_) if kind in self._ways else Named("")
        except Problem:
            # It is gone, or not to be seen by who looks.
            found = Named("")
        return found if found.name else Named(label, found.address)

    def _customer(self, id_: str) -> Named:
        return Named(asking.ask("read_customer", path={"customer_id": id_}).name or "")

    def _delivery(self, id_: str) -> Named:
        found = asking.ask("read_delivery", path={"delivery_id": id_})
        customer = self.of("customer", found.customer_id).name if found.customer_id else ""
        name = ", ".join(filter(None, (customer, found.reference)))
        return Named(name, url_for("delivery.whole", delivery_id=id_))

    def _of_delivery(self, operation: str, **path: str) -> Named:
        found: Any = asking.ask(operation, path=path)
        return self.of("delivery", found.delivery_id) if found.delivery_id else Named("")

    def _call(self, id_: str) -> Named:
        covers = asking.ask("read_call", path={"call_id": id_}).covers
        return self.of("delivery", covers[0]) if covers else Named("")

    def _user(self, id_: str) -> Named:
        found = asking.ask("read_user", path={"user_id": id_})
        return Named(found.name, url_for("settings.user", user_id=id_))

    def _key(self, id_: str) -> Named:
        found = asking.ask("read_key", path={"key_id": id_})
        return Named(found.name, url_for("settings.key", key_id=id_))

    def _webhook(self, id_: str) -> Named:
        found = asking.ask("read_webhook", path={"webhook_id": id_})
        name = found.description or found.url.partition("?")[0]
        return Named(name, url_for("settings.webhook", webhook_id=id_))

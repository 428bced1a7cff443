"""Forms: what somebody typed, and what is wrong with it, each thing at its field.

A page asks an operation of the API for a change. What the API refuses names places in the body
that was sent (JSON Pointers); here they become the form's fields again, in the reader's language.
The macros are in ``templates/_forms.html``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request

from app.web.api.problems import KINDS, Fault, Problem
from app.web.words import gettext as _

MENDABLE = frozenset({"malformed", "invalid", "conflict", "changed-meanwhile", "too-many-requests"})
"""What whoever typed it can do something about; everything else is a page of its own."""


@dataclass(frozen=True)
class Form:
    """The values of a form's fields by their names, and what is wrong with them."""

    values: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    """By the field's name."""
    more: tuple[str, ...] = ()
    """What is wrong with no single field."""
    status: int = 200
    saves: bool = True
    """Does it change something? A search does not."""

    def __getitem__(self, name: str) -> Any:
        """The value of a field; empty where there is none."""
        found = self.values.get(name)
        return "" if found is None else found

    @property
    def says(self) -> str:
        """What stands above a form that was refused; empty above one that was not."""
        if not self.saves and (self.faults or self.more):
            return _("This cannot be looked for. Please correct what is marked.")
        if not self.faults:
            return _("This was not saved.") if self.more else ""
        return _("This was not saved. Please correct what is marked.")

    def refused(self, problem: Problem, names: Mapping[str, str] | None = None) -> Form:
        """The same form with what the API says against it.

        ``names``: fields by the pointers that are not their names. Raises the problem again where
        nothing that is typed could mend it.
        """
        if problem.kind not in MENDABLE:
            raise problem
        faults: dict[str, str] = dict(self.faults)
        more: list[str] = []
        for fault in problem.errors:
            if name := self._field(fault, names or {}):
                faults.setdefault(name, fault.detail)
            else:
                more.append(fault.detail)
        if not problem.errors:
            more.append(_changed() if problem.kind == "changed-meanwhile" else problem.detail)
        return replace(self, faults=faults, more=tuple(more), status=KINDS[problem.kind].status)

    def wrong(self, name: str, says: str) -> Form:
        """The same form with something wrong that the page itself has seen."""
        return replace(self, faults={**self.faults, name: says}, status=422)

    def _field(self, fault: Fault, names: Mapping[str, str]) -> str | None:
        pointer = fault.pointer or f"/{fault.name or ''}"
        parts = pointer.removeprefix("/").split("/")
        while parts and parts != [""]:
            whole = "/" + "/".join(parts)
            name = names.get(whole, ".".join(parts))
            if name in self.values:
                return name
            parts.pop()
        return None


def sent(*names: str) -> dict[str, str]:
    """What was typed into these fields, without the blanks around it."""
    return {name: request.form.get(name, "").strip() for name in names}


def filled(given: Mapping[str, Any]) -> dict[str, Any]:
    """Those that hold something."""
    return {name: value for name, value in given.items() if value not in ("", None, [])}


def number(text: str, *, whole: bool = False) -> Any:
    """The number that was typed; the text itself where it is none, for the API to refuse."""
    plain = text.replace(",", ".")
    try:
        return int(plain) if whole else float(plain)
    except ValueError:
        return text


def _changed() -> str:
    return _(
        "Somebody else has changed it meanwhile. Here is what you entered: "
        "saving it once more replaces theirs."
    )

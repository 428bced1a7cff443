"""What every document shares: its tenant, its times, and the one way to change a state.

Tenant scoping lives here alone. A query without a tenant raises before it reaches the database;
the few duties that look at every tenant say so with ``across_tenants``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self

import structlog
from mongoengine import (
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    ListField,
    QuerySet,
    StringField,
)
from mongoengine.queryset import transform
from pymongo import UpdateOne

from app.errors import AppError
from app.models.outbox import Note, told_of
from app.models.transaction import suited
from app.states import Machine

log = structlog.get_logger()
DEFAULT_TENANT = "default"


class TenantScopeError(AppError):
    """A query would have looked at every tenant's documents."""


class StateAssignedError(AppError):
    """Somebody assigned a state; only ``move_to`` changes one."""


class TenantQuerySet(QuerySet):
    """A query set that refuses to run without a tenant."""

    _any_tenant = False

    def across_tenants(self) -> Self:
        """The same query over every tenant, for duties that serve the whole installation."""
        query: Self = self.clone()
        query._any_tenant = True
        return query

    def _clone_into(self, new_qs: Any) -> Any:
        clone = super()._clone_into(new_qs)
        clone._any_tenant = self._any_tenant
        return clone

    @property
    def _query(self) -> dict[str, Any]:
        query: dict[str, Any] = super()._query
        clauses = [query, *query.get("$and", [])]
        if not self._any_tenant and not any(
            isinstance(clause.get("tenant_id"), str) for clause in clauses
        ):
            raise TenantScopeError(
                f"a query on {self._document.__name__} names no tenant: use .of(tenant_id)"
            )
        return query

    def in_bulk(self, object_ids: Any) -> Any:  # noqa: ARG002 - the signature is mongoengine's
        # mongoengine fetches these by id alone, past any filter.
        raise TenantScopeError("in_bulk ignores the tenant: use .of(tenant_id, id__in=...)")

    def no_cache(self) -> Any:
        # mongoengine turns the query set into another class, which checks nothing.
        raise TenantScopeError("no_cache would lose the check for a tenant")

    def update(self, *args: Any, **update: Any) -> Any:
        return super().update(*args, **_touched(update))

    def modify(self, *args: Any, **update: Any) -> Any:
        return super().modify(*args, **_touched(update))


def _touched(update: dict[str, Any]) -> dict[str, Any]:
    return {"set__updated_at": datetime.now(UTC), **update}


def stored_time(moment: datetime) -> datetime:
    """The same moment as MongoDB gives it back: in UTC, in whole milliseconds."""
    in_utc = moment.astimezone(UTC)
    return in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)


def sets_of(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What sets these fields, in mongoengine's form; None takes a field away."""
    return {
        **{f"set__{name}": value for name, value in changes.items() if value is not None},
        **{f"unset__{name}": True for name, value in changes.items() if value is None},
    }


class Transition(EmbeddedDocument):
    """One step of one state table, kept on the document that took it."""

    machine = StringField(required=True)
    source = StringField(required=True, db_field="from")
    target = StringField(required=True, db_field="to")
    at = DateTimeField(required=True)
    cause = StringField(required=True)


class TenantDocument(Document):
    """A document of one tenant, with ``createdAt`` and ``updatedAt``."""

    meta = {
        "abstract": True,
        "queryset_class": TenantQuerySet,
        # Makes mongoengine put the tenant into reload, modify and delete of one document.
        "shard_key": ("tenant_id",),
        "auto_create_index": False,
        "strict": False,
    }
    MACHINES: tuple[Machine, ...] = ()

    tenant_id = StringField(required=True, max_length=64, regex=r"^[a-z0-9][a-z0-9-]*$")
    created_at = DateTimeField(db_field="createdAt")
    updated_at = DateTimeField(db_field="updatedAt")

    @classmethod
    def _get_collection(cls) -> Any:
        return suited(super()._get_collection())

    @classmethod
    def of(cls, tenant_id: str, **filters: Any) -> Any:
        """The tenant's documents that match, as a mongoengine query set."""
        return cls.objects(tenant_id=tenant_id, **filters)

    @classmethod
    def across_tenants(cls, **filters: Any) -> Any:
        """Every tenant's documents that match. For the clock, webhooks and sweeps alone."""
        return cls.objects(**filters).across_tenants()

    def save(self, *args: Any, **kwargs: Any) -> Self:
        """Insert or update; maintains the times. Raises StateAssignedError."""
        if not self._created:
            changed = set(self._get_changed_fields())
            for machine in self.MACHINES:
                if machine.path in changed:
                    raise StateAssignedError(
                        f"{type(self).__name__}.{machine.path} was assigned: use move_to"
                    )
        now = datetime.now(UTC)
        self.created_at = self.created_at or now
        self.updated_at = now
        saved: Self = super().save(*args, **kwargs)
        return saved

    @classmethod
    def update_each(
        cls, tenant_id: str, updates: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]
    ) -> None:
        """Change documents of the tenant in one request, in this order; who is missing is made.

        Each is what finds one, and what to change, as ``of`` and ``update_one`` take them.
        """
        writes = [
            UpdateOne(
                cls.of(tenant_id, **where)._query,
                transform.update(cls, **_touched(dict(changes))),
                upsert=True,
            )
            for where, changes in updates
        ]
        if writes:
            cls._get_collection().bulk_write(writes)

    @classmethod
    def insert_all(cls, documents: Sequence[Self]) -> None:
        """Insert new documents that are known to be valid, in one write; maintains the times.

        Raises PyMongo's BulkWriteError, as where one is there already.
        """
        now = stored_time(datetime.now(UTC))
        for each in documents:
            each.created_at = each.created_at or now
            each.updated_at = now
        if documents:
            cls._get_collection().insert_many([each.to_mongo() for each in documents])
        for each in documents:
            each._created = False
            each._clear_changed_fields()


class StatefulDocument(TenantDocument):
    """A document that walks state tables and remembers each step."""

    meta = {"abstract": True}
    history = ListField(EmbeddedDocumentField(Transition))
    outbox = ListField(EmbeddedDocumentField(Note))
    """What subscribers are to hear of it; see ``app.models.outbox``."""
    offered = DictField()
    """When the sweep last put its id on a queue, by the job's name."""

    def state(self, machine: Machine) -> str:
        """Where this document stands, as loaded."""
        value: Any = self
        for part in machine.path.split("."):
            value = getattr(value, part)
        return str(value)

    def moved_before(self, machine: Machine, target: str, *, at: datetime, cause: str) -> None:
        """Let a document that is not stored yet have taken this step already."""
        source = self.state(machine)
        if not self._created or not machine.allows(source, target):
            raise StateAssignedError(f"{machine.name} cannot begin at {target}")
        self._at(machine, target)
        self.history.append(
            Transition(machine=machine.name, source=source, target=target, at=at, cause=cause)
        )
        self.outbox.extend(told_of(machine.name, target, at=at, cause=cause))

    def _at(self, machine: Machine, target: str) -> None:
        *within, last = machine.path.split(".")
        holder: Any = self
        for part in within:
            holder = getattr(holder, part)
        setattr(holder, last, target)

    def move_to(
        self,
        machine: Machine,
        target: str,
        *,
        at: datetime,
        cause: str,
        where: Mapping[str, Any] | None = None,
        notes: tuple[Note, ...] = (),
        by_hand: bool = False,
        **changes: Any,
    ) -> bool:
        """Move to a state, with ``changes`` (mongoengine update operators) in the same write.

        ``where`` are conditions on other fields that must hold as well; ``notes`` is what else
        subscribers are to hear, beside the move itself; ``by_hand`` allows what only a person may
        ask for. Atomic: compares with the
        state it moves from, and appends to ``history``. A move that the table refuses, because
        somebody was faster or an event came late, changes nothing and returns False: that is
        normal.
        """
        field = machine.path.replace(".", "__")
        notes = (*told_of(machine.name, target, at=at, cause=cause), *notes)
        if notes:
            changes["push_all__outbox"] = list(notes)
        for _ in range(len(machine.table)):
            source = self.state(machine)
            if not machine.allows(source, target, by_hand=by_hand):
                break
            step = Transition(
                machine=machine.name, source=source, target=target, at=at, cause=cause
            )
            if self.modify(
                {**(where or {}), field: source},
                **{f"set__{field}": target, "push__history": step},
                **changes,
            ):
                log.info(
                    "moved", machine=machine.name, id=str(self.pk), source=source, target=target
                )
                return True
            self.reload()
        log.info(
            "move refused", machine=machine.name, id=str(self.pk), source=source, target=target
        )
        return False

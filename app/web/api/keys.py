"""API keys: made, changed, replaced and ended by who administers the company."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from bson import ObjectId

from app.models import ApiKey
from app.pipeline import api_keys
from app.pipeline.api_keys import Issued, KeyRefusedError, NewKey
from app.rules.permissions import Permission, Reach
from app.saying import Saying
from app.web.api.asking import Ask, Reply
from app.web.api.callers import Caller
from app.web.api.key_shapes import (
    ChangedKey,
    KeyOut,
    KeyPage,
    KeyRotation,
    KeysAsked,
    MadeKey,
    WantedKey,
    shown,
)
from app.web.api.listing import NEWEST, OLDEST, page_of
from app.web.api.operations import Resource
from app.web.api.problems import Fault, Problem, invalid, not_found
from app.web.api.shapes import Selected, stamped

resource = Resource("Keys", "Keys by which other systems use this API.")
Result = TypeVar("Result")
_ONE = "/keys/<id:key_id>"
_ORDERS = {"-created": NEWEST, "created": OLDEST}


@resource.get("/keys", may=Permission.KEYS_READ, answer=KeyPage)
def list_keys(ask: Ask, query: KeysAsked) -> KeyPage:
    """List keys, revoked ones included; never the keys themselves."""
    where: dict[str, Any] = {}
    if query.environment is not None:
        where["environment"] = query.environment
    if query.is_active is not None:
        where["is_active"] = query.is_active

    def show(found: Sequence[ApiKey]) -> list[KeyOut]:
        return [shown(each, ask.now) for each in found]

    page = page_of(
        ApiKey, ask.tenant_id, query, where=where, order=_ORDERS[query.sort], show=show,
        page=KeyPage,
    )  # fmt: skip
    return KeyPage.model_validate(page)


@resource.post("/keys", may=Permission.KEYS_WRITE, answer=MadeKey)
def create_key(ask: Ask, body: WantedKey) -> Reply:
    """Make a key. The answer shows it this once.

    It is kept as a hash alone. Where the request has an Idempotency-Key, the answer, and with it
    the key, is kept encrypted for 24 hours, to be given to who repeats the request.
    """
    _must_have(ask.caller, body.permissions)
    wish = NewKey(
        name=body.name,
        permissions=[each.value for each in body.permissions],
        environment=body.environment,
        description=body.description or None,
        requests=body.requests,
        period_seconds=body.period_seconds,
        expires_at=body.expires_at,
    )
    made = _kept(
        lambda: api_keys.issue(
            ask.tenant_id, ask.caller.actor, wish, now=ask.now, request_id=ask.request_id
        )
    )
    return _made(ask, made)


@resource.get(_ONE, may=Permission.KEYS_READ, answer=KeyOut)
def read_key(ask: Ask, query: Selected, key_id: ObjectId) -> KeyOut:  # noqa: ARG001
    """Read what is known of a key, except the key itself."""
    return stamped(shown(_found(ask, key_id), ask.now))


@resource.patch(_ONE, may=Permission.KEYS_WRITE, answer=KeyOut)
def change_key(ask: Ask, body: ChangedKey, key_id: ObjectId) -> KeyOut:
    """Change a key's name, permissions or limits, from the next request on.

    Its environment and its end cannot be changed: rotate it, or make another.
    """
    key = _found(ask, key_id)
    ask.still(stamped(shown(key, ask.now)))
    changes = body.given("permissions", "description")
    if "permissions" in body.model_fields_set:
        _must_have(ask.caller, body.permissions)
        changes["permissions"] = [each.value for each in body.permissions]
    if "description" in body.model_fields_set:
        changes["description"] = body.description or ""
    _kept(
        lambda: api_keys.change(
            ask.tenant_id, ask.caller.actor, key_id,
            now=ask.now, request_id=ask.request_id, **changes,
        )
    )  # fmt: skip
    return stamped(shown(_found(ask, key_id), ask.now))


@resource.post(f"{_ONE}/rotate", may=Permission.KEYS_WRITE, answer=MadeKey)
def rotate_key(ask: Ask, body: KeyRotation, key_id: ObjectId) -> Reply:
    """Make a successor of a key, which may do the same. The answer shows it this once.

    Both work until the overlap is over. Kept, and repeated, as by create_key. Refused for a key
    that was revoked, has expired, or has a successor.
    """
    key = _found(ask, key_id)
    known = [each for each in Permission if each.value in key.permissions]
    if lacking := beyond(ask.caller, known):
        says = Saying("The key may what you may not: %(names)s.", names=", ".join(lacking))
        mend = Saying("Ask an administrator who may all of it to do this.")
        raise Problem("forbidden", says, mend=mend)
    made = _kept(
        lambda: api_keys.rotate(
            ask.tenant_id, ask.caller.actor, key_id,
            now=ask.now, overlap=timedelta(hours=body.overlap_hours), request_id=ask.request_id,
        )
    )  # fmt: skip
    return _made(ask, made)


@resource.delete(_ONE, may=Permission.KEYS_WRITE, versioned=True)
def revoke_key(ask: Ask, key_id: ObjectId) -> Reply:
    """End a key at once: the next request with it is refused.

    It stays in the list, as revoked. Its successor, if it has one, goes on.
    """
    ask.still(stamped(shown(_found(ask, key_id), ask.now)))
    api_keys.revoke(ask.tenant_id, ask.caller.actor, key_id, now=ask.now, request_id=ask.request_id)
    return Reply()


def beyond(caller: Caller, permissions: Iterable[Permission]) -> list[Permission]:
    """Those of the permissions that the caller has not over all records, as a key would."""
    return [each for each in permissions if caller.reach(each) is not Reach.ALL]


def _must_have(caller: Caller, permissions: Sequence[Permission]) -> None:
    lacking = set(beyond(caller, permissions))
    if lacking:
        raise invalid(
            *(
                Fault(
                    detail=Saying(
                        "is not yours to give: you have not %(each)s over all records", each=each
                    ),
                    source="body",
                    pointer=f"/permissions/{place}",
                )
                for place, each in enumerate(permissions)
                if each in lacking
            )
        )


_POINTERS = {"overlap": "/overlap_hours"}


def _kept(keep: Callable[[], Result]) -> Result:
    try:
        return keep()
    except KeyRefusedError as error:
        if "key" in error.problems:
            # How the key stands, nothing that was sent.
            raise
        raise invalid(
            *(
                Fault(detail=says, source="body", pointer=_POINTERS.get(field, f"/{field}"))
                for field, says in error.problems.items()
            )
        ) from None


def _found(ask: Ask, key_id: ObjectId) -> ApiKey:
    found: ApiKey | None = ApiKey.of(ask.tenant_id, pk=key_id).first()
    if found is None:
        raise not_found(Saying("There is no such key."))
    return found


def _made(ask: Ask, made: Issued) -> Reply:
    plain = shown(_found(ask, made.key_id), ask.now).model_dump(exclude={"version"})
    made_key = MadeKey(**plain, key=made.plain, replaced_ends_at=made.replaced_ends_at)
    return Reply(stamped(made_key), location=f"/keys/{made.key_id}")

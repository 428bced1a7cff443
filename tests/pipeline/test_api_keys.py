"""A key opens what it may, while it may; a stranger learns no more than that it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.models import ApiKey, AuditEntry, database
from app.pipeline import api_keys
from app.pipeline.api_keys import KeyInUse, KeyRefusedError, NewKey, Refusal
from app.pipeline.api_keys_uses import Uses
from app.pipeline.audit import Actor
from app.rules.permissions import Permission
from tests.factories import NOW

DOT = Actor("user", "65f000000000000000000001", "Dot Dispatcher")
READS = ("deliveries:read", "calls:read")


def issued(**more) -> api_keys.Issued:
    wish = {"name": "billing", "permissions": READS, "environment": "production", **more}
    return api_keys.issue("default", DOT, NewKey(**wish), now=NOW)


def why(plain: str, now=NOW) -> str:
    found = api_keys.key_of(plain, now)
    assert isinstance(found, Refusal), found
    return found.why


def test_a_key_is_kept_as_a_hash_only_and_opens_what_it_may(settings) -> None:
    made = issued()
    raw = database().api_keys.find_one()
    assert made.plain not in str(raw)
    assert made.plain not in repr(made)
    assert made.plain.startswith("da_live_")
    found = api_keys.key_of(made.plain, NOW)
    assert found == KeyInUse(
        tenant_id="default",
        key_id=made.key_id,
        name="billing",
        environment="production",
        permissions=frozenset({Permission.DELIVERIES_READ, Permission.CALLS_READ}),
        requests=1000,
        period_seconds=900,
        expires_at=None,
    )


def test_a_revoked_key_opens_nothing_at_once(settings) -> None:
    made = issued()
    assert api_keys.revoke("default", DOT, made.key_id, now=NOW)
    assert why(made.plain) == "revoked"
    assert not api_keys.revoke("default", DOT, made.key_id, now=NOW)


def test_a_rotated_key_is_good_until_the_overlap_ends_and_its_successor_after(settings) -> None:
    old = issued(expires_at=NOW + timedelta(days=90))
    later = NOW + timedelta(days=80)
    new = api_keys.rotate("default", DOT, old.key_id, now=later)
    assert isinstance(api_keys.key_of(old.plain, later + timedelta(hours=23)), KeyInUse)
    assert why(old.plain, later + timedelta(hours=24)) == "expired"
    after = api_keys.key_of(new.plain, later + timedelta(days=89))
    assert isinstance(after, KeyInUse)
    assert {each.value for each in after.permissions} == set(READS)
    with pytest.raises(KeyRefusedError, match="successor"):
        api_keys.rotate("default", DOT, old.key_id, now=later)


def test_uses_are_counted_without_a_write_for_each(settings) -> None:
    made, uses = issued(), Uses(every=3600)
    for minute in (5, 1, 3):
        uses.note(made.key_id, NOW + timedelta(minutes=minute))
    assert ApiKey.of("default").get().usage_count == 0
    assert uses.flush() == 1
    assert uses.flush() == 0
    kept = ApiKey.of("default").get()
    assert (kept.usage_count, kept.last_used_at) == (3, NOW + timedelta(minutes=5))


def test_what_is_done_to_a_key_is_in_the_audit_log(settings) -> None:
    made = issued()
    api_keys.rotate("default", DOT, made.key_id, now=NOW)
    api_keys.revoke("default", DOT, made.key_id, now=NOW)
    entries = list(AuditEntry.of("default").order_by("sequence"))
    said = [(each.action, each.changed) for each in entries]
    assert said == [
        ("key.created", []),
        ("key.rotated", ["expires_at", "replaced_by"]),
        ("key.created", []),
        ("key.revoked", ["is_active", "revoked_at"]),
    ]

"""A key opens what it may, while it may; a stranger learns no more than that it does not."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from bson import ObjectId

from app.models import ApiKey, AuditEntry, database
from app.pipeline import api_keys
from app.pipeline.api_keys import (
    KeyInUse,
    KeyNotFoundError,
    KeyRefusedError,
    NewKey,
    Refusal,
)
from app.pipeline.api_keys_uses import Uses
from app.pipeline.audit import Actor
from app.rules.api_key_text import made as made_text
from app.rules.permissions import FOR_KEYS, NOT_FOR_KEYS, Permission
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


def test_a_stranger_learns_nothing_from_a_prefix_that_is_known(settings) -> None:
    made = issued()
    api_keys.revoke("default", DOT, made.key_id, now=NOW)
    guess = made_text("production", lambda below: 7)
    database().api_keys.update_one({"_id": made.key_id}, {"$set": {"prefix": guess.prefix}})
    at_known = api_keys.key_of(guess.plain, NOW)
    database().api_keys.delete_many({})
    at_unknown = api_keys.key_of(guess.plain, NOW)
    assert isinstance(at_known, Refusal)
    assert isinstance(at_unknown, Refusal)
    assert (at_known.why, at_known.says) == (at_unknown.why, at_unknown.says)
    assert at_known.why == "unknown"


def test_no_refusal_repeats_the_key(settings) -> None:
    for plain in ("", "nonsense", issued().plain[:-1], made_text("staging", lambda _: 1).plain):
        refused = api_keys.key_of(plain, NOW)
        assert isinstance(refused, Refusal)
        assert not plain or plain not in repr(refused)


def test_a_key_expires_to_the_moment(settings) -> None:
    made = issued(expires_at=NOW + timedelta(days=1))
    assert isinstance(api_keys.key_of(made.plain, NOW + timedelta(hours=23, minutes=59)), KeyInUse)
    assert why(made.plain, NOW + timedelta(days=1)) == "expired"


def test_a_permission_that_no_key_may_have_any_more_is_not_given(settings) -> None:
    made = issued()
    kept = ["deliveries:read", "users:write", "teleport:all"]
    database().api_keys.update_one({"_id": made.key_id}, {"$set": {"permissions": kept}})
    found = api_keys.key_of(made.plain, NOW)
    assert isinstance(found, KeyInUse)
    assert found.permissions == {Permission.DELIVERIES_READ}


def test_looking_a_key_up_is_one_indexed_read(settings) -> None:
    prefixes = [issued().prefix for _ in range(20)]
    told = ApiKey.across_tenants(prefix=prefixes[7]).limit(-1).explain()
    assert told["executionStats"]["totalDocsExamined"] == 1
    assert told["executionStats"]["totalKeysExamined"] == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"description": "d" * 1001}, "description"),
        ({"permissions": ()}, "permissions"),
        ({"permissions": ("deliveries:fly",)}, "permissions"),
        ({"environment": "moon"}, "environment"),
        ({"requests": 0}, "requests"),
        ({"period_seconds": 0}, "period_seconds"),
        ({"period_seconds": 86_401}, "period_seconds"),
        ({"expires_at": NOW}, "expires_at"),
        *(({"permissions": (each.value,)}, "permissions") for each in NOT_FOR_KEYS),
    ],
)
def test_what_no_key_can_be_is_refused_by_field(settings, wish, field) -> None:
    with pytest.raises(KeyRefusedError) as refused:
        issued(**wish)
    assert set(refused.value.problems) == {field}
    assert ApiKey.of("default").count() == AuditEntry.of("default").count() == 0


def test_all_that_is_wrong_is_said_at_once(settings) -> None:
    with pytest.raises(KeyRefusedError) as refused:
        issued(name="", permissions=(), requests=-1)
    assert set(refused.value.problems) == {"name", "permissions", "requests"}


def test_every_permission_for_keys_can_be_given(settings) -> None:
    every = {each.value for each in FOR_KEYS}
    found = api_keys.key_of(issued(permissions=every).plain, NOW)
    assert isinstance(found, KeyInUse)
    assert found.permissions == FOR_KEYS


def test_a_key_of_another_company_is_not_found(settings) -> None:
    made = issued()
    for act in (api_keys.revoke, api_keys.rotate, api_keys.change):
        with pytest.raises(KeyNotFoundError):
            act("other", DOT, made.key_id, now=NOW)
    with pytest.raises(KeyNotFoundError):
        api_keys.revoke("default", DOT, ObjectId(), now=NOW)
    assert isinstance(api_keys.key_of(made.plain, NOW), KeyInUse)


def test_a_changed_key_may_at_once_what_it_may_now(settings) -> None:
    made = issued(description="for invoices")
    api_keys.change(
        "default", DOT, made.key_id, now=NOW,
        permissions=("metrics:read",), requests=5, period_seconds=60,
    )  # fmt: skip
    found = api_keys.key_of(made.plain, NOW)
    assert isinstance(found, KeyInUse)
    assert (found.name, found.requests, found.period_seconds) == ("billing", 5, 60)
    assert found.permissions == {Permission.METRICS_READ}
    assert ApiKey.of("default").get().description == "for invoices"
    with pytest.raises(KeyRefusedError):
        api_keys.change("default", DOT, made.key_id, now=NOW, requests=0)


@pytest.mark.parametrize("hours", [-1, 24 * 31])
def test_an_overlap_out_of_bounds_is_refused(settings, hours) -> None:
    made = issued()
    with pytest.raises(KeyRefusedError, match="overlap"):
        api_keys.rotate("default", DOT, made.key_id, now=NOW, overlap=timedelta(hours=hours))
    assert ApiKey.of("default").count() == 1


def test_without_overlap_the_old_key_ends_at_once(settings) -> None:
    old = issued()
    new = api_keys.rotate("default", DOT, old.key_id, now=NOW, overlap=timedelta(0))
    assert why(old.plain) == "expired"
    assert isinstance(api_keys.key_of(new.plain, NOW), KeyInUse)


def test_an_overlap_never_makes_a_key_live_longer(settings) -> None:
    old = issued(expires_at=NOW + timedelta(hours=1))
    api_keys.rotate("default", DOT, old.key_id, now=NOW)
    assert why(old.plain, NOW + timedelta(hours=1)) == "expired"


def test_a_key_that_has_ended_gets_no_successor(settings) -> None:
    revoked, expired = issued(), issued(expires_at=NOW + timedelta(hours=1))
    api_keys.revoke("default", DOT, revoked.key_id, now=NOW)
    later = NOW + timedelta(days=1)
    for key, said in ((revoked, "revoked"), (expired, "expired")):
        with pytest.raises(KeyRefusedError, match=said):
            api_keys.rotate("default", DOT, key.key_id, now=later)


def test_revoking_a_key_leaves_its_successor(settings) -> None:
    old = issued()
    new = api_keys.rotate("default", DOT, old.key_id, now=NOW)
    api_keys.revoke("default", DOT, old.key_id, now=NOW)
    assert isinstance(api_keys.key_of(new.plain, NOW), KeyInUse)


def test_of_two_who_rotate_a_key_at_once_one_is_refused(settings) -> None:
    old, outcomes = issued(), []

    def rotate() -> None:
        try:
            outcomes.append(api_keys.rotate("default", DOT, old.key_id, now=NOW).prefix)
        except KeyRefusedError:
            outcomes.append(None)

    threads = [threading.Thread(target=rotate) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(map(bool, outcomes)) == [False, False, False, True]
    assert ApiKey.of("default").count() == 2


def test_counting_a_use_leaves_the_version_of_a_key_alone(settings) -> None:
    made, uses = issued(), Uses(every=3600)
    was = ApiKey.of("default").get().updated_at
    uses.note(made.key_id, NOW)
    uses.flush()
    assert ApiKey.of("default").get().updated_at == was


def test_uses_that_cannot_be_written_are_kept_for_later(settings, monkeypatch) -> None:
    from pymongo.errors import AutoReconnect

    made, uses = issued(), Uses(every=3600)
    uses.note(made.key_id, NOW)

    def away():
        raise AutoReconnect("away")

    with monkeypatch.context() as patched:
        patched.setattr("app.pipeline.api_keys_uses.database", away)
        assert uses.flush() == 0
    uses.note(made.key_id, NOW)
    assert uses.flush() == 1
    assert ApiKey.of("default").get().usage_count == 2


def test_uses_are_written_by_themselves_and_when_the_process_ends(settings, surroundings) -> None:
    made = issued()
    code = (
        "import os, sys, time\n"
        "from bson import ObjectId\n"
        "from datetime import UTC, datetime\n"
        "from app import models\n"
        "from app.config import Settings\n"
        "from app.models import ApiKey\n"
        "from app.pipeline import api_keys, api_keys_uses\n"
        "models.connect(Settings.from_env(os.environ))\n"
        "api_keys_uses.uses.every = 0.1\n"
        "use = lambda: api_keys.noted_use(ObjectId(sys.argv[1]), datetime.now(UTC))\n"
        "use(); use()\n"
        "end = time.monotonic() + 20\n"
        "kept = lambda: ApiKey.across_tenants(pk=sys.argv[1]).get().usage_count\n"
        "while kept() < 2 and time.monotonic() < end: time.sleep(0.05)\n"
        "assert kept() == 2\n"
        "api_keys_uses.uses.every = 3600\n"
        "time.sleep(0.3)\n"
        "use()\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(made.key_id)], env=surroundings, check=True, timeout=60
    )
    assert ApiKey.of("default").get().usage_count == 3

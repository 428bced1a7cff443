"""The commands of webhooks, against the real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from bson import ObjectId

from app.models import Event, Posting, Subscription
from app.pipeline import post
from app.states import DELIVERY
from tests import factories
from tests.pipeline.event_side import FakePosts, publish
from tests.processes import delauto

URL = "https://hooks.shop.example/delauto?token=very-secret"


@pytest.fixture
def run(surroundings, settings):
    factories.tenant()

    def command(*arguments: str, status: int = 0) -> str:
        answer = delauto("webhooks", *arguments, environment=surroundings)
        assert answer.returncode == status, answer.stderr
        return (answer.stdout if status == 0 else answer.stderr).strip()

    return command


def test_from_the_subscription_to_the_log_and_back(run) -> None:
    name, secret = run("add", URL, "--event", "delivery.assigned").splitlines()
    assert secret.startswith("whsec_")
    listed = run("list")
    assert f"{name}  active  https://hooks.shop.example/delauto  delivery.assigned" in listed
    assert "very-secret" not in listed
    trial = run("test", name)
    assert trial in run("log", name)
    Subscription.of("default").update(set__created_at=datetime(2026, 1, 1, tzinfo=UTC))
    factories.delivery().move_to(DELIVERY, "assigned", at=datetime.now(UTC), cause="a test")
    publish()
    posts = FakePosts()
    posts.answers(500)
    post.post(ObjectId(name), posts, clock=lambda: datetime.now(UTC))
    log = run("log", name, "--status", "pending")
    assert "delivery.assigned  pending  next 20" in log
    assert "it answered 500  5 ms" in log
    assert run("replay", name, "--since", "2026-01-01") == "2 to be sent"
    later = (datetime.now(UTC) + timedelta(hours=1)).astimezone(timezone(timedelta(hours=-5)))
    assert run("replay", name, "--since", later.isoformat()) == "0 to be sent"
    assert "like 2026-03-10T09:00+01:00" in run("replay", name, "--since", "noon", status=2)
    event = Event.of("default", type="delivery.assigned").get()
    assert run("replay", name, "--event", f"evt_{event.pk}") == "1 to be sent"
    posts.answers(200)
    assert post.post(ObjectId(name), posts, clock=lambda: datetime.now(UTC)).taken == 2
    assert run("replay", name, "--since", "2026-01-01") == "0 to be sent"
    assert run("replay", name, "--since", "2026-01-01", "--all") == "2 to be sent"
    assert Posting.of("default", replay=1).count() == 2


def test_a_subscription_is_changed_rotated_paused_enabled_and_removed(run) -> None:
    name, secret = run("add", URL).splitlines()
    assert "call.completed" in run("change", name, "--event", "call.completed")
    assert run("rotate", name, "--overlap-hours", "1") != secret
    assert len(Subscription.of("default").get().signing(datetime.now(UTC))) == 2
    assert run("pause", name) == f"{name}: paused"
    assert "disabled" in run("list")
    assert "enable it first" in run("test", name, status=1)
    assert run("enable", name) == f"{name}: enabled"
    assert run("remove", name) == f"{name}: removed"
    assert run("list") == ""


def test_what_cannot_be_done_is_said_plainly(run) -> None:
    assert "begin with https://" in run("add", "http://shop.example/", status=1)
    assert "call.completed" in run("add", URL, "--event", "call.lost", status=1)
    assert "tenant set" in run("add", URL, "--tenant", "other", status=1)
    assert "is no id" in run("test", "abc", status=1)
    assert "no subscription" in run("log", str(ObjectId()), status=1)
    assert "either" in run("replay", str(ObjectId()), status=2)


def test_the_table_and_the_page_need_no_services() -> None:
    assert "delivery.instructed" in delauto("webhooks", "events").stdout
    assert delauto("webhooks", "document").stdout.startswith("# Webhooks")

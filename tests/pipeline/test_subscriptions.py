"""Who is told of what: checked when it is set up, changed, rotated, paused, and ended."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from app.models import Event, Notice, Posting, Subscription, database
from app.pipeline import subscription_standing as standing
from app.pipeline import subscriptions as subs
from app.pipeline.subscriptions import (
    NoSubscriptionError,
    SubscriptionRefusedError,
    SubscriptionWish,
)
from tests.factories import NOW
from tests.pipeline.event_side import URL, subscriber


def subscribe(**wish) -> subs.Subscribed:
    asked = SubscriptionWish(**{"url": URL, **wish})
    return subs.subscribe("default", asked, by=ObjectId(), now=NOW, to_loopback=False)


def test_a_subscription_gets_a_secret_that_is_shown_once(settings) -> None:
    made = subscribe(types=("delivery.completed",), description="our ERP")
    kind, _, value = made.secret.partition("_")
    assert kind == "whsec"
    assert len(base64.b64decode(value)) == 32
    raw = database().webhook_subscriptions.find_one()
    assert made.secret not in str(raw)
    assert "shop.example" not in str(raw)
    kept = Subscription.of("default").get()
    assert (kept.url, kept.types, kept.is_active) == (URL, ["delivery.completed"], True)
    assert kept.signing(NOW) == [made.secret]


def test_without_types_it_hears_everything(settings) -> None:
    assert subscribe().subscription.types == ["*"]


@pytest.mark.parametrize(
    ("wish", "field", "says"),
    [
        ({"url": None}, "url", "is needed"),
        ({"url": "http://hooks.shop.example"}, "url", "https"),
        ({"url": "https://10.0.0.1/"}, "url", "name"),
        ({"url": "https://user:pw@shop.example/"}, "url", "password"),
        ({"types": ()}, "types", "at least one"),
        ({"types": ("delivery.lost",)}, "types", "delivery.completed"),
        ({"types": ("*", "call.completed")}, "types", "no event"),
        ({"types": ("call.completed", "call.completed")}, "types", "once"),
        ({"description": "x" * 201}, "description", "200"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_field(settings, wish, field, says) -> None:
    with pytest.raises(SubscriptionRefusedError) as caught:
        subscribe(**wish)
    ((where, why),) = caught.value.problems
    assert (where, says in why) == (field, True)
    assert Subscription.of("default").count() == 0


def test_all_problems_are_told_at_once_and_none_repeats_what_was_sent(settings) -> None:
    with pytest.raises(SubscriptionRefusedError) as caught:
        subscribe(url="https://secret-name:pw@x/", types=("secret-type",), description="d" * 300)
    assert len(caught.value.problems) == 3
    assert "secret" not in str(caught.value)


def test_a_company_has_only_so_many(settings) -> None:
    for _ in range(subs.MOST):
        subscribe()
    with pytest.raises(SubscriptionRefusedError, match="remove one first"):
        subscribe()
    standing.remove("default", Subscription.of("default").first().pk, now=NOW)
    subscribe()


def test_what_is_changed_is_checked_as_well(settings) -> None:
    made = subscribe(types=("call.completed",)).subscription
    wish = SubscriptionWish(url="https://other.shop.example/")
    changed = subs.change("default", made.pk, wish, to_loopback=False)
    assert (changed.url, changed.types) == ("https://other.shop.example/", ["call.completed"])
    wish = SubscriptionWish(url="https://localhost/", types=("*",))
    with pytest.raises(SubscriptionRefusedError):
        subs.change("default", made.pk, wish, to_loopback=False)
    assert Subscription.of("default").get().types == ["call.completed"]
    assert "localhost" not in Subscription.of("default").get().url


def test_a_former_secret_signs_on_for_a_while(settings) -> None:
    first = subscribe()
    second = subs.rotate("default", first.subscription.pk, now=NOW)
    kept = Subscription.of("default").get()
    assert kept.signing(NOW) == [second.secret, first.secret]
    assert kept.signing(NOW + timedelta(hours=23)) == [second.secret, first.secret]
    assert kept.signing(NOW + timedelta(hours=24)) == [second.secret]


def test_a_second_rotation_does_not_prolong_the_first_secret(settings) -> None:
    first = subscribe()
    subs.rotate("default", first.subscription.pk, now=NOW, overlap=timedelta(hours=1))
    half = NOW + timedelta(minutes=30)
    third = subs.rotate("default", first.subscription.pk, now=half)
    kept = Subscription.of("default").get()
    assert len(kept.signing(half)) == 3
    later = NOW + timedelta(hours=2)
    assert third.secret in kept.signing(later)
    assert first.secret not in kept.signing(later)
    at_once = subs.rotate("default", first.subscription.pk, now=later, overlap=timedelta())
    assert Subscription.of("default").get().signing(later) == [at_once.secret]


@pytest.mark.parametrize("hours", [-1, 24 * 31])
def test_an_overlap_has_bounds(settings, hours) -> None:
    made = subscribe()
    with pytest.raises(SubscriptionRefusedError, match="720 hours"):
        subs.rotate("default", made.subscription.pk, now=NOW, overlap=timedelta(hours=hours))


def test_who_is_removed_is_gone_with_its_secrets(settings) -> None:
    made = subscribe().subscription
    standing.remove("default", made.pk, now=NOW)
    with pytest.raises(NoSubscriptionError):
        subs.find("default", made.pk)
    assert Subscription.of("default").get().secrets == []


def test_another_companys_subscription_is_none(settings) -> None:
    made = subscriber(tenant_id="other")
    for act in (
        lambda: subs.find("default", made.pk),
        lambda: subs.change("default", made.pk, SubscriptionWish(), to_loopback=False),
        lambda: subs.rotate("default", made.pk, now=NOW),
        lambda: standing.remove("default", made.pk, now=NOW),
        lambda: standing.pause("default", made.pk, now=NOW),
        lambda: standing.enable("default", made.pk, by=None, now=NOW),
        lambda: standing.send_test("default", made.pk, now=NOW),
    ):
        with pytest.raises(NoSubscriptionError):
            act()


def test_a_disabled_one_is_told_of_to_people_and_to_the_others_once(settings) -> None:
    broken, other, deaf = subscriber(), subscriber(), subscriber("call.completed")
    now = datetime.now(UTC)
    assert standing.disable(broken, "failing", now=now) == {other.pk}
    assert standing.disable(broken, "failing", now=now) == set()
    notice = Notice.of("default").get()
    assert (notice.about_id, notice.reason, notice.closed_at) == (broken.pk, "failing", None)
    event = Event.of("default").get()
    assert (event.type, event.data["id"]) == ("subscription.disabled", str(broken.pk))
    assert [p.subscription_id for p in Posting.of("default")] == [other.pk]
    assert deaf.reload().is_active


def test_who_is_enabled_again_begins_anew_and_the_notice_is_closed(settings) -> None:
    made = subscriber()
    made.modify(set__failures=9, set__failing_since=NOW, set__rests_until=NOW)
    standing.disable(made, "failing", now=NOW)
    person = ObjectId()
    again = standing.enable("default", made.pk, by=person, now=NOW)
    assert (again.is_active, again.failures, again.failing_since) == (True, 0, None)
    assert (again.disabled_because, again.rests_until) == (None, None)
    notice = Notice.of("default").get()
    assert (notice.closed_at, notice.closed_by) == (NOW, person)
    # And may be disabled once more, with a notice of its own.
    standing.disable(again, "gone", now=NOW)
    assert Notice.of("default", closed_at=None).get().reason == "gone"


def test_who_is_paused_by_a_person_raises_no_notice(settings) -> None:
    made = subscriber()
    assert standing.pause("default", made.pk, now=NOW).disabled_because == "paused"
    assert Notice.of("default").count() == 0
    assert standing.enable("default", made.pk, by=None, now=NOW).is_active


def test_a_trial_goes_to_this_one_alone_whatever_it_listens_to(settings) -> None:
    made = subscriber("call.completed")
    subscriber()
    event = standing.send_test("default", made.pk, now=NOW)
    assert event.type == "webhook.test"
    assert [p.subscription_id for p in Posting.of("default")] == [made.pk]
    standing.pause("default", made.pk, now=NOW)
    with pytest.raises(SubscriptionRefusedError, match="enable"):
        standing.send_test("default", made.pk, now=NOW)

"""Events are sent, signed, again and again, for a day; and who takes none is left alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from structlog.testing import capture_logs

from app.gateways import Answered, NotAnswered
from app.models import Event, Notice, Posting, Subscription, database
from app.pipeline import post as posting
from app.pipeline import subscription_standing as standing
from app.pipeline import subscriptions as subs
from app.pipeline.event_log import NoPostingError, forget, postings, replay, replay_range
from app.pipeline.subscriptions import SubscriptionRefusedError
from app.states import DELIVERY
from tests import factories
from tests.pipeline.event_side import URL, FakePosts, MovingClock, publish, subscriber


@pytest.fixture
def clock(settings) -> MovingClock:
    return MovingClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def posts() -> FakePosts:
    return FakePosts()


def something_happens(clock: MovingClock, times: int = 1) -> None:
    for _ in range(times):
        delivery = factories.delivery()
        delivery.move_to(DELIVERY, "assigned", at=clock(), cause="a test")
    publish(now=clock())


def turn(subscription: Subscription, posts: FakePosts, clock: MovingClock) -> posting.Turn:
    return posting.post(subscription.pk, posts, clock=clock, luck=lambda: 0.5)


def only() -> Posting:
    return Posting.of("default").get()


def test_an_event_arrives_signed_and_whole(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)
    assert turn(made, posts, clock) == posting.Turn(taken=1)
    (parcel,) = posts.sent
    assert parcel.url == URL
    told = Webhook(made.secrets[0].value).verify(parcel.body, dict(parcel.headers))
    event = Event.of("default").get()
    assert told["id"] == parcel.headers["webhook-id"] == f"evt_{event.pk}"
    assert (told["type"], told["version"], told["sequence"]) == ("delivery.assigned", 1, 1)
    assert told["data"]["delivery"]["id"] == told["delivery_id"] == str(event.delivery_id)
    assert datetime.fromisoformat(told["timestamp"]) == clock()
    done = only()
    assert (done.status, done.tried, done.next_at) == ("taken", 1, None)
    assert (done.tries[0].status, done.tries[0].error, done.tries[0].milliseconds) == (200, None, 5)


def test_whoever_changes_a_byte_is_found_out(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)
    turn(made, posts, clock)
    (parcel,) = posts.sent
    known = Webhook(made.secrets[0].value)
    with pytest.raises(WebhookVerificationError):
        known.verify(parcel.body.replace(b"assigned", b"complete"), dict(parcel.headers))
    for name in ("webhook-id", "webhook-timestamp"):
        with pytest.raises(WebhookVerificationError):
            known.verify(parcel.body, {**parcel.headers, name: "1"})


def test_during_a_rotation_both_secrets_verify(posts, clock) -> None:
    made = subscriber()
    fresh = subs.rotate("default", made.pk, now=clock())
    something_happens(clock)
    turn(made, posts, clock)
    (parcel,) = posts.sent
    for secret in (made.secrets[0].value, fresh.secret):
        assert Webhook(secret).verify(parcel.body, dict(parcel.headers))


def test_what_was_not_taken_comes_again_the_same_until_it_is(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)
    posts.answers(500, 404, 200)
    assert turn(made, posts, clock).failed == 1
    assert turn(made, posts, clock) == posting.Turn()
    assert only().next_at == clock() + timedelta(seconds=5)
    clock.goes_on(seconds=5)
    assert turn(made, posts, clock).failed == 1
    assert only().next_at == clock() + timedelta(seconds=15)
    clock.goes_on(seconds=15)
    assert turn(made, posts, clock).taken == 1
    assert [each.status for each in only().tries] == [500, 404, 200]
    assert only().tries[0].error == "it answered 500"
    assert len({each.body for each in posts.sent}) == 1
    assert len({each.headers["webhook-id"] for each in posts.sent}) == 1
    kept = Subscription.of("default").get()
    assert (kept.failures, kept.failing_since) == (0, None)


def test_after_a_day_it_is_given_up(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)
    began = clock()
    posts.answers(503)
    while only().status == "pending":
        clock.now = max(only().next_at, made.reload().rests_until or clock())
        assert turn(made, posts, clock).failed == 1
    assert timedelta(hours=24) <= clock() - began < timedelta(hours=24, minutes=10)
    assert only().status == "given_up"
    assert 10 < only().tried < 30
    assert made.reload().is_active


def test_after_three_days_in_which_nothing_got_through_nothing_more_is_sent(posts, clock) -> None:
    made, other = subscriber(), subscriber()
    something_happens(clock)
    posts.answers(500)
    turn(made, posts, clock)
    clock.goes_on(days=2, hours=23)
    something_happens(clock)
    assert turn(made, posts, clock).awake == ()
    clock.goes_on(hours=1)
    done = turn(made, posts, clock)
    assert done.awake == (other.pk,)
    kept = made.reload()
    assert (kept.is_active, kept.disabled_because) == (False, "failing")
    assert Notice.of("default").get().about_id == made.pk
    sent = len(posts.sent)
    something_happens(clock)
    assert turn(made, posts, clock) == posting.Turn()
    assert len(posts.sent) == sent
    assert made.pk not in posting.due(now=clock())


def test_who_took_something_in_between_is_not_disabled(posts, clock) -> None:
    made = subscriber()
    for status in (500, 200, 500):
        something_happens(clock)
        posts.answers(status)
        turn(made, posts, clock)
        clock.goes_on(days=2)
    assert made.reload().is_active


def test_who_answers_gone_is_sent_nothing_more(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)
    posts.answers(410)
    turn(made, posts, clock)
    kept = made.reload()
    assert (kept.is_active, kept.disabled_because) == (False, "gone")
    assert only().status == "given_up"


def test_what_waited_is_sent_when_it_is_enabled_again(posts, clock) -> None:
    made = subscriber()
    standing.pause("default", made.pk, now=clock())
    something_happens(clock, times=3)
    clock.goes_on(days=5)
    standing.enable("default", made.pk, by=None, now=clock())
    assert posting.due(now=clock()) == [made.pk]
    assert turn(made, posts, clock).taken == 3


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (Answered(302, 5), "redirect"),
        (Answered(199, 5), "199"),
        (NotAnswered("no answer in time", 10_000), "no answer in time"),
        (NotAnswered("the address is not of the public internet", 1), "public"),
    ],
)
def test_what_is_no_yes_is_a_no(posts, clock, result, says) -> None:
    made = subscriber()
    something_happens(clock)
    posts.answer = lambda parcel: result
    assert turn(made, posts, clock).failed == 1
    assert says in only().tries[0].error


def test_a_receiver_that_asks_for_patience_gets_it(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)
    posts.answer = lambda parcel: Answered(429, 5, "", 600.0)
    turn(made, posts, clock)
    assert only().next_at == clock() + timedelta(minutes=10)


def test_one_event_that_is_not_taken_does_not_stop_the_others(posts, clock) -> None:
    made = subscriber()
    something_happens(clock, times=6)
    bad = str(Event.of("default").order_by("id").first().pk)
    posts.answer = lambda p: Answered(500 if bad in p.headers["webhook-id"] else 200, 5)
    done = turn(made, posts, clock)
    assert (done.taken, done.failed) == (5, 1)


def test_who_is_unwell_is_tried_with_one_event_and_left_alone_for_ever_longer(posts, clock) -> None:
    made = subscriber()
    something_happens(clock, times=12)
    posts.answer = lambda parcel: NotAnswered("no answer in time", 10_000)
    turn(made, posts, clock)
    assert posts.at_once == [posting.AT_ONCE]
    rests = []
    for _ in range(8):
        pause = made.reload().rests_until - clock()
        rests.append(pause)
        assert posting.due(now=clock()) == []
        clock.goes_on(seconds=pause.total_seconds() - 1)
        assert turn(made, posts, clock) == posting.Turn()
        clock.goes_on(seconds=1)
        assert posting.due(now=clock()) == [made.pk]
        assert turn(made, posts, clock).failed == 1
    assert set(posts.at_once[1:]) == {1}
    assert rests == sorted(rests)
    # One success, and all is as before.
    posts.answers(200)
    clock.goes_on(minutes=10)
    assert turn(made, posts, clock).taken == 12
    assert max(posts.at_once) == posting.AT_ONCE


def test_a_slow_subscriber_has_its_turn_and_then_others_have_theirs(posts, clock) -> None:
    slow, quick = subscriber(), subscriber()
    something_happens(clock, times=20)

    def slowly(parcel) -> Answered:
        clock.goes_on(seconds=1)
        return Answered(200, 1000)

    posts.answer = slowly
    done = turn(slow, posts, clock)
    assert done.more
    assert done.taken == posting.AT_ONCE
    assert turn(quick, posts, clock).taken == posting.AT_ONCE


def test_only_one_worker_sends_to_a_subscriber_at_a_time(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)
    inside: list[posting.Turn] = []

    def answer(parcel) -> Answered:
        inside.append(turn(made, FakePosts(), clock))
        return Answered(200, 5)

    posts.answer = answer
    assert turn(made, posts, clock).taken == 1
    assert inside == [posting.Turn()]
    assert posting.due(now=clock()) == []


def test_what_a_dying_worker_sent_is_sent_again_by_another(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)

    def dies(parcel) -> Answered:
        raise KeyboardInterrupt

    posts.answer = dies
    with pytest.raises(KeyboardInterrupt):
        turn(made, posts, clock)
    # As after kill -9: nothing was tidied up.
    made.modify(set__sending_until=clock() + timedelta(seconds=90))
    posts.answers(200)
    assert turn(made, posts, clock) == posting.Turn()
    clock.goes_on(seconds=91)
    assert posting.due(now=clock()) == [made.pk]
    assert turn(made, posts, clock).taken == 1
    assert len({each.headers["webhook-id"] for each in posts.sent}) == 1
    assert only().tried == 2


def test_what_is_not_kept_any_more_is_given_up_without_a_word(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)
    Event.of("default").delete()
    assert turn(made, posts, clock).failed == 1
    assert (only().status, posts.sent) == ("given_up", [])
    assert made.reload().failures == 0


def test_what_a_receiver_answers_is_kept_unreadable_in_the_database(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)
    posts.answer = lambda parcel: Answered(500, 5, "no such customer: Casey Jones")
    turn(made, posts, clock)
    assert only().tries[0].answer == "no such customer: Casey Jones"
    assert "Casey" not in str(database().event_postings.find_one())


def test_no_address_and_no_secret_is_in_a_log_line(posts, clock) -> None:
    made = subscriber(url="https://hooks.shop.example/?token=very-secret")
    something_happens(clock)
    posts.answers(500)
    with capture_logs() as lines:
        turn(made, posts, clock)
        standing.disable(made, "failing", now=clock())
    out = str(lines)
    assert "not taken" in out
    assert "very-secret" not in out
    assert "whsec_" not in out


def test_what_is_due_is_found_by_an_index(clock) -> None:
    made = subscriber()
    plan = json.dumps(posting._due(made, clock()).explain()["queryPlanner"]["winningPlan"])
    assert "COLLSCAN" not in plan
    assert "subscription_id_1_next_at_1" in plan


# --- Looking back, and sending again -----------------------------------------------------------


def test_the_log_tells_every_try_the_newest_event_first(posts, clock) -> None:
    made = subscriber()
    something_happens(clock, times=3)
    posts.answers(200, 500)
    turn(made, posts, clock)
    found = postings("default", made.pk)
    assert [each.event_id for each in found] == sorted(
        (each.event_id for each in found), reverse=True
    )
    assert len(postings("default", made.pk, status="pending")) == 2
    (page,) = postings("default", made.pk, most=1)
    assert postings("default", made.pk, before=page.event_id) == found[1:]


def test_one_event_can_be_sent_again_though_it_was_taken(posts, clock) -> None:
    made = subscriber()
    something_happens(clock)
    turn(made, posts, clock)
    event_id = only().event_id
    again = replay("default", made.pk, event_id, now=clock())
    assert (again.replay, again.status) == (1, "pending")
    # Asked twice, it is sent once.
    replay("default", made.pk, event_id, now=clock())
    assert turn(made, posts, clock).taken == 1
    assert posts.sent[0].headers["webhook-id"] == posts.sent[1].headers["webhook-id"]
    assert Posting.of("default", status="taken").count() == 2


def test_what_was_missed_in_a_while_can_be_sent_again(posts, clock) -> None:
    made = subscriber("delivery.assigned")
    began = clock()
    something_happens(clock, times=2)
    turn(made, posts, clock)
    clock.goes_on(hours=1)
    something_happens(clock, times=3)
    Posting.of("default", status="pending").update(set__status="given_up", unset__next_at=True)
    ended = clock.goes_on(hours=1)
    something_happens(clock)
    missed = replay_range("default", made.pk, since=began, until=ended, now=clock())
    assert (missed.events, missed.go_on) == (3, None)
    everything = replay_range(
        "default", made.pk, since=began, until=ended, now=clock(), only_missed=False
    )
    assert everything.events == 5
    made.modify(set__types=["call.completed"])
    assert replay_range("default", made.pk, since=began, until=ended, now=clock()).events == 0


def test_what_was_before_a_subscription_can_be_sent_as_well(posts, clock) -> None:
    subscriber()
    something_happens(clock, times=2)
    late = subscriber()
    since, until = clock() - timedelta(hours=1), clock() + timedelta(hours=1)
    assert replay_range("default", late.pk, since=since, until=until, now=clock()).events == 2
    assert turn(late, posts, clock).taken == 2


def test_a_trial_is_not_sent_to_others_by_a_replay(posts, clock) -> None:
    made, other = subscriber(), subscriber()
    standing.send_test("default", made.pk, now=clock())
    since, until = clock() - timedelta(hours=1), clock() + timedelta(hours=1)
    assert replay_range("default", other.pk, since=since, until=until, now=clock()).events == 0


def test_a_replay_of_nothing_says_so(posts, clock) -> None:
    made, other = subscriber(), subscriber("call.completed")
    something_happens(clock)
    event_id = Event.of("default").get().pk
    with pytest.raises(NoPostingError):
        replay("default", other.pk, event_id, now=clock())
    Event.of("default").delete()
    with pytest.raises(NoPostingError):
        replay("default", made.pk, event_id, now=clock())
    standing.pause("default", made.pk, now=clock())
    with pytest.raises(SubscriptionRefusedError, match="enable"):
        replay("default", made.pk, event_id, now=clock())


def test_who_is_erased_is_in_no_event(posts, clock) -> None:
    made = subscriber()
    something_happens(clock, times=2)
    turn(made, posts, clock)
    gone, stays = list(Event.of("default"))
    assert forget("default", customer_id=gone.customer_id) == 1
    assert [each.pk for each in Event.of("default")] == [stays.pk]
    assert [each.event_id for each in Posting.of("default")] == [stays.pk]

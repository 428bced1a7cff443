"""The parts of the live feed by themselves, on the real database."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from app import create_app
from app.models import DEFAULT_TENANT, Delivery, LoginSession, Review, database
from app.pipeline import reviews, staff
from app.pipeline.audit import Actor
from app.pipeline.person import Person, still_there
from app.rules.permissions import Role
from app.web.live import Event, Hub, Things, changes, line, moments, post, rooms
from app.web.live.changes import Change, Ring
from app.web.live.feed import Made, text_of
from app.web.live.line import Line, SlowError
from app.web.live.rooms import Rooms
from tests import factories
from tests.web.page_side import browser, person

ANYBODY = Person("default", ObjectId(), "Dot", Role.DISPATCHER, ObjectId())


def change(at: int, tenant_id: str = "default") -> Change:
    return Change(at, tenant_id, "delivery", ObjectId())


# Moments and ids.


def test_an_id_is_read_as_it_was_written(settings) -> None:
    now = moments.now()
    assert moments.read(moments.written(now)) == now
    assert moments.of(moments.timestamp_of(now)) == now


@pytest.mark.parametrize(
    "text", [None, "", "1-1", "0" * 24, "6b0222b2-0000000g", "6B0222B2-00000001"]
)
def test_what_is_no_id_of_ours_is_none(text) -> None:
    assert moments.read(text) is None


def test_a_token_tells_the_moment_of_its_event(settings) -> None:
    with database().watch(max_await_time_ms=500) as stream:
        delivery = factories.delivery()
        event = None
        while event is None or event["documentKey"]["_id"] != delivery.pk:
            event = stream.try_next()
        assert moments.of_token(event["_id"]) == moments.of(event["clusterTime"])
        seen = moments.now()
        while moments.of_token(stream.resume_token) < seen:
            stream.try_next()


@pytest.mark.parametrize("token", [None, {}, {"_data": "00AB"}, {"_data": b"x"}])
def test_a_token_of_another_form_says_nothing(token) -> None:
    assert moments.of_token(token) == 0


# The ring.


def test_a_ring_tells_what_came_after_a_number_and_since_a_moment() -> None:
    ring = Ring(10)
    kept = [change(at) for at in (11, 12, 12, 15)]
    for each in kept:
        ring.add(each, 0)
    ring.add(None, 20)
    assert ring.after(0) == (kept, 4, 20)
    assert ring.after(3) == (kept[3:], 4, 20)
    assert ring.after(4) == ([], 4, 20)
    assert ring.since(12, 4) == kept[1:]
    assert ring.since(12, 2) == kept[1:2]
    assert ring.since(21, 4) == []


def test_a_ring_knows_from_when_on_it_is_whole(monkeypatch) -> None:
    monkeypatch.setattr(changes, "KEPT", 3)
    ring = Ring(10)
    assert ring.holds(10)
    assert not ring.holds(9)
    assert ring.since(9, 0) is None
    for at in (11, 12, 13, 14, 15):
        ring.add(change(at), 0)
    assert not ring.holds(12)
    assert ring.holds(13)
    assert ring.after(1)[0] is None
    assert [each.at for each in ring.after(2)[0] or ()] == [13, 14, 15]


def test_what_was_made_is_made_once_until_it_changes() -> None:
    made, asked = Made(), []
    one, two = ObjectId(), ObjectId()

    def make(ids: list[ObjectId]) -> dict[ObjectId, str]:
        asked.append(ids)
        return {each: "made" for each in ids if each != two}

    assert made.of("rows", [one, two], make) == {one: "made", two: None}
    made.of("rows", [one, two], make)
    made.of("others", [one], make)
    made.forget([one])
    made.of("rows", [one, two], make)
    assert asked == [[one, two], [one], [one]]


# One line.


def pair(**fields) -> tuple[Line, socket.socket]:
    ours, theirs = socket.socketpair()
    kept = {"feed": Things("default", frozenset()), "person": ANYBODY, "since": 0, "chunked": False}
    return Line(ours, **{**kept, **fields}), theirs


def flood(line: Line, pieces: int) -> None:
    for _ in range(pieces):
        line.send(b"x" * 16_000)


def test_who_reads_slowly_keeps_nobody_waiting_and_is_let_go() -> None:
    slow, theirs = pair()
    began = time.monotonic()
    with pytest.raises(SlowError):
        flood(slow, 10_000)
    assert slow.is_behind
    assert time.monotonic() - began < 20
    slow.close("slow")
    theirs.close()


def test_who_reads_on_gets_all_of_it_in_order() -> None:
    slow, theirs = pair()
    sent = b"".join(b"%07d\n" % number for number in range(60_000))
    for at in range(0, len(sent), 40_000):
        slow.send(sent[at : at + 40_000])
    received = b""
    while len(received) < len(sent):
        received += theirs.recv(65536)
        slow.send()
    assert received == sent
    assert not slow.is_behind


def test_who_takes_nothing_for_long_is_let_go(monkeypatch) -> None:
    monkeypatch.setattr(line, "MOST_PATIENCE", 0)
    slow, _theirs = pair()
    with pytest.raises(SlowError):
        flood(slow, 30)


def test_chunks_end_as_they_should() -> None:
    chunked, theirs = pair(chunked=True)
    chunked.send(b"event: quiet\ndata: \n\n")
    chunked.close("stopping")
    assert theirs.makefile("rb").read() == b"15\r\nevent: quiet\ndata: \n\n\r\n0\r\n\r\n"


def test_only_the_last_of_several_events_has_the_id() -> None:
    text = text_of([Event("row", "a\nb"), Event("gone", "")], "6b-1").decode()
    assert text == "event: row\ndata: a\ndata: b\n\nevent: gone\nid: 6b-1\ndata: \n\n"


# Rooms.


def test_there_is_room_for_so_many_pages_and_no_more(monkeypatch) -> None:
    monkeypatch.setattr(rooms, "MOST_PAGES", 3)
    taken = Rooms()
    assert all(taken.enter(who) for who in ("a", "b", "c"))
    assert not taken.has_room("d")
    assert not taken.enter("d")
    taken.leave("a")
    assert taken.enter("d")


def test_a_full_process_says_so_and_when_to_come_back(client, settings, monkeypatch) -> None:
    monkeypatch.setattr(rooms, "MOST_PAGES", 0)
    answer = browser(client, person("dispatcher")).get("/live")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")


# The hub.


@dataclass
class Ear:
    """What one line heard."""

    theirs: socket.socket
    text: str = ""

    def until(self, true: Callable[[str], bool]) -> str:
        self.theirs.settimeout(20)
        while not true(self.text):
            piece = self.theirs.recv(65536)
            assert piece, f"the stream ended: {self.text}"
            self.text += piece.decode()
        return self.text

    def things(self) -> list[dict[str, str]]:
        lines = self.text.splitlines()
        return [json.loads(each[6:]) for each in lines if each.startswith("data: {")]


@pytest.fixture
def hub(settings, runtime, monkeypatch) -> Hub:
    monkeypatch.setattr(post, "LINGER_SECONDS", 0)
    # Nobody of these people is in the database.
    monkeypatch.setattr(post, "CHECK_SECONDS", 60)
    return create_app(settings, runtime).extensions["delauto.live"]


def listening(hub: Hub, feed, since: int | None = None) -> Ear:
    opened, theirs = pair(feed=feed, since=moments.now() if since is None else since)
    assert hub.rooms.enter(str(ANYBODY.user_id))
    hub.join(opened)
    return Ear(theirs)


def review(tenant_id: str = DEFAULT_TENANT) -> Review:
    now = datetime.now(UTC)
    delivery = factories.delivery(tenant_id)
    return Review(
        tenant_id=tenant_id,
        delivery_id=delivery.pk,
        source_id=delivery.pk,
        reason="unclear",
        opened_at=now,
        due=now,
    ).save()


def test_a_page_of_reviews_hears_when_one_is_opened_claimed_and_closed(hub) -> None:
    ear = listening(hub, Things("default", frozenset({"review"})))
    review("other")
    own, who = review(), Actor("user", str(ObjectId()), "Dot")
    for word, deed in {
        "open": lambda: None,
        "claimed": lambda: reviews.claim(own, who, now=datetime.now(UTC)),
        "closed": lambda: reviews.close(own, who, "done", note=None, now=datetime.now(UTC)),
    }.items():
        deed()
        ear.until(lambda text, word=word: f'"what": "{word}"' in text)
    assert [each["what"] for each in ear.things()] == ["open", "claimed", "closed"]
    assert {each["id"] for each in ear.things()} == {str(own.pk)}
    assert {tuple(each["deliveries"]) for each in ear.things()} == {(str(own.delivery_id),)}


def test_one_hears_of_the_kinds_that_were_asked_for_alone(hub) -> None:
    calls = listening(hub, Things("default", frozenset({"call"})))
    recordings = listening(hub, Things("default", frozenset({"recording", "delivery"})))
    recording = factories.recording()
    calls.until(lambda text: "changed" in text)
    recordings.until(lambda text: str(recording.pk) in text)
    assert {each["kind"] for each in calls.things()} == {"call"}
    assert {each["kind"] for each in recordings.things()} == {"recording", "delivery"}


def test_a_call_is_about_all_that_it_covers(hub) -> None:
    ear = listening(hub, Things("default", frozenset({"call"})))
    one = factories.delivery(outreach={"state": "calling", "attempts": 1})
    two = factories.delivery()
    factories.call(one, covers=[one.pk, two.pk])
    ear.until(lambda text: "changed" in text)
    assert ear.things()[0]["deliveries"] == [str(one.pk), str(two.pk)]


@dataclass(frozen=True)
class Broken(Things):
    """A page whose events cannot be made."""

    def events(self, changes, made, after) -> list[Event]:
        if changes:
            raise ValueError("broken")
        return []


def test_a_page_that_fails_is_let_go_and_the_others_hear_on(hub) -> None:
    kinds = frozenset({"delivery"})
    broken, whole = (
        listening(hub, Broken("default", kinds)),
        listening(hub, Things("default", kinds)),
    )
    delivery = factories.delivery()
    whole.until(lambda text: str(delivery.pk) in text)
    broken.theirs.settimeout(20)
    assert broken.theirs.recv(10) == b""
    other = factories.delivery()
    whole.until(lambda text: str(other.pk) in text)


def test_a_slow_page_slows_no_other(hub, monkeypatch) -> None:
    monkeypatch.setattr(line, "MOST_BEHIND", 2_000)
    monkeypatch.setattr(post, "GATHER_SECONDS", 0.01)
    kinds = frozenset({"delivery"})
    slow, quick = (listening(hub, Things("default", kinds)) for _ in range(2))
    slow.theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    made = [factories.delivery() for _ in range(30)]
    for number in range(40):
        Delivery.of(DEFAULT_TENANT, pk__in=[each.pk for each in made]).update(
            set__reference=None, set__address=f"{number} New Street"
        )
    last = factories.delivery()
    quick.until(lambda text: str(last.pk) in text)


def test_where_the_database_has_forgotten_what_came_pages_must_begin_anew(hub, monkeypatch) -> None:
    monkeypatch.setattr(post, "LINGER_SECONDS", 5)
    ear = listening(hub, Things("default", frozenset({"delivery"})))
    factories.delivery()
    ear.until(lambda text: "changed" in text)
    monkeypatch.setattr(hub._post._watch, "_token", None)
    hub._post._watch._begin_anew()
    ear.theirs.settimeout(20)
    while ear.theirs.recv(65536):
        pass
    assert not hub.holds(moments.earlier(moments.now(), 10))
    again = listening(hub, Things("default", frozenset({"delivery"})))
    delivery = factories.delivery()
    again.until(lambda text: str(delivery.pk) in text)


def test_a_hub_that_begins_reads_the_last_minutes_from_the_database(hub) -> None:
    since = moments.now()
    delivery = factories.delivery()
    assert hub.holds(since)
    ear = listening(hub, Things("default", frozenset({"delivery"})), since)
    ear.until(lambda text: str(delivery.pk) in text)
    assert not hub.holds(moments.earlier(since, changes.BACK_SECONDS + 60))


def test_after_a_quiet_while_one_hears_so_with_an_id_that_has_moved_on(hub, monkeypatch) -> None:
    monkeypatch.setattr(post, "QUIET_SECONDS", 1)
    ear = listening(hub, Things("default", frozenset({"delivery"})))
    began = moments.now()
    LoginSession(
        tenant_id="default",
        user_id=ObjectId(),
        kind="page",
        began_at=datetime.now(UTC),
        seen_at=datetime.now(UTC),
        expires_at=datetime.now(UTC),
    ).save()
    ear.until(lambda text: text.count("event: quiet") >= 3)
    ids = [moments.read(each[4:]) for each in ear.text.splitlines() if each.startswith("id: ")]
    assert ids == sorted(ids)
    assert ids[-1] > began


# Who may still listen.


@pytest.fixture
def signed_in(client, settings) -> Iterator[Callable[[str], Person]]:
    def one(role: str, tenant_id: str = DEFAULT_TENANT) -> Person:
        who = person(role, tenant_id)
        browser(client, who)
        session = LoginSession.of(tenant_id, user_id=who.pk).get()
        return Person(tenant_id, who.pk, who.name, Role(role), session.pk)

    return one


def test_all_who_listen_are_looked_up_together(signed_in) -> None:
    now = datetime.now(UTC)
    stays, foreign = signed_in("dispatcher"), signed_in("viewer", "other")
    out, gone, promoted = (signed_in("viewer") for _ in range(3))
    LoginSession.of("default", pk=out.session_id).update(set__revoked_at=now)
    staff.deactivate("default", gone.user_id, now=now)
    staff.change_person("default", promoted.user_id, {"role": "admin"}, now=now)
    everybody = {stays, foreign, out, gone, promoted, ANYBODY}
    assert still_there(everybody, kind="page", now=now) == {stays, foreign}
    assert still_there(everybody, kind="api", now=now) == frozenset()
    assert still_there(everybody, kind="page", now=now + timedelta(hours=3)) == frozenset()
    assert still_there([], kind="page", now=now) == frozenset()


def test_listening_uses_a_session_and_it_stays_open(signed_in) -> None:
    listener = signed_in("dispatcher")
    later = datetime.now(UTC) + timedelta(minutes=100)
    assert still_there({listener}, kind="page", now=later) == {listener}
    later += timedelta(minutes=100)
    assert still_there({listener}, kind="page", now=later) == {listener}

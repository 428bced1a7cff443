"""Signing in, and everything by which people are let in no more."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from argon2 import PasswordHasher

from app.models import Agent, LoginSession, PasswordReset, password
from app.pipeline import passwords, staff
from app.pipeline.passwords import Refused
from app.pipeline.person import Ended, Person, person_of
from app.pipeline.sign_in import Visit, network_of, sign_in, sign_out_everywhere
from app.rules.passwords import Weakness
from app.rules.permissions import Role
from tests import factories

OLD, NEW = "nine violet tortoises yawn", "quiet marmalade over Lisbon"
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
PAGE = Visit("page", "2001:db8:77:88::1", "Mozilla/5.0 " + "x" * 300)


hash_of = cache(password.hash_of)


def person(**fields) -> Agent:
    basics = {"name": "Dana Driver", "email": "dana@example.com", "password": hash_of(OLD)}
    return factories.agent(**{**basics, **fields})


@pytest.fixture
def dana(settings) -> Agent:
    return person()


def enter(user: Agent, plain: str = OLD, now: datetime = NOW) -> Person:
    opened = sign_in(user.tenant_id, user.email, plain, visit=PAGE, now=now)
    assert opened is not None
    return opened.person


def stands(who: Person, now: datetime = NOW) -> bool:
    found = person_of(who.tenant_id, who.session_id, kind="page", now=now)
    return not isinstance(found, Ended)


def lets_in(user: Agent, plain: str) -> bool:
    return sign_in(user.tenant_id, user.email, plain, visit=PAGE, now=NOW) is not None


def test_a_log_in_is_counted_and_its_session_says_little_of_where_from(dana) -> None:
    who = enter(dana)
    enter(dana, now=NOW + timedelta(hours=1))
    dana.reload()
    assert (dana.login_count, dana.last_login) == (2, NOW + timedelta(hours=1))
    session = LoginSession.of("default", pk=who.session_id).get()
    assert (session.address, len(session.device)) == ("2001:db8:77::/48", 120)


@pytest.mark.parametrize(
    ("email", "plain"),
    [
        ("dana@example.com", "nine violet tortoises yawN"),
        ("dana@example.com", OLD + " "),
        ("dana@example.com", ""),
        ("dana@example.com", "half \ud83d"),
        ("dana@example.com", "x" * 100_000),
        ("nobody@example.com", OLD),
        ("", OLD),
        ("\ud83d@example.com", OLD),
        ("x" * 300 + "@example.com", OLD),
        ("dana@example.com\x00", OLD),
        ("$ne", OLD),
    ],
)
def test_whatever_does_not_fit_is_refused_and_counts_nothing(dana, email, plain) -> None:
    assert sign_in("default", email, plain, visit=PAGE, now=NOW) is None
    dana.reload()
    assert (dana.login_count, dana.last_login, LoginSession.of("default").count()) == (0, None, 0)


def test_the_address_may_be_written_in_capitals_and_the_company_may_not_differ(dana) -> None:
    assert sign_in("default", " DANA@Example.com ", OLD, visit=PAGE, now=NOW)
    assert sign_in("other", "dana@example.com", OLD, visit=PAGE, now=NOW) is None


def test_a_deactivated_person_is_refused_like_a_wrong_password(dana) -> None:
    staff.deactivate("default", dana.pk, now=NOW)
    assert sign_in("default", dana.email, OLD, visit=PAGE, now=NOW) is None
    staff.activate("default", dana.pk)
    assert enter(dana)


def test_who_was_deleted_stays_out(dana) -> None:
    staff.deactivate("default", dana.pk, now=NOW)
    dana.modify(set__deleted_at=NOW)
    for act in (staff.activate, staff.named):
        with pytest.raises(staff.NobodyError):
            act("default", dana.pk if act is staff.activate else dana.email)
    assert not lets_in(dana, OLD)


def test_an_unknown_address_costs_a_hash_as_well(settings, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(password, "matches", lambda kept, plain: asked.append(kept) or False)
    assert sign_in("default", "nobody@example.com", OLD, visit=PAGE, now=NOW) is None
    assert len(asked) == 1
    assert asked[0].startswith("$argon2id$")


def test_a_hash_of_former_parameters_is_made_anew_at_log_in(true_hashes, dana) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
    Agent.of("default", pk=dana.pk).update(set__password=weaker.hash(OLD))
    enter(dana)
    dana.reload()
    assert "m=65536,t=3,p=4" in dana.password
    assert enter(dana)


def test_a_session_ends_unused_after_two_hours_and_used_after_a_day(dana) -> None:
    who = enter(dana)
    assert stands(who, NOW + timedelta(minutes=119))
    assert stands(who, NOW + timedelta(minutes=119 + 119))
    assert not stands(who, NOW + timedelta(minutes=119 + 119 + 121))
    used, at = enter(dana), NOW
    while at < NOW + timedelta(hours=23):
        at += timedelta(hours=1)
        assert stands(used, at)
    assert not stands(used, NOW + timedelta(hours=24))


def test_a_changed_password_ends_every_other_session(dana) -> None:
    here, there = enter(dana), enter(dana)
    link = passwords.make_reset("default", dana.pk, now=NOW)
    assert passwords.change_password(here, OLD, NEW, now=NOW) is None
    assert (stands(here), stands(there)) == (True, False)
    assert (lets_in(dana, OLD), lets_in(dana, NEW)) == (False, True)
    assert passwords.resetting(link, now=NOW) is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("another", NEW, Refused.WRONG),
        (OLD, OLD, Refused.SAME),
        (OLD, "short", Weakness.SHORT),
        (OLD, "danadriver2026", Weakness.PERSONAL),
        (OLD, "harbourparcels", Weakness.PERSONAL),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(dana, old, new, why) -> None:
    factories.tenant()
    here, there = enter(dana), enter(dana)
    assert passwords.change_password(here, old, new, now=NOW) is why
    assert stands(there)
    assert lets_in(dana, OLD)


def test_a_link_sets_a_password_once_and_ends_every_session(dana) -> None:
    before = enter(dana)
    token = passwords.make_reset("default", dana.pk, now=NOW)
    assert passwords.resetting(token, now=NOW).name == "Dana Driver"
    assert token not in str(PasswordReset.of("default").get().to_mongo())
    assert passwords.reset(token, "short", now=NOW) is Weakness.SHORT
    assert passwords.reset(token, NEW, now=NOW) is None
    assert not stands(before)
    assert (lets_in(dana, OLD), lets_in(dana, NEW)) == (False, True)
    assert passwords.reset(token, OLD, now=NOW) is Refused.GONE
    assert passwords.resetting(token, now=NOW) is None


def test_a_link_is_good_for_an_hour_and_until_the_next_is_made(dana) -> None:
    first = passwords.make_reset("default", dana.pk, now=NOW)
    assert passwords.resetting(first, now=NOW + timedelta(minutes=59))
    assert passwords.reset(first, NEW, now=NOW + timedelta(minutes=60)) is Refused.GONE
    second = passwords.make_reset("default", dana.pk, now=NOW)
    assert passwords.reset(first, NEW, now=NOW) is Refused.GONE
    assert passwords.reset(second, NEW, now=NOW) is None


def test_a_deactivated_person_gets_no_link_and_can_use_none(dana) -> None:
    token = passwords.make_reset("default", dana.pk, now=NOW)
    staff.deactivate("default", dana.pk, now=NOW)
    staff.activate("default", dana.pk)
    assert passwords.reset(token, NEW, now=NOW) is Refused.GONE
    staff.deactivate("default", dana.pk, now=NOW)
    assert passwords.make_reset("default", dana.pk, now=NOW) is None


@pytest.mark.parametrize("token", ["", "x", "\ud83d", "x" * 10_000, "../../etc", "\x00"])
def test_what_is_no_link_sets_nothing(dana, token) -> None:
    passwords.make_reset("default", dana.pk, now=NOW)
    assert passwords.reset(token, NEW, now=NOW) is Refused.GONE


def test_of_two_who_use_a_link_at_once_one_sets_the_password(dana) -> None:
    token = passwords.make_reset("default", dana.pk, now=NOW)
    answers = at_once(
        lambda: passwords.reset(token, NEW, now=NOW),
        lambda: passwords.reset(token, "another quiet marmalade jar", now=NOW),
    )
    assert sorted(map(str, answers)) == ["None", "gone"]


def test_a_log_in_that_races_a_deactivation_leaves_no_open_door(dana) -> None:
    for _ in range(3):
        at_once(
            lambda: sign_in("default", dana.email, OLD, visit=PAGE, now=NOW),
            lambda: staff.deactivate("default", dana.pk, now=NOW),
        )
        staff.activate("default", dana.pk)
        assert LoginSession.of("default", revoked_at=None).count() == 0


def test_deactivation_ends_sessions_for_good(dana) -> None:
    who = enter(dana)
    assert staff.deactivate("default", dana.pk, now=NOW) == 1
    assert not stands(who)
    staff.activate("default", dana.pk)
    assert not stands(who)


def test_everywhere_means_every_session_of_this_person_alone(dana) -> None:
    other = enter(person(email="tom@example.com"))
    mine = [enter(dana) for _ in range(3)]
    assert sign_out_everywhere("default", dana.pk, now=NOW) == 3
    assert [stands(who) for who in (*mine, other)] == [False, False, False, True]


def test_the_last_administrator_stays_one(settings) -> None:
    first = person(email="a@example.com", role="admin")
    person(email="b@example.com", role="admin", tenant_id="other")
    for act in (
        lambda: staff.deactivate("default", first.pk, now=NOW),
        lambda: staff.change_person("default", first.pk, {"role": Role.DISPATCHER}, now=NOW),
    ):
        with pytest.raises(staff.LastAdminError):
            act()
    asleep = person(email="c@example.com", role="admin", is_active=False)
    with pytest.raises(staff.LastAdminError):
        staff.deactivate("default", first.pk, now=NOW)
    staff.activate("default", asleep.pk)
    staff.deactivate("default", first.pk, now=NOW)
    assert Agent.of("default", role="admin", is_active=True).get().pk == asleep.pk


def test_two_administrators_who_remove_each_other_leave_one(settings) -> None:
    for n in range(3):
        one = person(email=f"one{n}@example.com", role="admin")
        two = person(email=f"two{n}@example.com", role="admin")
        Agent.of("default", role="admin", pk__nin=[one.pk, two.pk]).update(set__role="viewer")
        at_once(
            lambda one=one: staff.deactivate("default", one.pk, now=NOW),
            lambda two=two: staff.change_person("default", two.pk, {"role": "agent"}, now=NOW),
        )
        assert Agent.of("default", role="admin", is_active=True).count() == 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"phone": "555"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"language": "xx"}, "language"),
        ({"email": "DANA@example.com"}, "email"),
        ({"phone": "+15550000001"}, "phone"),
    ],
)
def test_a_person_who_cannot_be_kept_is_refused_by_the_field(settings, fields, named) -> None:
    dana = person(phone="+15550000001")
    whole = {"name": "New", "email": "new@example.com", "phone": "+15550000002", **fields}
    with pytest.raises(staff.NotKeptError) as error:
        staff.add_person("default", staff.NewPerson(**whole))
    assert list(error.value.problems) == [named]
    other = person(email="tom@example.com")
    with pytest.raises(staff.NotKeptError) as error:
        staff.change_person("default", other.pk, fields, now=NOW)
    assert list(error.value.problems) == [named]
    assert Agent.of("default").count() == 2
    assert dana.email == "dana@example.com"


def test_only_what_may_be_changed_is_changed(dana) -> None:
    for field in ("password", "tenant_id", "is_active", "login_count", "pk"):
        with pytest.raises(staff.NotKeptError):
            staff.change_person("default", dana.pk, {field: "x"}, now=NOW)
    with pytest.raises(staff.NobodyError):
        staff.change_person("other", dana.pk, {"name": "x"}, now=NOW)


def test_who_is_invited_cannot_log_in_before_they_chose_a_password(settings) -> None:
    new = staff.NewPerson("Vi Viewer", "vi@example.com", "+15550000002", Role.VIEWER, "fr")
    made = staff.add_person("default", new)
    assert not lets_in(made, "")
    token = passwords.make_reset("default", made.pk, now=NOW)
    assert passwords.resetting(token, now=NOW).language == "fr"
    assert passwords.reset(token, NEW, now=NOW) is None
    assert enter(made, NEW).role is Role.VIEWER


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_of_an_address_the_network_is_kept(address, network) -> None:
    assert network_of(address) == network


def at_once(*acts) -> list:
    """What each returned, or None where it raised what it may."""
    answers: list = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(index: int, act) -> None:
        gate.wait()
        try:
            answers[index] = act()
        except (staff.LastAdminError, staff.NobodyError):
            answers[index] = None

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers

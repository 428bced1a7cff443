"""What customers write goes to the company that they answer, and none of it is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.models import (
    CallLog,
    Customer,
    Delivery,
    InboundMessage,
    Message,
    Reply,
    Review,
    Suppression,
    database,
)
from app.pipeline import inbound_text
from app.pipeline.inbound_text import Arrived, Outcome
from app.pipeline.link import deadline
from app.pipeline.reply import MOST_REPLIES
from tests import factories
from tests.factories import NOW, sid

FROM = "+447700900555"
OURS = "+12025550142"
ZULUS = "+12025550199"


def arrived(body: str, **fields) -> Arrived:
    basics = {"message_sid": sid("SM"), "to_number": OURS, "handled": None, "data": {}}
    return Arrived(from_number=FROM, body=body, **{**basics, **fields})


def write(body: str, **fields) -> Outcome:
    return inbound_text.receive(arrived(body, **fields), our_number=OURS, now=NOW)


def expecting(tenant_id: str, ahead: timedelta = timedelta(hours=3), **company) -> Delivery:
    """A company, and a van of its on the way to the customer."""
    factories.tenant(tenant_id, name=tenant_id.title(), **company)
    customer = factories.customer(tenant_id, phone=FROM)
    return factories.delivery(tenant_id, customer=customer, scheduled_time=NOW + ahead)


def texted(delivery: Delivery, ago: timedelta = timedelta(hours=1), **fields) -> Message:
    at = NOW - ago
    basics = {"purpose": "link", "to_number": FROM, "claimed_at": at, "sending_at": at}
    about = {"tenant_id": delivery.tenant_id, "delivery_id": delivery.pk}
    return Message(**{**about, **basics, **fields}).save()


def called(delivery: Delivery, ago: timedelta = timedelta(hours=1), **fields) -> CallLog:
    at = NOW - ago
    basics = {"claimed_at": at, "dialing_at": at, "status": "no-answer", "in_flight": False}
    return factories.call(delivery, **{**basics, **fields})


def answered(delivery: Delivery) -> list[str]:
    """What the company has of the customer about a delivery."""
    return [each.text for each in Reply.of(delivery.tenant_id, delivery_id=delivery.pk)]


# --- whose it is


@pytest.fixture
def alpha(settings) -> Delivery:
    return expecting("alpha", timedelta(days=6))


@pytest.fixture
def zulu(settings) -> Delivery:
    return expecting("zulu", callback_number=ZULUS)


def test_an_answer_goes_to_the_company_that_wrote(alpha, zulu) -> None:
    called(zulu, timedelta(hours=2))
    texted(zulu)
    assert write("behind the shed").answer.startswith("Zulu: thank you")
    assert (answered(alpha), answered(zulu)) == ([], ["behind the shed"])
    (kept,) = InboundMessage.across_tenants()
    assert kept.tenant_id == "zulu"


def test_it_goes_there_even_if_another_companys_van_comes_first(alpha, zulu) -> None:
    texted(alpha)
    write("behind the shed")
    assert (answered(alpha), answered(zulu)) == (["behind the shed"], [])


def test_the_last_of_several_companies_is_answered_whether_it_wrote_or_called(alpha, zulu) -> None:
    texted(zulu, timedelta(hours=5))
    called(alpha, timedelta(hours=4))
    write("to alpha")
    texted(zulu, timedelta(hours=3), delivery_id=None)
    write("to zulu")
    assert (answered(alpha), answered(zulu)) == (["to alpha"], ["to zulu"])


def test_what_never_left_or_never_came_is_not_answered(alpha, zulu) -> None:
    texted(zulu, timedelta(hours=5))
    texted(alpha, status="undelivered")
    called(alpha, status="canceled", dialing_at=None)
    called(alpha, status="failed", attempt=2)
    write("to zulu")
    assert (answered(alpha), answered(zulu)) == ([], ["to zulu"])


def test_nobody_elses_driver_is_told_what_was_meant_for_a_delivery_that_is_over(
    alpha, zulu
) -> None:
    texted(zulu)
    zulu.modify(set__status="completed")
    assert write("you left it at the wrong house").answer.startswith("Zulu: we have no delivery")
    assert answered(alpha) == []


def test_who_wrote_long_ago_is_not_being_answered(alpha, zulu) -> None:
    texted(zulu, timedelta(days=40))
    zulu.modify(set__status="completed")
    write("behind the shed")
    assert answered(alpha) == ["behind the shed"]


def test_where_no_company_wrote_the_next_van_is_meant(alpha, zulu) -> None:
    write("behind the shed")
    assert (answered(alpha), answered(zulu)) == ([], ["behind the shed"])


def test_a_companys_own_number_means_that_company(alpha, zulu) -> None:
    texted(alpha)
    write("behind the shed", to_number=ZULUS)
    assert (answered(alpha), answered(zulu)) == ([], ["behind the shed"])


def test_a_company_that_does_not_know_the_number_hears_nothing_of_others(alpha) -> None:
    factories.tenant("zulu", name="Zulu", callback_number=ZULUS)
    assert write("hello", to_number=ZULUS).answer.startswith("Zulu: we have no delivery")
    assert answered(alpha) == []


def test_a_company_that_names_the_shared_number_takes_no_other_companys_answers(
    settings, zulu
) -> None:
    alpha = expecting("alpha", timedelta(days=6), callback_number=OURS)
    texted(zulu)
    write("behind the shed")
    assert (answered(alpha), answered(zulu)) == ([], ["behind the shed"])


def test_a_message_that_comes_again_stays_with_the_company_it_went_to(alpha, zulu) -> None:
    texted(zulu)
    again = arrived("behind the shed")
    first = inbound_text.receive(again, our_number=OURS, now=NOW)
    called(alpha, timedelta(0))
    second = inbound_text.receive(again, our_number=OURS, now=NOW + timedelta(minutes=1))
    assert first == second
    assert (answered(alpha), answered(zulu)) == ([], ["behind the shed"])


def test_stop_and_start_concern_every_company_that_knows_the_number(alpha, zulu) -> None:
    factories.tenant("other", name="Other")
    texted(zulu)
    write("please stop")
    holding = Suppression.across_tenants(phone=FROM, lifted_at=None)
    assert sorted(each.tenant_id for each in holding) == ["alpha", "zulu"]
    write("iniciar")
    assert holding.clone().count() == 0


def test_stop_holds_for_the_company_written_to_even_where_it_knew_nobody(alpha) -> None:
    factories.tenant("zulu", name="Zulu", callback_number=ZULUS)
    assert write("please stop", to_number=ZULUS).answer.startswith("Zulu: you will get no more")
    holding = Suppression.across_tenants(phone=FROM, lifted_at=None)
    assert sorted(each.tenant_id for each in holding) == ["alpha", "zulu"]
    assert Customer.of("zulu").count() == 0


# --- more than anybody reads


DANGER = "it is dangerous, do not come"


@pytest.fixture
def written_out(zulu) -> Delivery:
    """A delivery that has had as many answers as are read."""
    for n in range(MOST_REPLIES):
        write(f"message {n}")
    return zulu


def reviews(delivery: Delivery) -> list[tuple[str, str]]:
    """What is put before people about a delivery: why, and the words in question."""
    found = Review.of(delivery.tenant_id, delivery_id=delivery.pk).order_by("id")
    inbound = InboundMessage.of(delivery.tenant_id)
    return [(each.reason, inbound.clone().get(pk=each.source_id).body) for each in found]


def test_the_last_of_the_messages_that_are_read_is_read(written_out) -> None:
    assert len(answered(written_out)) == MOST_REPLIES
    assert reviews(written_out) == []


def test_past_them_the_words_are_put_before_a_person(written_out) -> None:
    said = write(DANGER).answer
    assert said == (
        "Zulu: that is too many messages to pass on to the driver. Our office reads them now. "
        f"If it is urgent, please call {ZULUS}."
    )
    assert reviews(written_out) == [("unread", DANGER)]
    (review,) = Review.of("zulu")
    assert review.due == deadline(written_out)
    assert len(answered(written_out)) == MOST_REPLIES
    assert "dangerous" not in str(list(database()["inbound_messages"].find()))


def test_none_of_them_is_lost_and_one_answer_is_given(written_out) -> None:
    answers = [write(words).answer for words in ("hello?", "hello??", DANGER)]
    assert [bool(each) for each in answers] == [True, False, False]
    assert reviews(written_out) == [
        ("unread", "hello?"),
        ("unread", "hello??"),
        ("unread", DANGER),
    ]


def test_the_same_one_again_is_one_review_and_the_same_answer(written_out) -> None:
    name = sid("SM")
    answers = {write(DANGER, message_sid=name).answer for _ in range(3)}
    assert len(answers) == 1
    assert reviews(written_out) == [("unread", DANGER)]


def test_stop_holds_however_many_messages_came_before(written_out) -> None:
    assert "no more calls or texts" in write("please stop").answer
    assert Suppression.of("zulu", phone=FROM, lifted_at=None).count() == 1
    assert reviews(written_out) == [("unread", "please stop")]

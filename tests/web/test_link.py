"""The customer's page: what it shows, what it keeps, and whom it turns away."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.models import Recording, Reply, Suppression
from app.pipeline.link import Links
from tests import factories

AUDIO = Path(__file__).parents[2] / "local" / "carrier" / "audio" / "gate-code.wav"


@pytest.fixture
def delivery(settings):
    factories.tenant(callback_number="+12025550142")
    return planned()


def planned(ahead: float = 3, language: str = "en", **fields):
    customer = factories.customer(preferences={"language": language})
    start = datetime.now(UTC) + timedelta(hours=ahead)
    return factories.delivery(
        customer=customer,
        scheduled_time=start,
        window={"start": start, "end": start + timedelta(hours=2)},
        outreach={"state": "unreachable"},
        **fields,
    )


@pytest.fixture
def link(settings):
    def make(of, purpose: str = "answer", ends: timedelta = timedelta(hours=5)) -> str:
        links = Links(settings.secret_key.get_secret_value())
        return "/i/" + links.token(of.pk, datetime.now(UTC) + ends, purpose)

    return make


def shown(client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def send(client, path: str, headers=None, **fields):
    body = {"key": "k" * 24, **fields}
    return client.post(path, data=body, headers=headers, content_type="multipart/form-data")


def replies(delivery) -> list[Reply]:
    return list(Reply.of(delivery.tenant_id, delivery_id=delivery.pk).order_by("at"))


def test_it_says_who_and_when_and_nothing_else_about_the_customer(client, delivery, link) -> None:
    page = shown(client, link(delivery))
    assert "Harbour Parcels" in page
    assert "Your delivery comes" in page
    assert 'href="tel:+12025550142"' in page
    for secret in ("Mill Lane", "Casey", "Customer"):
        assert secret not in page


def test_looking_changes_nothing(client, delivery, link) -> None:
    path = link(delivery)
    before = delivery.reload().to_mongo()
    for method in ("get", "head", "options"):
        getattr(client, method)(path)
    assert delivery.reload().to_mongo() == before
    assert replies(delivery) == []


@pytest.mark.parametrize(
    ("language", "accepts", "asked", "expected"),
    [
        ("es", "", "", "es"),
        ("es", "en-US,es;q=0.5", "", "es"),
        ("en", "de-AT,de;q=0.9", "", "de"),
        ("fr", "pl", "", "fr"),
        ("en", "de", "fr", "fr"),
        ("en", "de", "xx", "de"),
    ],
)
def test_the_language_is_the_customers_unless_the_browser_or_they_say_otherwise(
    client, link, language, accepts, asked, expected
) -> None:
    factories.tenant()
    path = link(planned(language=language)) + (f"?lang={asked}" if asked else "")
    page = shown(client, path, **{"Accept-Language": accepts})
    assert f'<html lang="{expected}">' in page
    for name in ("English", "Español", "Français", "Deutsch"):
        assert f">{name}</a>" in page


def test_a_pick_is_kept_and_read_back_to_who_sent_it(client, delivery, link) -> None:
    path = link(delivery)
    answer = send(client, path, choice="front_door", note="behind the blue pot")
    assert answer.status_code == 303
    (reply,) = replies(delivery)
    assert reply.picked[0]["kind"] == "leave_at"
    assert reply.picked[0]["slots"] == {"place": "front door"}
    assert reply.text == "behind the blue pot"
    back = shown(client, answer.headers["Location"])
    assert "Leave it at the front door" in back
    assert "behind the blue pot" in back
    again = shown(client, path)
    assert "You have answered already" in again
    assert "blue pot" not in again


def test_what_was_sent_is_read_back_to_nobody_else(client, delivery, link) -> None:
    path = link(delivery)
    send(client, path, choice="fine", note="the code is 4711")
    answer = client.get(f"{path}/answer/{'x' * 24}")
    assert answer.status_code == 303
    assert "4711" not in answer.get_data(as_text=True)


def test_the_same_form_sent_twice_is_one_reply_and_a_changed_one_another(
    client, delivery, link
) -> None:
    path = link(delivery)
    for choice in ("fine", "fine", "only_me", "fine"):
        assert send(client, path, choice=choice).status_code == 303
    picks = [reply.picked[0]["choice"] for reply in replies(delivery)]
    assert picks == ["fine", "only_me", "fine"]


def test_another_day_is_one_of_those_offered(client, delivery, link) -> None:
    path = link(delivery)
    page = shown(client, path)
    days = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', page)
    assert len(days) == 6
    planned_day = delivery.scheduled_time.date().isoformat()
    assert planned_day not in days
    assert send(client, path, choice="another_day", day=days[1]).status_code == 303
    (reply,) = replies(delivery)
    assert (reply.picked[0]["kind"], reply.picked[0]["slots"]) == ("reschedule", {"date": days[1]})
    for wrong in ("", planned_day, "2001-01-01", "tomorrow"):
        answer = send(client, path, choice="another_day", day=wrong)
        assert answer.status_code == 400
        assert "Choose the day that suits you" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Pick something, write something"),
        ({"choice": "steal_it"}, "Pick something, write something"),
        ({"choice": "fine", "note": "x" * 501}, "at most 500 characters"),
        ({"audio": (io.BytesIO(b"MZ not a sound"), "a.webm")}, "We cannot play this recording"),
    ],
    ids=["nothing", "unknown", "too long", "no audio"],
)
def test_what_cannot_be_taken_comes_back_with_what_to_do(
    client, delivery, link, fields, words
) -> None:
    answer = send(client, link(delivery), **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert words in page
    assert 'role="alert"' in page
    assert replies(delivery) == []


def test_a_spoken_answer_is_kept_as_a_recording(client, delivery, link, runtime) -> None:
    path = link(delivery)
    sound = AUDIO.read_bytes()
    answer = send(client, path, audio=(io.BytesIO(sound), "answer.webm"))
    assert answer.status_code == 303
    (reply,) = replies(delivery)
    (recording,) = Recording.of(delivery.tenant_id, reply_id=reply.pk)
    assert (recording.stage, recording.format) == ("stored", "wav")
    assert runtime.storage.get(recording.storage_key) == sound
    assert str(reply.pk) in recording.storage_key
    assert reply.notice_version == "link/1"
    assert "We are listening to your recording" in shown(client, answer.headers["Location"])
    send(client, path, audio=(io.BytesIO(sound), "answer.webm"))
    assert Recording.of(delivery.tenant_id, delivery_id=delivery.pk).count() == 1


def test_more_than_a_minute_can_hold_is_refused_kindly(client, delivery, link) -> None:
    big = b"RIFF" + bytes(6 * 1024 * 1024)
    answer = send(client, link(delivery), audio=(io.BytesIO(big), "a.wav"))
    assert answer.status_code == 413
    assert "larger than 5 MB" in answer.get_data(as_text=True)
    assert Recording.of(delivery.tenant_id, delivery_id=delivery.pk).count() == 0


def test_words_alone_may_be_no_larger_than_words_are(client, delivery, link) -> None:
    answer = send(client, link(delivery), note="x" * 100_000)
    assert answer.status_code == 413


def test_no_other_page_takes_more(client) -> None:
    answer = client.post("/", data={"x": "y" * 100_000})
    assert answer.status_code in (405, 413)


def test_no_more_contact_holds_at_once(client, delivery, link) -> None:
    send(client, link(delivery), choice="no_contact")
    (held,) = Suppression.of(delivery.tenant_id, lifted_at=None)
    assert (held.scope, held.source) == ("all", "link")
    (reply,) = replies(delivery)
    assert reply.picked[0]["kind"] == "opt_out"


def test_other_sites_cannot_send_the_form(client, delivery, link) -> None:
    path = link(delivery)
    for headers in (
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        assert send(client, path, headers, choice="fine").status_code == 403
    assert replies(delivery) == []
    own = {"Origin": "http://calls.test", "Sec-Fetch-Site": "same-origin"}
    assert send(client, path, own, choice="fine").status_code == 303


def test_a_link_that_is_not_ours_says_so_without_data(client, delivery, link, settings) -> None:
    good = link(delivery)
    stranger = Links("another secret that has enough letters")
    forged = "/i/" + stranger.token(delivery.pk, datetime.now(UTC) + timedelta(hours=1))
    others = [good[:-1] + ("A" if good[-1] != "A" else "B"), good[:-4], good + "A", forged]
    for path in [*others, link(delivery, "something else"), "/i/x", "/i/%00", "/i/é"]:
        for answer in (client.get(path), send(client, path, choice="fine")):
            page = answer.get_data(as_text=True)
            assert answer.status_code == 404, path
            assert "This link does not work" in page
            assert "Harbour" not in page
    assert replies(delivery) == []


def test_a_link_whose_time_is_over_says_so_without_data(client, delivery, link) -> None:
    over = [
        link(delivery, ends=timedelta(seconds=-10)),
        link(planned(status="completed")),
        link(planned(status="cancelled")),
        link(planned(ahead=-3)),
    ]
    for path in over:
        for answer in (client.get(path), send(client, path, choice="fine")):
            assert answer.status_code == 410
            assert "This link has expired" in answer.get_data(as_text=True)
            assert "Harbour" not in answer.get_data(as_text=True)
    assert Reply.across_tenants().count() == 0


def test_nobody_answers_without_end(client, delivery, link) -> None:
    path = link(delivery)
    for n in range(20):
        assert send(client, path, note=f"answer {n}").status_code == 303
    answer = send(client, path, note="one more")
    assert answer.status_code == 429
    assert "Please call us" in answer.get_data(as_text=True)
    assert len(replies(delivery)) == 20


def test_the_page_trusts_nobody_and_tells_nobody(client, delivery, link) -> None:
    headers = client.get(link(delivery)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "no-store"


def test_a_name_of_a_company_cannot_become_markup(client, settings, link) -> None:
    factories.tenant(name='<script>alert("x")</script> {ask}')
    page = shown(client, link(planned()))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_every_language_has_every_word() -> None:
    from app.web.link.words import WORDS

    english = WORDS["en"]
    for language, words in WORDS.items():
        assert set(words) == set(english), language
        for name, text in words.items():
            fields = set(re.findall(r"\{\w+\}", text))
            assert fields == set(re.findall(r"\{\w+\}", english[name])), (language, name)

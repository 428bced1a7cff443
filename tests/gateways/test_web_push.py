"""Web Push: sealed for one browser, signed as ours, and every answer means something."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from app.gateways import (
    Answered,
    NotAnswered,
    PushAccepted,
    PushGone,
    PushNotTaken,
    PushRefused,
    PushRequest,
    PushThrottled,
    PushTooLarge,
)
from app.gateways.web_push import WebPush
from app.gateways.webhook_posts import WebhookPosts
from app.rules import vapid
from tests.push_service import Browser, PushService, push_service

SUBJECT = "mailto:operator@harbour.example"
PRIVATE = vapid.new_private_key()
KEY = vapid.public_key(PRIVATE)
CONTENT = {"text": "Arrêt 12 : nouvelles consignes", "version": 3}


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as made:
        yield made


def sender(private: str = PRIVATE, seconds: float = 60.0) -> WebPush:
    return WebPush(private, SUBJECT, WebhookPosts(to_loopback=True, seconds=seconds))


def request(browser: Browser, **but) -> PushRequest:
    given = browser.subscription
    basics = {
        "endpoint": given["endpoint"],
        **given["keys"],
        "body": json.dumps(CONTENT).encode(),
        "topic": "a" * 24,
        "seconds": 3600,
    }
    return PushRequest(**{**basics, **but})


def sent(browser: Browser, push: WebPush | None = None, **but):
    (result,) = (push or sender()).send([request(browser, **but)])
    return result


def test_a_browser_can_read_it_and_nobody_on_the_way(service) -> None:
    browser = service.browser(KEY)
    assert sent(browser, urgency="high") == PushAccepted()
    (got,) = browser.got
    assert got.content == CONTENT
    assert b"nouvelles" not in got.sealed
    wanted = {"ttl": "3600", "urgency": "high", "topic": "a" * 24, "content-encoding": "aes128gcm"}
    assert wanted.items() <= got.headers.items()
    assert got.claims["sub"] == SUBJECT
    assert got.claims["aud"] == service.origin
    assert got.claims["exp"] - time.time() == pytest.approx(12 * 3600, abs=30)
    assert service.refused == []


def test_the_same_message_is_sealed_anew_for_each_browser(service) -> None:
    browsers = [service.browser(KEY) for _ in range(3)]
    results = sender().send([request(each) for each in browsers])
    assert results == [PushAccepted()] * 3
    assert [each.got[0].content for each in browsers] == [CONTENT] * 3
    assert len({each.got[0].sealed for each in browsers}) == 3


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (200, PushAccepted()),
        (202, PushAccepted()),
        (404, PushGone()),
        (410, PushGone()),
        (413, PushTooLarge()),
        (429, PushThrottled()),
        (400, PushRefused("status 400")),
        (401, PushRefused("status 401", ours=True)),
        (403, PushRefused("status 403", ours=True)),
        (408, PushNotTaken("status 408")),
        (500, PushNotTaken("status 500")),
        (503, PushNotTaken("status 503")),
    ],
)
def test_every_answer_means_something(service, status, meaning) -> None:
    browser = service.browser(KEY)
    browser.statuses = [status]
    assert sent(browser) == meaning


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_busy_says_for_how_long(service, status) -> None:
    browser = service.browser(KEY)
    browser.statuses, browser.answer_headers = [status], {"Retry-After": "120"}
    assert sent(browser).retry_after == 120.0


def test_who_says_nothing_is_not_waited_for_and_keeps_no_other_waiting(service) -> None:
    slow, quick = service.browser(KEY), service.browser(KEY)
    slow.delay = 30.0
    results = sender(seconds=5).send([request(slow), request(quick)])
    assert results == [PushNotTaken("no answer in time"), PushAccepted()]


def test_nobody_is_followed_elsewhere(service) -> None:
    here, there = service.browser(KEY), service.browser(KEY)
    here.statuses, here.answer_headers = [307], {"Location": there.endpoint}
    assert sent(here) == PushRefused("status 307")
    assert there.asked == 0


def test_who_signs_with_another_key_is_refused(service) -> None:
    browser = service.browser(KEY)
    assert sent(browser, sender(vapid.new_private_key())) == PushRefused("status 403", ours=True)
    assert service.refused == ["another key than it subscribed under"]


def test_what_is_too_long_is_too_large(service) -> None:
    assert sent(service.browser(KEY), body=b"x" * 5000) == PushTooLarge()


@pytest.mark.parametrize(
    "keys", [{"p256dh": "A" * 87}, {"p256dh": "no!"}, {"auth": ""}, {"p256dh": ""}]
)
def test_keys_that_nothing_fits_keep_no_other_from_theirs(service, keys) -> None:
    broken, good = service.browser(KEY), service.browser(KEY)
    results = sender().send([request(broken, **keys), request(good)])
    assert isinstance(results[0], PushRefused)
    assert results[1] == PushAccepted()
    assert broken.asked == 0


def test_an_address_inside_our_own_network_is_not_gone_to(service) -> None:
    browser = service.browser(KEY)
    guarded = WebPush(PRIVATE, SUBJECT, WebhookPosts())
    assert sent(browser, guarded) == PushNotTaken("the address is not of the public internet")
    assert browser.asked == 0


class Posts:
    """Keeps what it is to post."""

    def __init__(self) -> None:
        self.parcels = []

    def send(self, parcels) -> list[Answered | NotAnswered]:
        self.parcels += parcels
        return [Answered(201, 1) for _ in parcels]


@pytest.mark.parametrize(
    ("endpoint", "audience"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:def", "https://fcm.googleapis.com"),
        ("https://Push.example.com:443/x", "https://push.example.com"),
        ("https://push.example.com:8443/x", "https://push.example.com:8443"),
    ],
)
def test_it_is_signed_for_the_push_services_origin(service, endpoint, audience) -> None:
    from tests.push_service import verified

    posts = Posts()
    browser = service.browser(KEY)
    WebPush(PRIVATE, SUBJECT, posts).send([request(browser, endpoint=endpoint)])
    (parcel,) = posts.parcels
    key, claims = verified(parcel.headers["Authorization"])
    assert (key, claims["aud"]) == (KEY, audience)


def test_no_address_and_no_content_is_ever_printed(service) -> None:
    browser = service.browser(KEY)
    assert browser.endpoint not in repr(request(browser))
    assert "consignes" not in repr(request(browser))

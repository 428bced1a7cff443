"""Webhooks through the API: set up, changed, tried, looked at, and events sent again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from redis import Redis

from app import create_app
from app.models import Event, Posting, Subscription, database
from app.models.audit import AuditEntry
from app.pipeline import event_log
from app.pipeline import post as posting
from app.pipeline.subscriptions import MOST
from app.rules.permissions import FOR_KEYS, Permission, Role
from app.runtime import Runtime
from tests import factories
from tests.pipeline.event_side import FakePosts, publish, subscriber
from tests.web import api_side
from tests.web.api_side import Api

URL = "https://hooks.shop.example/delauto?token=plum"
NOWHERE = "65a1b2c3d4e5f60718293a4b"


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


@pytest.fixture
def at_home(settings) -> Api:
    """The API where events may be sent to our own machine."""
    own = settings.model_copy(update={"webhooks_to_loopback": True})
    return api_side.key_for(create_app(own, Runtime(own)).test_client(), "default")


def made(api: Api, **but: object) -> dict:
    answer = api.post("/webhooks", {"url": URL, **but})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/webhooks/{answer.json['id']}"
    return answer.json


def trial(api: Api, webhook: dict) -> dict:
    answer = api.post(f"/webhooks/{webhook['id']}/test")
    assert answer.status_code == 201, answer.text
    return answer.json


def sent(*statuses: int) -> FakePosts:
    """Everything that is due is sent, and answered so."""
    posts = FakePosts()
    posts.answers(*(statuses or (200,)))
    for each in posting.due(now=datetime.now(UTC)):
        posting.post(each, posts, clock=lambda: datetime.now(UTC))
    return posts


def postings(api: Api, webhook: dict, query: str = "") -> list[dict]:
    answer = api.get(f"/webhooks/{webhook['id']}/postings{query}")
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


def actions() -> list[str]:
    return [each.action for each in AuditEntry.of("default").order_by("sequence")]


def awaited(settings) -> list[str]:
    redis = Redis.from_url(settings.redis_url.get_secret_value())
    return [each.decode() for each in redis.lrange("rq:queue:webhooks", 0, -1)]


def test_a_webhook_is_made_changed_and_deleted(api) -> None:
    webhook = made(api, types=["call.completed"], description="Order desk")
    path = f"/webhooks/{webhook['id']}"
    assert (webhook["url"], webhook["types"]) == (URL, ["call.completed"])
    changed = api.patch(path, {"types": ["*"], "description": ""}, webhook["version"])
    assert (changed.json["types"], changed.json["description"]) == (["*"], "")
    assert changed.json["url"] == URL
    assert api.patch(path, {"types": ["*"]}, webhook["version"]).status_code == 412
    assert api.delete(path, webhook["version"]).status_code == 412
    assert api.delete(path, changed.json["version"]).status_code == 204
    assert api.get(path).status_code == 404
    assert api.get("/webhooks").json["items"] == []
    assert Subscription.of("default").get().secrets == []
    assert actions()[-3:] == ["webhook.created", "webhook.changed", "webhook.deleted"]


def test_the_secret_is_shown_once(api) -> None:
    webhook = made(api)
    assert webhook["secret"].startswith("whsec_")
    read = api.get(f"/webhooks/{webhook['id']}")
    assert read.json["version"] == webhook["version"]
    for text in (read.text, api.get("/webhooks").text):
        assert webhook["secret"] not in text
    kept = [str(list(database()[name].find())) for name in database().list_collection_names()]
    assert not any(webhook["secret"] in each for each in kept)


def test_a_repeated_request_makes_one_and_answers_the_same_secret(api) -> None:
    wish = {"url": URL}
    first, again = (
        api.post("/webhooks", wish, headers={"Idempotency-Key": "one"}) for _ in range(2)
    )
    assert first.json == again.json
    assert Subscription.of("default").count() == 1
    assert first.json["secret"] not in str(list(database().idempotent_answers.find()))


def test_a_new_secret_signs_beside_the_former_for_a_while(api) -> None:
    webhook = made(api)
    path = f"/webhooks/{webhook['id']}/rotate-secret"
    second = api.post(path, {"overlap_hours": 1}).json
    now = datetime.now(UTC)
    kept = Subscription.of("default").get()
    assert kept.signing(now) == [second["secret"], webhook["secret"]]
    assert kept.signing(now + timedelta(hours=2)) == [second["secret"]]
    ends = [each["until"] for each in second["secrets"]]
    assert (ends[0], len(ends)) == (None, 2)
    third = api.post(path, {"overlap_hours": 0}).json
    assert Subscription.of("default").get().signing(now + timedelta(seconds=5)) == [third["secret"]]
    assert actions()[-2:] == ["webhook.rotated", "webhook.rotated"]
    assert api.post(path, {"overlap_hours": 721}).status_code == 400


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://localhost/",
        "https://redis.internal/",
        "https://intranet/",
        "https://hooks.shop.example:6379/",
        "http://hooks.shop.example/",
        "http://localhost:8080/",
        "https://user:pw@hooks.shop.example/",
    ],
)
def test_addresses_inside_are_refused(api, url) -> None:
    answer = api.post("/webhooks", {"url": url})
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json["errors"]] == ["/url"]
    webhook = made(api)
    assert api.patch(f"/webhooks/{webhook['id']}", {"url": url}).status_code == 422
    assert api.get(f"/webhooks/{webhook['id']}").json == {
        name: value for name, value in webhook.items() if name != "secret"
    }


def test_our_own_machine_hears_where_the_setting_lets_it(at_home) -> None:
    assert made(at_home, url="http://localhost:8080/hear")["is_active"] is True
    assert at_home.post("/webhooks", {"url": "http://10.0.0.1:8080/"}).status_code == 422


@pytest.mark.parametrize(
    "types", [["delivery.lost"], ["*", "call.completed"], ["call.completed", "call.completed"]]
)
def test_types_that_cannot_be_are_told(api, types) -> None:
    answer = api.post("/webhooks", {"url": URL, "types": types})
    assert answer.status_code == 422, answer.text
    assert {each["pointer"] for each in answer.json["errors"]} == {"/types"}
    assert "delivery.lost" not in answer.text
    assert api.post("/webhooks", {"url": URL, "types": []}).status_code == 400


def test_a_company_has_only_so_many(api) -> None:
    for _ in range(MOST):
        subscriber()
    assert api.post("/webhooks", {"url": URL}).status_code == 422
    first = api.get("/webhooks?limit=15&sort=created").json
    rest = api.get(f"/webhooks?limit=15&sort=created&cursor={first['next']}").json
    ids = [each["id"] for each in (*first["items"], *rest["items"])]
    assert (len(set(ids)), ids, "next" in rest and rest["next"]) == (MOST, sorted(ids), None)


def test_who_may_only_read_does_not_see_the_receivers_token(client, api) -> None:
    webhook = made(api)
    path = f"/webhooks/{webhook['id']}"
    reader = api_side.key_for(client, "default", [Permission.WEBHOOKS_READ])
    for text in (reader.get(path).text, reader.get("/webhooks").text):
        assert "hooks.shop.example/delauto" in text
        assert "plum" not in text
    for deed in ("/test", "/pause", "/enable", "/rotate-secret", "/replay"):
        assert reader.post(path + deed, {}).status_code == 403
    assert reader.patch(path, {"types": ["*"]}).status_code == 403
    others = api_side.key_for(client, "default", FOR_KEYS - {Permission.WEBHOOKS_READ})
    assert others.get(f"{path}/postings").status_code == 403


def test_only_administrators_see_webhooks(client, api) -> None:
    webhook = made(api)
    boss = api_side.signed_in(client, api_side.person("default", Role.ADMIN))
    assert boss.get(f"/webhooks/{webhook['id']}").status_code == 200
    for role in (Role.DISPATCHER, Role.VIEWER, Role.AGENT):
        other = api_side.signed_in(client, api_side.person("default", role))
        assert other.get("/webhooks").status_code == 403


def test_a_paused_one_hears_what_waited_once_it_is_enabled(settings, api) -> None:
    webhook = made(api)
    path = f"/webhooks/{webhook['id']}"
    paused = api.post(f"{path}/pause").json
    assert (paused["is_active"], paused["disabled_because"]) == (False, "paused")
    assert [each["id"] for each in api.get("/webhooks?is_active=false").json["items"]] == [
        webhook["id"]
    ]
    assert api.get("/webhooks?is_active=true").json["items"] == []
    for deed, body in (("test", None), ("replay", {"since": "2026-01-01T00:00:00Z"})):
        refused = api.post(f"{path}/{deed}", body)
        assert (refused.status_code, "enable" in refused.json["detail"]) == (409, True)
    assert awaited(settings) == []
    enabled = api.post(f"{path}/enable").json
    assert (enabled["is_active"], enabled["disabled_at"]) == (True, None)
    assert awaited(settings) == [f"post_events-{webhook['id']}"]
    assert actions()[-2:] == ["webhook.changed", "webhook.changed"]


def test_a_trial_is_sent_and_its_posting_says_how_it_went(settings, api) -> None:
    webhook = made(api)
    posted = trial(api, webhook)
    assert (posted["type"], posted["status"], posted["last_try"]) == (
        "webhook.test", "pending", None,
    )  # fmt: skip
    assert awaited(settings) == [f"post_events-{webhook['id']}"]
    (parcel,) = sent(503).sent
    path = f"/webhooks/{webhook['id']}/postings/{posted['id']}"
    failed = api.get(path).json
    assert (failed["status"], failed["tried"]) == ("pending", 1)
    assert [(each["status"], each["answer"]) for each in failed["tries"]] == [(503, "body")]
    assert failed["last_try"] == failed["tries"][0]
    assert api.ask("GET", path).json["event"]["id"] == posted["event_id"]
    assert Event.of("default").get().type == failed["event"]["type"]
    assert failed["event"] == json.loads(parcel.body)
    assert actions()[-1] == "webhook.tested"


def test_postings_come_in_pages_and_by_their_state(api) -> None:
    webhook = made(api)
    ids = [trial(api, webhook)["id"] for _ in range(3)]
    sent(200)
    ids.append(trial(api, webhook)["id"])
    assert [each["id"] for each in postings(api, webhook)] == ids[::-1]
    assert [each["id"] for each in postings(api, webhook, "?sort=created")] == ids
    assert [each["id"] for each in postings(api, webhook, "?status=pending")] == ids[3:]
    both = "?status=pending&status=taken&limit=2"
    first = api.get(f"/webhooks/{webhook['id']}/postings{both}").json
    assert [each["id"] for each in first["items"]] == [ids[3], ids[2]]
    rest = postings(api, webhook, f"{both}&cursor={first['next']}")
    assert [each["id"] for each in rest] == [ids[1], ids[0]]
    one = rest[0]
    by_event = postings(api, webhook, f"?event_id={one['event_id']}")
    assert [each["id"] for each in by_event] == [one["id"]]
    assert postings(api, webhook, f"?delivery_id={NOWHERE}") == []
    # One subscriber's postings are not another's.
    assert postings(api, made(api)) == []


def test_one_event_is_sent_again_with_its_id(settings, api) -> None:
    webhook = made(api)
    posted = trial(api, webhook)
    path = f"/webhooks/{webhook['id']}/postings/{posted['id']}/replay"
    hurried = api.post(path)
    assert (hurried.status_code, hurried.json["id"]) == (200, posted["id"])
    sent(200)
    again = api.post(path).json
    assert (again["event_id"], again["replay"]) == (posted["event_id"], 1)
    assert again["id"] != posted["id"]
    assert len(sent(200).sent) == 1
    entry = AuditEntry.of("default").order_by("-sequence").first()
    assert (entry.action, entry.detail) == ("webhook.replayed", {"event": posted["event_id"]})


def test_an_event_that_is_gone_cannot_be_sent_again(api) -> None:
    webhook = made(api)
    path = f"/webhooks/{webhook['id']}/postings/{trial(api, webhook)['id']}"
    sent(200)
    Event.of("default").delete()
    assert api.get(path).json["event"] is None
    assert api.post(f"{path}/replay").status_code == 404
    assert Posting.of("default").count() == 1


def test_what_was_missed_in_a_range_is_sent_again(settings, api, monkeypatch) -> None:
    monkeypatch.setattr("app.web.api.webhook_postings.MOST_REPLAYED", 2)
    webhook = made(api)
    since = datetime.now(UTC) - timedelta(minutes=1)
    trials = [trial(api, webhook) for _ in range(3)]
    sent(200)
    missed = trial(api, webhook)
    Posting.of("default", pk=missed["id"]).update(set__status="given_up", unset__next_at=True)
    path = f"/webhooks/{webhook['id']}/replay"
    first = api.post(path, {"since": since.isoformat()}).json
    assert first == {"events": 0, "next": trials[1]["event_id"]}
    rest = api.post(path, {"since": since.isoformat(), "after": first["next"]}).json
    assert rest["events"] == 1
    assert [json.loads(each.body)["id"] for each in sent(200).sent] == [missed["event_id"]]
    everything = api.post(path, {"since": since.isoformat(), "only_missed": False}).json
    assert everything["events"] == 2
    before = {"since": (since - timedelta(days=1)).isoformat(), "until": since.isoformat()}
    assert api.post(path, before).json == {"events": 0, "next": None}
    assert actions()[-1] == "webhook.replayed"


def test_a_range_that_ends_before_it_begins_is_refused(api) -> None:
    path = f"/webhooks/{made(api)['id']}/replay"
    times = {"since": "2026-11-20T06:00:00Z", "until": "2026-11-20T06:00:00Z"}
    answer = api.post(path, times)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/until")
    assert api.post(path, {"since": "2026-11-20T06:00:00"}).status_code == 400


def test_a_repeated_replay_sends_once(api) -> None:
    webhook = made(api)
    trial(api, webhook)
    sent(200)
    wish = {"since": "2026-01-01T00:00:00Z", "only_missed": False}
    path = f"/webhooks/{webhook['id']}/replay"
    answers = [api.post(path, wish, headers={"Idempotency-Key": "k"}).json for _ in range(2)]
    assert answers[0] == answers[1] == {"events": 1, "next": None}
    assert Posting.of("default", replay__gt=0).count() == 1


def test_another_companys_webhooks_are_not_there(client, api) -> None:
    webhook = made(api)
    posted = trial(api, webhook)
    other = api_side.key_for(client, "other")
    own = made(other)
    path = f"/webhooks/{webhook['id']}"
    one = f"{path}/postings/{posted['id']}"
    before = database().webhook_subscriptions.find_one({"tenant_id": "default"})
    asked = [
        other.get(path),
        other.patch(path, {"types": ["*"]}),
        other.delete(path),
        *(other.post(path + deed, {}) for deed in ("/rotate-secret",)),
        *(other.post(path + deed) for deed in ("/pause", "/enable", "/test")),
        other.post(f"{path}/replay", {"since": "2026-01-01T00:00:00Z"}),
        other.get(f"{path}/postings"),
        other.get(one),
        other.post(f"{one}/replay"),
        # Nor by way of a webhook of their own.
        other.get(f"/webhooks/{own['id']}/postings/{posted['id']}"),
        other.post(f"/webhooks/{own['id']}/postings/{posted['id']}/replay"),
    ]
    assert [(each.status_code, each.text) for each in asked if each.status_code != 404] == []
    assert database().webhook_subscriptions.find_one({"tenant_id": "default"}) == before
    assert [each["id"] for each in other.get("/webhooks").json["items"]] == [own["id"]]
    assert Posting.of("other").count() == 0


def test_a_replay_of_a_range_sends_nothing_of_another_company(client, api) -> None:
    trial(api, made(api))
    other = api_side.key_for(client, "other")
    path = f"/webhooks/{made(other)['id']}/replay"
    assert other.post(path, {"since": "2026-01-01T00:00:00Z"}).json["events"] == 0


def test_every_list_of_postings_rests_on_an_index(settings) -> None:
    hook, other = subscriber(), subscriber()
    many = [
        {"tenant_id": "default", "subscription_id": each.pk, "event_id": ObjectId(), "replay": 0,
         "type": "webhook.test", "status": status}
        for _ in range(200) for each in (hook, other) for status in ("pending", "taken")
    ]  # fmt: skip
    database().event_postings.insert_many(many)
    filters = [{}, {"status": ["pending"]}, {"status": ["taken", "given_up"]},
               {"event_id": many[0]["event_id"]}, {"delivery_id": ObjectId()}]  # fmt: skip
    for chosen in filters:
        query = {"tenant_id": "default", **event_log.chosen(hook.pk, **chosen)}
        for way in (1, -1):
            page = database().event_postings.find(query).sort([("_id", way)]).limit(51)
            plan = str(page.explain()["queryPlanner"]["winningPlan"])
            assert "COLLSCAN" not in plan
            # What is about one event or delivery is little, and may be sorted.
            if "event_id" not in chosen and "delivery_id" not in chosen:
                assert "'SORT'" not in plan, chosen


def test_events_of_deliveries_are_found_by_the_delivery(api) -> None:
    webhook = made(api)
    Subscription.of("default").update(set__created_at=datetime.now(UTC) - timedelta(minutes=1))
    delivery = factories.delivery()
    answer = api.post(f"/deliveries/{delivery.pk}/cancel", {"reason": "sold out"})
    assert answer.status_code == 200, answer.text
    publish()
    posted = postings(api, webhook, f"?delivery_id={delivery.pk}")
    told = {(each["type"], each["delivery_id"]) for each in posted}
    assert told == {(f"delivery.{name}", str(delivery.pk)) for name in ("cancelled", "skipped")}

"""What every route of the API does alike, on the resource of customers."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from app.models import Customer
from app.models.audit import AuditEntry
from app.rules.permissions import Permission, Role
from tests.web import api_side
from tests.web.api_side import Api

CASEY = {"name": "Casey Jones", "phone": "(415) 555-0123", "address": "12 Mill Lane"}


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def made(api: Api, **but: object) -> dict:
    answer = api.post("/customers", {**CASEY, **but})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_customer_is_made_read_changed_and_put_away(api) -> None:
    customer = made(api)
    assert customer["phone"] == "+14155550123"
    path = f"/customers/{customer['id']}"
    read = api.get(path)
    assert read.json == customer
    assert read.headers["ETag"] == f'"{customer["version"]}"'
    changed = api.patch(
        path, {"address": None, "preferences": {"language": "es"}}, customer["version"]
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json["address"], changed.json["name"]) == (None, "Casey Jones")
    assert changed.json["preferences"]["language"] == "es"
    assert api.delete(path, customer["version"]).status_code == 412
    assert api.delete(path, changed.json["version"]).status_code == 204
    assert api.get(path).status_code == 404
    assert api.get("/customers").json["items"] == []
    actions = [each.action for each in AuditEntry.of("default").order_by("sequence")]
    assert actions[-3:] == ["customer.created", "customer.changed", "customer.deleted"]


def test_who_saw_an_older_version_changes_nothing(api) -> None:
    customer = made(api)
    path = f"/customers/{customer['id']}"
    assert api.patch(path, {"name": "First"}, customer["version"]).status_code == 200
    late = api.patch(path, {"name": "Second"}, customer["version"])
    assert late.status_code == 412
    assert late.json["type"].endswith("#changed-meanwhile")
    assert api.get(path).json["name"] == "First"
    assert api.patch(path, {"name": "Second"}, None).status_code == 428


@pytest.mark.parametrize("form", ["{}", '"{}"', 'W/"{}"', '"another", W/"{}"'])
def test_a_version_is_known_however_it_comes_back(api, form) -> None:
    customer = made(api)
    path, tag = f"/customers/{customer['id']}", form.format(customer["version"])
    answer = api.ask("PATCH", path, json={"name": "First"}, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    late = api.ask("PATCH", path, json={"name": "Second"}, headers={"If-Match": tag})
    assert late.status_code == 412


def test_a_repeated_post_is_done_once_and_answered_the_same(api) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first = api.post("/customers", CASEY, headers=headers)
    again = api.post("/customers", CASEY, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Customer.of("default").count() == 1
    other = api.post("/customers", {**CASEY, "name": "Other"}, headers=headers)
    assert other.status_code == 422
    assert other.json["type"].endswith("#idempotency-key-reused")


def test_what_was_refused_may_be_sent_again_with_the_same_key(api) -> None:
    first = made(api)
    headers = {"Idempotency-Key": "k"}
    assert api.post("/customers", CASEY, headers=headers).status_code == 409
    assert api.delete(f"/customers/{first['id']}").status_code == 204
    assert api.post("/customers", CASEY, headers=headers).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "é", "a b"])
def test_an_odd_idempotency_key_is_told(api, key) -> None:
    answer = api.post("/customers", CASEY, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert answer.json["errors"][0]["name"] == "Idempotency-Key"


def test_everything_that_is_wrong_is_told_at_once_and_where(api) -> None:
    wrong = {
        "name": 5,
        "phone": {"$gt": ""},
        "preferences": {"preferred_days": ["sunday", "x"]},
        "is_admin": True,
    }
    answer = api.post("/customers", wrong)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    where = {error["pointer"] for error in answer.json["errors"]}
    assert where == {"/name", "/phone", "/preferences/preferred_days/1", "/is_admin"}
    assert all(error["detail"] for error in answer.json["errors"])


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"nul", b'{"name": "\xff"}', b"[" * 30_000, b'{"a":' * 10_000,
     b'{"name": "\\ud800"}'],
)  # fmt: skip
def test_what_is_no_json_is_told(api, raw) -> None:
    answer = api.ask("POST", "/customers", data=raw, content_type="application/json")
    assert answer.status_code == 400, answer.text
    assert answer.json["mend"].startswith("Mend each") is bool(answer.json["errors"])
    assert answer.content_type == "application/problem+json"


def test_a_body_of_another_type_or_too_large_is_told(api) -> None:
    assert (
        api.ask("POST", "/customers", data="name=x", content_type="text/plain").status_code == 415
    )
    large = json.dumps({"name": "x" * 70_000})
    answer = api.ask("POST", "/customers", data=large, content_type="application/json")
    assert (answer.status_code, answer.json["detail"]) == (
        413,
        "The body may have at most 65,536 bytes here.",
    )


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"name": "a\nb"}, "on one line"),
        ({"email": "nobody"}, "like dana@example.com"),
        ({"preferences": {"preferred_times": ["noon"]}}, "like 09:00-20:00"),
        ({"preferences": {"language": "it"}}, "must be en, es, fr or de"),
    ],
)
def test_the_form_of_a_text_is_told_in_words(api, sent, says) -> None:
    answer = api.post("/customers", {"name": "Casey", "phone": "+14155550123", **sent})
    (error,) = answer.json["errors"]
    assert says in error["detail"]
    assert not set("^$\\[") & set(error["detail"])


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        ("2026-11-20T15:30:00", "lacks its offset from UTC"),
        ("2026-11-20T15:30", "lacks its offset from UTC"),
        ("2026-11-20T15:30:00+01:00", "write + as %2B"),
        ("noon", "as RFC 3339 writes it"),
    ],
)
def test_what_a_time_lacks_is_told(api, moment, says) -> None:
    answer = api.get(f"/deliveries?scheduled_from={moment}")
    assert answer.status_code == 400
    assert says in answer.json["errors"][0]["detail"]


def test_pages_follow_one_another_whatever_is_added(api) -> None:
    for number in range(7):
        made(api, name=f"Customer {number}", phone=f"+1415555{number:04}")
    for sort, names in (
        ("created", [0, 1, 2, 3, 4, 5, 6]),
        ("-created", [6, 5, 4, 3, 2, 1, 0]),
        ("name", [0, 1, 2, 3, 4, 5, 6]),
    ):
        seen, cursor = [], ""
        while True:
            page = api.get(f"/customers?limit=3&sort={sort}&fields=name{cursor}")
            assert page.status_code == 200, page.text
            seen += [each["name"] for each in page.json["items"]]
            assert all(set(each) == {"name"} for each in page.json["items"])
            if not page.json["next"]:
                break
            cursor = f"&cursor={page.json['next']}"
        assert seen == [f"Customer {number}" for number in names]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "limit=1&limit=2", "colour=red", "fields=password", "sort=phone",
     "cursor=abc", "cursor=e30", "phone[$gt]=", "phone=abc", "limit=99999999999999999999"],
)  # fmt: skip
def test_a_list_refuses_what_it_does_not_know(api, query) -> None:
    answer = api.get(f"/customers?{query}")
    assert answer.status_code in (400, 422)
    assert answer.json["errors"][0]["source"] == "query"


def test_a_cursor_of_another_order_is_refused(api) -> None:
    for number in range(3):
        made(api, phone=f"+1415555{number:04}")
    cursor = api.get("/customers?limit=1&sort=name").json["next"]
    assert api.get(f"/customers?cursor={cursor}").status_code == 422


def test_customers_are_found_by_number_and_by_how_their_name_begins(api) -> None:
    made(api, name="Zoë Quinn", phone="+14155550001")
    made(api, name="Casey Jones", phone="+14155550002")
    assert [c["name"] for c in api.get("/customers?name=zoe").json["items"]] == ["Zoë Quinn"]
    assert [c["name"] for c in api.get("/customers?phone=4155550002").json["items"]] == [
        "Casey Jones"
    ]
    assert api.get("/customers?name=q").json["items"] == []


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic eDp5", "Bearer nonsense", "Bearer da_live_x_y",
     "Bearer " + "x" * 5000],
)  # fmt: skip
def test_who_is_nobody_is_told_how_to_be_somebody(client, settings, header) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = client.get("/api/v1/customers", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["detail"]


def test_a_missing_permission_is_named(client, settings) -> None:
    api = api_side.key_for(client, "default", {Permission.CUSTOMERS_READ})
    answer = api.post("/customers", CASEY)
    assert answer.status_code == 403
    assert "customers:write" in answer.json["detail"]


def test_another_companys_customers_are_not_there(client, api) -> None:
    path = f"/customers/{made(api)['id']}"
    other = api_side.key_for(client, "other")
    assert other.get(path).status_code == 404
    assert other.patch(path, {"name": "Mine"}).status_code == 404
    assert other.delete(path).status_code == 404
    assert other.get("/customers").json["items"] == []
    assert made(other)["id"] != path


def test_an_access_token_opens_what_its_role_may(client, settings) -> None:
    viewer = api_side.signed_in(client, api_side.person("default", Role.VIEWER))
    assert viewer.get("/customers").status_code == 200
    assert viewer.post("/customers", CASEY).status_code == 403


def test_after_so_many_requests_comes_429_and_how_long_to_wait(client, settings) -> None:
    api = api_side.key_for(client, "default", requests=2)
    first = api.get("/customers")
    assert first.headers["RateLimit-Policy"] == '"key";q=2;w=900'
    assert first.headers["RateLimit"].startswith('"key";r=1;t=')
    assert api.get("/customers").status_code == 200
    refused = api.get("/customers")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 900
    assert api_side.key_for(client, "default").get("/customers").status_code == 200


def test_an_unknown_address_or_method_is_a_problem_as_well(api) -> None:
    assert api.get("/nothing").content_type == "application/problem+json"
    assert api.get("/customers/xyz").status_code == 404
    answer = api.ask("PUT", "/customers")
    assert answer.status_code == 405
    assert answer.headers["Allow"]


def test_reading_what_one_has_already_costs_nothing(api) -> None:
    customer = made(api)
    tag = {"If-None-Match": f'"{customer["version"]}"'}
    answer = api.ask("GET", f"/customers/{customer['id']}", headers=tag)
    assert (answer.status_code, answer.data) == (304, b"")

"""Where an agent's pushes go, through the API: several browsers, each of one agent at a time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app import create_app
from app.models import Agent
from app.models.audit import AuditEntry
from app.pipeline import devices
from app.rules import vapid
from app.rules.permissions import Role
from app.runtime import Runtime
from app.web.api.agent_devices import PushSubscription
from tests.push_service import PushService, push_service
from tests.web import api_side
from tests.web.api_side import Api

(EXAMPLE,) = PushSubscription.model_config["json_schema_extra"]["examples"]


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as made:
        yield made


@pytest.fixture
def dana(client) -> Agent:
    return api_side.person("default", Role.AGENT, 1)


@pytest.fixture
def driver(client, dana) -> Api:
    return api_side.signed_in(client, dana)


def subscribed(api: Api, agent: Agent, **but) -> int:
    path = f"/agents/{agent.pk}/push-subscription"
    return api.ask("PUT", path, json={**EXAMPLE, **but}).status_code


def named(name: str) -> str:
    return f"https://push.example.com/{name}"


def endpoints(agent: Agent) -> list[str]:
    return [each.subscription["endpoint"] for each in agent.reload().push_devices]


def test_a_browser_is_told_the_key_under_which_it_subscribes(driver, settings) -> None:
    answer = driver.get("/agents/push-key")
    private = settings.vapid_private_key.get_secret_value()
    assert answer.json == {"public_key": vapid.public_key(private)}
    assert private not in answer.text


def test_pushes_go_where_the_browsers_said_until_they_say_nowhere(driver, dana) -> None:
    path = f"/agents/{dana.pk}"
    for name in ("telephone", "tablet"):
        assert subscribed(driver, dana, endpoint=named(name)) == 204
    assert driver.get(path).json["receives_pushes"] is True
    assert endpoints(dana) == [named("telephone"), named("tablet")]
    assert driver.ask("DELETE", f"{path}/push-subscription").status_code == 204
    assert driver.get(path).json["receives_pushes"] is False
    actions = [each.action for each in AuditEntry.of("default").order_by("sequence")]
    assert actions[-3:] == ["agent.reported"] * 3


def test_one_browser_is_forgotten_and_the_others_stay(driver, dana) -> None:
    for name in ("telephone", "tablet"):
        subscribed(driver, dana, endpoint=named(name))
    path = f"/agents/{dana.pk}/push-subscription/forget"
    for _ in range(2):
        assert driver.post(path, {"endpoint": named("telephone")}).status_code == 204
    assert endpoints(dana) == [named("tablet")]


def test_the_newest_five_are_kept(driver, dana) -> None:
    for number in range(devices.MOST + 2):
        subscribed(driver, dana, endpoint=named(str(number)))
    assert endpoints(dana) == [named(str(number)) for number in range(2, devices.MOST + 2)]


def test_a_browser_that_says_it_again_is_one_device_with_its_newest_keys(driver, dana) -> None:
    subscribed(driver, dana, endpoint=named("telephone"))
    subscribed(driver, dana, endpoint=named("tablet"))
    before = {each.fingerprint: each.id for each in dana.reload().push_devices}
    keys = {**EXAMPLE["keys"], "auth": "A" * 22}
    assert subscribed(driver, dana, endpoint=named("telephone"), keys=keys) == 204
    assert endpoints(dana) == [named("tablet"), named("telephone")]
    assert dana.push_devices[-1].subscription["auth"] == "A" * 22
    assert {each.fingerprint: each.id for each in dana.push_devices} == before


@pytest.mark.parametrize("company", ["default", "other"])
def test_a_telephone_that_changes_hands_shows_one_agents_pushes_alone(
    client, driver, dana, company
) -> None:
    subscribed(driver, dana, endpoint=named("telephone"))
    subscribed(driver, dana, endpoint=named("tablet"))
    robin = api_side.person(company, Role.AGENT, 2)
    other = api_side.signed_in(client, robin)
    assert subscribed(other, robin, endpoint=named("telephone")) == 204
    assert (endpoints(dana), endpoints(robin)) == ([named("tablet")], [named("telephone")])


def test_nobody_subscribes_for_somebody_else(client, driver, dana) -> None:
    robin = api_side.person("default", Role.AGENT, 2)
    assert subscribed(driver, robin) == 404
    forget = f"/agents/{robin.pk}/push-subscription/forget"
    assert driver.post(forget, {"endpoint": named("x")}).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"endpoint": "http://push.example.com/abc"}, "/endpoint"),
        ({"endpoint": "https://127.0.0.1/abc"}, "/endpoint"),
        ({"endpoint": "https://169.254.169.254/latest"}, "/endpoint"),
        ({"endpoint": "https://mongo.internal/abc"}, "/endpoint"),
        ({"endpoint": "https://push.example.com:27017/abc"}, "/endpoint"),
        ({"keys": {**EXAMPLE["keys"], "p256dh": "A" * 87}}, "/keys/p256dh"),
        ({"keys": {**EXAMPLE["keys"], "auth": "A" * 24}}, "/keys/auth"),
    ],
)
def test_what_nothing_could_be_sent_to_is_refused_and_told_where(
    driver, dana, wrong, pointer
) -> None:
    path = f"/agents/{dana.pk}/push-subscription"
    answer = driver.ask("PUT", path, json={**EXAMPLE, **wrong})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert endpoints(dana) == []


def test_our_own_machine_is_an_address_where_the_operator_allows_it(
    settings, dana, service
) -> None:
    own = settings.model_copy(update={"webhooks_to_loopback": True})
    client = create_app(own, Runtime(own)).test_client()
    driver = api_side.signed_in(client, dana)
    key = driver.get("/agents/push-key").json["public_key"]
    assert subscribed(driver, dana, **service.browser(key).subscription) == 204


def test_without_a_key_of_ours_nobody_can_subscribe(settings, dana) -> None:
    off = settings.model_copy(update={"vapid_private_key": None, "vapid_subject": None})
    driver = api_side.signed_in(create_app(off, Runtime(off)).test_client(), dana)
    assert driver.get("/agents/push-key").json == {"public_key": None}
    answer = driver.ask("PUT", f"/agents/{dana.pk}/push-subscription", json=EXAMPLE)
    assert (answer.status_code, "VAPID_PRIVATE_KEY" in answer.json["detail"]) == (409, True)


def test_who_is_let_go_has_no_devices_any_more(client, driver, dana) -> None:
    subscribed(driver, dana)
    api = api_side.key_for(client, "default")
    version = api.get(f"/agents/{dana.pk}").json["version"]
    assert api.delete(f"/agents/{dana.pk}", version).status_code == 204
    assert endpoints(dana) == []

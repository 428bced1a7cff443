"""What is left of a delivery whose customer was erased, wherever it is still shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import create_app
from app.models import Delivery, Event, Subscription
from app.pipeline.erase import erase
from app.rules.permissions import Role
from app.runtime import Runtime
from tests import factories
from tests.pipeline import event_side
from tests.pipeline.test_erase import Books
from tests.web import api_side, page_side
from tests.web.api_world import World
from tests.web.test_api_permissions import GUARDED, asked

PAGES = (
    "/", "/board/rows", "/plan", "/plan/map", "/plan/assign", "/plan/suggestion", "/reviews",
    "/figures", "/agent", "/deliveries/{id}", "/deliveries/{id}/now",
)  # fmt: skip


@pytest.fixture
def client(settings, runtime):
    generous = settings.model_copy(update={"api_rate_user": "1000000/60"})
    return create_app(generous, Runtime(generous)).test_client()


@pytest.fixture
def driver(settings) -> Any:
    api_side.company("default")
    return page_side.person("agent")


@pytest.fixture
def world(runtime, driver) -> World:
    """Two deliveries of the driver's today; the customer of the first was erased since."""
    now = datetime.now(UTC)
    made = World.filled("default", now=now, driver=driver)
    today: dict[str, Any] = {
        "agent_id": driver.pk, "status": "assigned", "scheduled_time": now + timedelta(minutes=5),
    }  # fmt: skip
    number = factories.number()
    gone = factories.delivery(customer=factories.customer(phone=number), **today)
    factories.call(gone, status="completed", in_flight=False)
    factories.delivery(**today)
    erase(number, runtime.bucket, Books(), by="dot", now=now)
    return World("default", made.ids | {"delivery_id": str(gone.pk)})


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AGENT])
def test_every_route_answers(client, driver, world, role) -> None:
    person = driver if role is Role.AGENT else api_side.person("default", role)
    api = api_side.signed_in(client, person)
    for operation in GUARDED:
        status, text = asked(api, operation, world)
        assert status < 500, (operation.name, text[:500])
        assert '"None"' not in text, operation.name
    shown = api.get(f"/deliveries/{world.ids['delivery_id']}").json
    assert shown["customer_id"] is None
    # Who else they deliver to is still theirs to see.
    assert len(api.get("/customers").json["items"]) >= 1


@pytest.mark.parametrize("role", ["dispatcher", "agent"])
def test_every_page_opens(client, driver, world, role) -> None:
    browser = page_side.browser(client, driver if role == "agent" else page_side.person(role))
    for page in PAGES:
        answer = browser.get(page.format(id=world.ids["delivery_id"]))
        assert answer.status_code < 500, page
        assert ">None<" not in answer.text, page


def test_shippers_hear_of_no_customer(client, world) -> None:
    Subscription.of("default").delete()
    event_side.subscriber()
    api = api_side.signed_in(client, api_side.person("default", Role.DISPATCHER))
    path = f"/deliveries/{world.ids['delivery_id']}"
    for deed in ("start", "complete"):
        assert api.post(f"{path}/{deed}").status_code == 200, deed
    event_side.publish()
    gone = Delivery.of("default", pk=world.ids["delivery_id"]).get()
    facts = [each.data["delivery"] for each in Event.of("default", delivery_id=gone.pk)]
    assert facts
    assert [each["customer_id"] for each in facts] == [None] * len(facts)

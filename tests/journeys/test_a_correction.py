"""A dispatcher puts right what was understood: the driver reads it, and it can be learnt from."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from click.testing import CliRunner

from app import queues
from app.models import DEFAULT_TENANT, Agent, PushMessage
from app.pipeline.correct import Wish, correct
from app.pipeline.labelled import labelled
from app.rules.pseudonyms import Pseudonyms
from app.runtime import Runtime
from local.demo.screens import logged_in
from tests.journeys.conftest import PASSWORD, Product, until
from tools.evaluation.__main__ import main

SHED = {"kind": "leave_at", "place": "shed", "text": "behind the shed"}


def dispatcher() -> Agent:
    known = Agent.of(DEFAULT_TENANT, email="dot@example.com").first()
    return (
        known
        or Agent(
            tenant_id=DEFAULT_TENANT,
            name="Dot Dispatcher",
            phone="+447700900998",
            email="dot@example.com",
            password="never used",
            role="dispatcher",
        ).save()
    )


def test_a_correction_reaches_the_driver_and_the_evaluation(product: Product, tmp_path) -> None:
    delivery = product.settled(product.deliver("leave-behind-planter"), "instructed")
    wish = Wish(directives=[SHED], seen=delivery.analysis_version, by=dispatcher().pk, why="shed")
    began = datetime.now(UTC)
    done = correct(DEFAULT_TENANT, delivery.pk, wish, now=began)
    assert done.tell == (delivery.pk,)
    for each in done.tell:
        Runtime(product.settings).enqueuer.enqueue(queues.TELL, each)

    delivery = product.settled(delivery, "instructed")
    told = PushMessage.of(DEFAULT_TENANT, delivery_id=delivery.pk).order_by("version")
    assert [each.text for each in told] == [
        "Leave it behind the planter.",
        "Leave it behind the shed.",
    ]
    page = until(lambda: driver_page(product, "behind the shed"), "the driver's list")
    assert f'id="delivery-{delivery.pk}"' in page

    exported = export(began)
    assert '"text": "please leave it behind the planter"' in exported
    assert '"place": "shed"' in exported
    labelled = tmp_path / "corrections.jsonl"
    labelled.write_text(exported)
    evaluated = CliRunner().invoke(main, [str(labelled), "--no-speech", "--mistakes"])
    assert evaluated.exit_code == 0, evaluated.output
    # The kind was right, the place was not.
    assert re.search(r"leave_at +1 +1\.000 1\.000 1\.000", evaluated.output)
    assert re.search(r"whole answers right, all slots +0\.000 \(0/1\)", evaluated.output)
    assert "label  leave_at place='shed'" in evaluated.output


def driver_page(product: Product, words: str) -> str | None:
    with logged_in(product.url, product.agent.email, PASSWORD) as telephone:
        page = telephone.get(f"{product.url}/agent", timeout=10).text
    return page if words in page else None


def export(since: datetime) -> str:
    """What `delauto corrections export` prints."""
    found = labelled(DEFAULT_TENANT, since=since, pseudonyms=Pseudonyms(b"a key of this test"))
    return "".join(json.dumps(each.as_dict()) + "\n" for each in found)

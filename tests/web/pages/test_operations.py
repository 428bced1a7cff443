"""The operator's page: what waits, what failed, trying again, and honesty when a part is away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId
from playwright.sync_api import expect

from app import create_app, queues
from app.models import AuditEntry, DeadJob, Heartbeat, Recording, Tenant
from app.pipeline import circuit, dead_jobs
from app.rules import retention
from app.rules.permissions import Role
from app.runtime import Runtime
from app.web.pages.operations import labels
from tests import factories
from tests.browser import DESKTOP, PHONE, passes_axe, shot
from tests.factories import NOW
from tests.web import page_side


@pytest.fixture
def operator(client) -> Any:
    return page_side.browser(client, page_side.person("admin"))


def given_up(tenant_id: str = "default", error: str = "the network has it no more") -> Recording:
    call = factories.call(
        factories.delivery(tenant_id), status="completed", in_flight=False, settled_at=NOW
    )
    recording = factories.recording(call, stage="understood", processing_status="failed")
    dead_jobs.bury(tenant_id, "store", recording.pk, error, now=NOW)
    return recording


def text_of(browser: Any, path: str = "/operations") -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def press(browser: Any, path: str, **fields: str) -> str:
    token = page_side.token_of(browser.get("/operations"))
    answer = browser.post(path, data={"csrf_token": token, **fields}, follow_redirects=True)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def job_of(recording: Recording) -> str:
    return str(DeadJob.of(recording.tenant_id, document_id=recording.pk).get().pk)


def test_what_failed_is_told_with_its_delivery_and_tried_again(operator, runtime) -> None:
    recording = given_up()
    page = text_of(operator)
    assert "Fetch a recording" in page
    assert "the network has it no more" in page
    assert f'href="/deliveries/{recording.delivery_id}"' in page
    after = press(operator, f"/operations/dead-jobs/{job_of(recording)}/retry")
    assert "It is tried again." in after
    assert "nothing came of it yet" in after
    assert recording.reload().stage == "announced"
    assert runtime.waker.depth(queues.ANSWERS) == 1
    (entry,) = AuditEntry.of("default", action="job.retried")
    assert entry.actor.kind == "user"


def test_all_are_tried_again_at_once(operator) -> None:
    for _ in range(3):
        given_up()
    assert "3 are tried again." in press(operator, "/operations/dead-jobs/retry")


def test_putting_one_away_wants_a_reason(operator) -> None:
    where = f"/operations/dead-jobs/{job_of(given_up())}/discard"
    assert "Say why nobody needs" in press(operator, where, reason="  ")
    assert DeadJob.of("default").count() == 1
    assert "It is put away." in press(operator, where, reason="Called by hand")
    assert "Nothing was given up." in text_of(operator)
    assert "not on the list any more" in press(operator, where, reason="Twice")


def test_a_deed_without_our_own_form_is_refused(operator) -> None:
    where = f"/operations/dead-jobs/{job_of(given_up())}/retry"
    assert operator.post(where).status_code in (400, 403)
    assert DeadJob.of("default").get().retried_at is None


def test_what_cannot_be_tried_again_says_why(operator) -> None:
    recording = given_up()
    recording.modify(set__audio_deleted_at=NOW)
    page = press(operator, f"/operations/dead-jobs/{job_of(recording)}/retry")
    assert "its audio was deleted" in page


def test_words_of_an_error_are_text_and_no_page_of_theirs(operator) -> None:
    given_up(error="<script>alert(1)</script>")
    assert "<script>alert(1)" not in text_of(operator)


def test_the_list_is_sent_again_only_when_it_changed(operator) -> None:
    given_up()
    page = text_of(operator)
    digest = page.split("seen=")[1][:16]
    same = operator.get(f"/operations/dead-jobs?seen={digest}")
    assert (same.status_code, same.get_data()) == (204, b"")
    given_up()
    assert operator.get(f"/operations/dead-jobs?seen={digest}").status_code == 200


def test_a_stopped_network_says_how_to_go_on(operator) -> None:
    circuit.failed(circuit.CALLS, "20003", ObjectId(), now=NOW)
    page = text_of(operator)
    assert "The network says 20003" in page
    assert "delauto circuit close calls" in page
    circuit.hold(circuit.MESSAGES, "wrong file", now=NOW)
    assert "Reason: wrong file" in text_of(operator)


def test_a_silent_clock_is_told(operator) -> None:
    assert "never seen: nobody is called" in text_of(operator)
    Heartbeat(name="clock", at=datetime.now(UTC)).save()
    assert "never seen: nobody is called" not in text_of(operator)


def test_what_is_wrong_stands_first_with_what_it_means_and_what_to_do(operator) -> None:
    given_up()
    page = text_of(operator)
    first, _, rest = page.partition("Services</h2>")
    for what, mend in (
        ("Nobody is called: the clock stands still.", "<code>delauto clock</code>"),
        ("Nobody is called: no worker for calls runs.", "<code>delauto worker calls</code>"),
        ("Some work kept failing and was given up.", 'href="#dead-title"'),
        ("There is no backup: a broken disk", "<code>delauto backup FOLDER</code>"),
    ):
        assert what in first
        assert mend in first[first.index(what) :]
        assert what not in rest
    # The gravest first.
    assert first.index("the clock stands still") < first.index("no backup")
    Heartbeat(name="clock", at=datetime.now(UTC)).save()
    assert "the clock stands still" not in text_of(operator)


def test_every_job_and_queue_has_a_name_that_people_know() -> None:
    assert set(labels.JOBS) == set(queues.JOBS)
    assert set(labels.QUEUES) >= set(queues.QUEUES)
    assert set(labels.KEPT) == set(retention.CLASSES)


def test_calls_that_a_person_stopped_are_told_with_the_way_on(operator, client) -> None:
    circuit.hold(circuit.CALLS, "wrong file", now=NOW)
    first = text_of(operator).partition("Services</h2>")[0]
    assert "No calls go out." in first
    assert "Somebody stopped them by hand." in first
    assert "<code>delauto circuit close calls</code>" in first
    # Whose installation it is not can type nothing there.
    Tenant(tenant_id="other", name="Other", callback_number="+14155550100").save()
    other = text_of(page_side.browser(client, page_side.person("admin", "other")))
    assert "Ask whoever runs this installation." in other
    assert "delauto circuit" not in other


def test_storage_that_is_away_is_told_on_top_too(settings) -> None:
    away = settings.model_copy(update={"s3_endpoint_url": "http://127.0.0.1:9"})
    client = create_app(away, Runtime(away)).test_client()
    operator = page_side.browser(client, page_side.person("admin"))
    what = "Recordings can be neither kept nor played"
    assert what in text_of(operator, "/operations?ask=parts").partition("Services</h2>")[0]
    # The page asks for this part by itself, and puts what is wrong on top as well.
    part = operator.get("/operations/parts").get_data(as_text=True)
    assert what in part.partition('<div id="troubles-of-parts" hx-swap-oob="true">')[2]


def test_a_workers_sign_of_life_is_told_in_one_place(operator) -> None:
    Heartbeat(name="speech", at=datetime.now(UTC)).save()
    page = text_of(operator)
    assert page.count("last sign ") == 1
    assert "Last sign of life" not in page


def test_the_parts_are_asked_when_they_are_asked_for(operator) -> None:
    assert "Asking each part" in text_of(operator)
    page = text_of(operator, "/operations?ask=parts")
    assert "Database (MongoDB)" in page
    assert "no clock has run" in page


def test_while_redis_is_away_the_page_tells(settings) -> None:
    elsewhere = type(settings.redis_url)("redis://127.0.0.1:9/0")
    away = settings.model_copy(update={"redis_url": elsewhere})
    client = create_app(away, Runtime(away)).test_client()
    operator = page_side.browser(client, page_side.person("admin"))
    recording = given_up()
    page = text_of(operator)
    assert "Redis is out of reach" in page
    assert "Fetch a recording" in page
    # The sweep finds what no queue took.
    press(operator, f"/operations/dead-jobs/{job_of(recording)}/retry")
    assert recording.reload().stage == "announced"


def test_another_companys_administrator_sees_what_is_theirs_alone(client) -> None:
    Tenant(tenant_id="other", name="Other", callback_number="+14155550100").save()
    given_up(error="of the first company")
    given_up("other", error="of the other company")
    other = page_side.browser(client, page_side.person("admin", "other"))
    page = text_of(other)
    assert "of the other company" in page
    assert "of the first company" not in page
    for theirs in ("Queues, of all companies", "Workers", "Last backup", "all companies",
                   "What everything rests on"):  # fmt: skip
        assert theirs not in page, theirs
    assert other.get("/operations/parts").status_code == 403


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.VIEWER, Role.AGENT])
def test_only_administrators_come_here(client, role) -> None:
    browser = page_side.browser(client, page_side.person(str(role)))
    for path in ("/operations", "/operations/now", "/operations/parts", "/operations/dead-jobs"):
        assert browser.get(path).status_code == 403


@pytest.mark.parametrize("language", ["es", "fr", "de"])
def test_operations_speak_the_readers_language(client, language) -> None:
    given_up()
    browser = page_side.browser(client, page_side.person("admin", language=language))
    page = text_of(browser, "/operations?ask=parts")
    for english in ("Given up", "Fetch a recording", "Try again", "Last backup", "Queues"):
        assert english not in page, english


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_operations_in_a_browser_and_a_dead_job_tried_again(
    open_page, settings, size, scheme
) -> None:
    first, second = given_up(), given_up(error="the network says 404: there is no such recording")
    page = open_page("admin", "/operations", size=size, scheme=scheme)
    expect(page.get_by_text("Asked at")).to_be_visible(timeout=15_000)
    shot(page, f"operations-{scheme}-{size['width']}")
    passes_axe(page)
    page.locator(f"#job-{job_of(first)}").get_by_role("button", name="Try again").click()
    page.get_by_text("It is tried again.").wait_for()
    passes_axe(page, "after trying again")
    failed = page.locator(f"#job-{job_of(second)}")
    failed.locator("summary").click()
    reason = failed.get_by_label("Why does nobody need to look at it?")
    reason.fill("Called by hand")
    # What somebody fills in is left alone while the rest is asked for anew.
    dead_jobs.worked("store", first.pk)
    with page.expect_response("**/operations/now"):
        pass
    page.wait_for_timeout(3000)
    expect(reason).to_have_value("Called by hand")
    failed.get_by_role("button", name="Discard", exact=True).click()
    page.get_by_text("Nothing was given up.").wait_for()


def test_the_page_says_so_when_no_answer_comes_and_when_one_comes_again(open_page) -> None:
    page = open_page("admin", "/operations")
    expect(page.locator("#no-answer")).to_be_hidden()
    silent = page.get_by_role("heading", name="Nobody is called: the clock stands still.")
    expect(silent).to_be_visible()
    Heartbeat(name="clock", at=datetime.now(UTC)).save()
    expect(silent).to_be_hidden(timeout=15_000)
    page.route("**/operations/now", lambda route: route.fulfill(status=503, body="away"))
    page.get_by_text("No answer comes.").wait_for(timeout=15_000)
    page.unroute("**/operations/now")
    expect(page.locator("#no-answer")).to_be_hidden(timeout=15_000)

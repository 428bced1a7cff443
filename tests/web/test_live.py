"""Open pages hear of every change, once, through lost lines and a server that dies."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from app.models import DEFAULT_TENANT, AnalysisRecord, Delivery, PushMessage
from app.models.analysis import DirectiveRecord
from app.pipeline.tell import tell
from app.rules.analysis import Analysis, Directive, Kind
from app.web.live import moments, rooms
from tests import factories
from tests.web.gunicorn_side import Served, serving
from tests.web.live_side import Page, opened, rows, shown
from tests.web.page_side import person


@pytest.fixture(scope="module")
def web(surroundings, migrated, tmp_path_factory) -> Iterator[Served]:
    extra = {"WEB_CONCURRENCY": "1", "WEB_DRAIN_SECONDS": "0"}
    with serving(tmp_path_factory.mktemp("live"), surroundings, **extra) as served:
        yield served


@pytest.fixture
def served(web, settings) -> Served:
    return web


def soon(tenant_id: str = DEFAULT_TENANT, **fields) -> Delivery:
    at = datetime.now(UTC) + timedelta(hours=2)
    return factories.delivery(tenant_id, scheduled_time=at, **fields)


def say(delivery: Delivery, address: str) -> None:
    """Change something that its row shows."""
    Delivery.of(delivery.tenant_id, pk=delivery.pk).update(set__address=address)


def test_a_page_that_was_just_rendered_hears_what_changed_since_and_nothing_twice(served) -> None:
    same, changed, later = (soon() for _ in range(3))
    browser = served.log_in(person("dispatcher"))
    html, address = shown(served, browser)
    assert all(str(each.pk) in html for each in (same, changed, later))
    say(changed, "1 New Street")
    page = Page(served, browser, address)
    events = page.until("row", "1 New Street")
    say(later, "2 New Street")
    events += page.until("row", "2 New Street")
    assert {each.name for each in events} == {"row"}
    assert rows(events) == {str(changed.pk), str(later.pk)}
    page.close()


def test_who_comes_back_hears_what_changed_meanwhile(served) -> None:
    same, first, second = (soon() for _ in range(3))
    browser = served.log_in(person("dispatcher"))
    page = Page(served, browser, "/live")
    page.until("only")
    say(first, "1 New Street")
    page.until("row", "1 New Street")
    page.close()
    say(second, "2 New Street")
    again = Page(served, browser, f"/live?after={page.last_id}")
    events = again.until("row", "2 New Street")
    assert str(same.pk) not in rows(events)
    assert {each.name for each in events} == {"row"}
    again.close()


def test_a_browsers_own_header_says_the_same(served) -> None:
    delivery = soon()
    browser = served.log_in(person("dispatcher"))
    _, address = shown(served, browser)
    say(delivery, "1 New Street")
    last = address.partition("after=")[2]
    with requests.get(
        f"{served.url}/live",
        headers={"Last-Event-ID": last},
        cookies=browser.cookies,
        stream=True,
        timeout=20,
    ) as answer:
        lines = answer.iter_lines()
        names = [line for line in (next(lines) for _ in range(3)) if line.startswith(b"event")]
    assert names == [b"event: row"]


def test_after_the_process_was_killed_another_goes_on_where_it_was(served) -> None:
    same, first, second, third = (soon() for _ in range(4))
    browser = served.log_in(person("dispatcher"))
    page = Page(served, browser, "/live")
    page.until("only")
    say(first, "1 New Street")
    page.until("row", "1 New Street")
    kill_the_worker(served)
    with pytest.raises((AssertionError, OSError)):
        page.until("never")
    say(second, "2 New Street")
    again = Page(served, browser, f"/live?after={page.last_id}")
    say(third, "3 New Street")
    events = again.until("row", "3 New Street")
    assert {str(second.pk), str(third.pk)} <= rows(events)
    assert str(same.pk) not in rows(events)
    assert {each.name for each in events} == {"row"}
    again.close()


def kill_the_worker(served: Served) -> None:
    workers = subprocess.run(
        ["ps", "--ppid", str(served.pid), "-o", "pid="], capture_output=True, text=True, check=True
    ).stdout.split()
    for each in workers:
        os.kill(int(each), signal.SIGKILL)


@pytest.mark.parametrize(
    "after",
    ["", "nonsense", "0" * 24, "00000001-00000001", "ffffffff-00000001", "6b02-1", "' or 1=1"],
)
def test_an_id_that_says_nothing_or_is_too_old_gets_everything_as_it_stands(served, after) -> None:
    deliveries = [soon() for _ in range(3)]
    page = Page(
        served, served.log_in(person("dispatcher")), f"/live?after={after.replace(' ', '+')}"
    )
    events = page.until("only")
    assert rows(events) == {str(each.pk) for each in deliveries}
    assert [each.id for each in events[:-1]] == ["", "", ""]
    assert moments.read(events[-1].id)
    page.close()


def test_a_delivery_that_matters_no_more_goes(served) -> None:
    delivery = soon()
    page = opened(served, person("dispatcher"))
    page.until("only")
    Delivery.of(DEFAULT_TENANT, pk=delivery.pk).update(
        set__scheduled_time=datetime.now(UTC) + timedelta(days=9)
    )
    assert page.until("gone")[-1].data == str(delivery.pk)
    page.close()


def test_two_companies_never_hear_of_each_other(served) -> None:
    ours, theirs = soon(), soon("other")
    pages = [opened(served, person("dispatcher")), other_page(served)]
    for page, own in zip(pages, (ours, theirs), strict=True):
        assert rows(page.until("only")) == {str(own.pk)}
    for number in range(5):
        say(theirs, f"{number} Their Street")
        say(ours, f"{number} Our Street")
    heard = [pages[0].until("row", "4 Our Street"), pages[1].until("row", "4 Their Street")]
    assert [rows(each) for each in heard] == [{str(ours.pk)}, {str(theirs.pk)}]
    assert "Their" not in "".join(each.data for each in heard[0])
    assert "Our" not in "".join(each.data for each in heard[1])
    for page in pages:
        page.close()


def other_page(served: Served) -> Page:
    """A page of the other company, with its name in the form to log in."""
    who = person("dispatcher", "other")
    return Page(served, served.log_in(who), "/live")


def test_nobody_is_sent_a_code_when_a_row_changes(served) -> None:
    delivery = soon()
    pages = {role: opened(served, person(role)) for role in ("dispatcher", "viewer")}
    for page in pages.values():
        page.until("only")
    code = DirectiveRecord(kind=Kind.ACCESS, text="x", confidence=0.9, slots={"code": "4519"})
    analysis = AnalysisRecord(directives=[code], instructions="Gate code: 4519. By the door.")
    Delivery.of(DEFAULT_TENANT, pk=delivery.pk).update(set__analysis=analysis)
    seen = {role: page.until("row")[-1].data for role, page in pages.items()}
    # Who may read codes asks for them on the delivery's own page, where that is noted.
    for role, text in seen.items():
        assert "4519" not in text, role
        assert "By the door" in text, role
    for page in pages.values():
        page.close()


def told(agent, instructions: str) -> PushMessage:
    """A new delivery of theirs, of which they are told."""
    delivery = soon(agent_id=agent.pk, outreach={"state": "instructed", "attempts": 1})
    said = (Directive(Kind.LEAVE_AT, "behind the planter", 0.9, {"place": "planter"}),)
    delivery.analysis = AnalysisRecord.from_rules(
        Analysis(directives=said, instructions=instructions),
        source_id=delivery.pk,
        call_id=delivery.pk,
        at=datetime.now(UTC),
    )
    delivery.analysis_version, delivery.to_tell = 1, True
    delivery.save()
    message = tell(delivery.pk, now=datetime.now(UTC))
    assert message is not None
    return message


def test_a_driver_is_told_each_message_once_whatever_becomes_of_the_line(served) -> None:
    dana = person("agent")
    message = told(dana, "Before the page.")
    browser = served.log_in(dana)
    _, address = shown(served, browser, "/agent")
    page = Page(served, browser, address)
    page.until("told", str(message.delivery_id))
    message = told(dana, "While it is open.")
    page.until("told", str(message.delivery_id))
    page.close()
    message = told(dana, "While the line was lost.")
    again = Page(served, browser, address.partition("?")[0] + f"?after={page.last_id}")
    events = again.until("told", str(message.delivery_id))
    message = told(dana, "At last.")
    events += again.until("told", str(message.delivery_id))
    assert sum(each.name == "told" for each in events) == 2
    again.close()
    for _ in range(100):
        # Marked only once it has gone out.
        if not PushMessage.of(DEFAULT_TENANT, delivered_at=None):
            return
        time.sleep(0.1)
    raise AssertionError("a message that was told was not marked")


def test_a_message_that_another_screen_took_is_told_to_who_comes_back(served) -> None:
    dana = person("agent")
    browser = served.log_in(dana)
    _, address = shown(served, browser, "/agent")
    phone = Page(served, browser, "/agent/live")
    message = told(dana, "Behind the planter.")
    phone.until("told")
    tablet = Page(served, browser, address)
    tablet.until("told", str(message.delivery_id))
    for page in (phone, tablet):
        page.close()


def test_a_card_goes_when_another_driver_gets_it(served) -> None:
    dana, otto = person("agent"), person("agent")
    delivery = soon(agent_id=dana.pk)
    pages = [opened(served, each, "/agent/live") for each in (dana, otto)]
    for page in pages:
        page.until("only")
    Delivery.of(DEFAULT_TENANT, pk=delivery.pk).update(set__agent_id=otto.pk)
    assert pages[0].until("gone")[-1].data == str(delivery.pk)
    pages[1].until("card", str(delivery.pk))
    say(delivery, "1 New Street")
    pages[1].until("card", "1 New Street")
    own = soon(agent_id=dana.pk)
    assert str(delivery.pk) not in str(pages[0].until("card", str(own.pk)))
    for page in pages:
        page.close()


def test_open_pages_hold_no_thread_of_the_server(served) -> None:
    people = [served.log_in(person("dispatcher")) for _ in range(8)]
    soon()
    pages = [Page(served, each, "/live") for each in people for _ in range(rooms.MOST_OF_ONE)]
    assert len(pages) > 32
    for page in pages:
        page.until("only")
    began = time.monotonic()
    for _ in range(20):
        assert requests.get(f"{served.url}/healthz", timeout=5).ok
    assert time.monotonic() - began < 20
    for page in pages:
        page.close()


def test_one_person_has_so_many_pages_and_room_again_when_one_closes(served) -> None:
    browser = served.log_in(person("dispatcher"))
    pages = [Page(served, browser, "/live") for _ in range(rooms.MOST_OF_ONE)]
    for page in pages:
        page.until("only")
    refused = browser.get(f"{served.url}/live", timeout=20)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "15")
    assert "Too many" in refused.text
    pages[0].close()
    another = None
    for _ in range(100):
        another = Page(served, browser, "/live")
        if another.answer.status == 200:
            break
        time.sleep(0.1)
    assert another is not None
    another.until("only")
    for page in [*pages[1:], another]:
        page.close()


def test_a_log_out_ends_the_stream_soon(served) -> None:
    who = person("dispatcher")
    browser = served.log_in(who)
    page = Page(served, browser, "/live")
    page.until("only")
    html = browser.get(f"{served.url}/", timeout=20).text
    token = html.partition('name="csrf_token" value="')[2].partition('"')[0]
    began = time.monotonic()
    browser.post(f"{served.url}/logout", data={"csrf_token": token}, timeout=20)
    # Until the end of the stream, and no error: it ended in good order.
    list(page)
    assert time.monotonic() - began < 18


def test_an_old_proxy_gets_the_events_without_chunks(served) -> None:
    delivery = soon()
    browser = served.log_in(person("dispatcher"))
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    with served.connect() as connection:
        connection.sendall(f"GET /live HTTP/1.0\r\nCookie: {cookie}\r\n\r\n".encode())
        received = connection.makefile("rb")
        head = b"".join(iter(received.readline, b"\r\n"))
        assert b"chunked" not in head.lower()
        while b"event: only" not in received.readline():
            pass
        say(delivery, "1 New Street")
        lines = iter(received.readline, b"")
        found = []
        for line in lines:
            found.append(line)
            if b"1 New Street" in line:
                break
    assert b"event: row\n" in found

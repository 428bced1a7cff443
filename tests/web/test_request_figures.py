"""Requests are counted by route and status, in all processes together."""

from __future__ import annotations

import os
import re
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.models import SystemMetric
from local.http_check import status_of
from local.ports import Ports
from local.supervisor import Process, Supervisor
from tests.web import api_side


def counted(text: str, **labels: str) -> float:
    """The sum of what was counted under these labels."""
    total = 0.0
    for shown, value in re.findall(r"^delauto_requests_total\{(.*)\} (\S+)$", text, re.MULTILINE):
        if all(f'{name}="{wanted}"' in shown for name, wanted in labels.items()):
            total += float(value)
    return total


def figures(client) -> str:
    return client.get("/metrics").text


def test_a_request_is_counted_by_its_route_never_by_its_path(client) -> None:
    api = api_side.key_for(client, "default")
    route = "/api/v1/customers/<id:customer_id>"
    before = counted(figures(client), area="api", route=route, status="404", method="GET")
    for number in range(3):
        assert api.get(f"/customers/{number:024x}", buffered=True).status_code == 404
    text = figures(client)
    assert counted(text, area="api", route=route, status="404", method="GET") == before + 3
    assert "000000000000000000000001" not in text
    assert re.search(r'delauto_request_seconds_bucket\{area="api",le="0.1"\} \d', text)


def test_nothing_that_a_caller_invents_makes_a_figure_of_its_own(client) -> None:
    def invent(number: int) -> None:
        client.get(f"/invented/{number}", buffered=True)
        client.open("/healthz", method=f"INVENT{number}", buffered=True)

    invent(0)
    before = figures(client)
    for number in range(1, 20):
        invent(number)
    text = figures(client)
    assert "invent" not in text.lower()
    assert len(text.splitlines()) == len(before.splitlines())
    assert counted(text, route="none", status="404") >= 20
    assert counted(text, method="other") >= 20


def test_a_webhook_is_counted_even_where_it_is_refused(client) -> None:
    before = counted(figures(client), area="webhooks", status="403")
    client.post("/webhooks/twilio/inbound/call", buffered=True)
    assert counted(figures(client), area="webhooks", status="403") == before + 1


def test_an_operator_sees_the_last_quarter_of_an_hour(client) -> None:
    now = datetime.now(UTC)
    for metric, value, minutes, labels in (
        ("calls_ended", 2, 3, {"status": "busy"}),
        ("calls_ended", 3, 4, {"status": "busy"}),
        ("calls_ended", 9, 20, {"status": "busy"}),
        ("hang_up_to_told", 4, 1, {"outcome": "instructed"}),
        ("hang_up_to_told", 10, 2, {"outcome": "confirmed"}),
    ):
        at = now - timedelta(minutes=minutes)
        SystemMetric.noted("default", metric, value, unit="x", at=at, **labels).save()
    text = figures(client)
    assert 'delauto_calls_ended_lately{status="busy"} 5.0' in text
    assert "delauto_told_lately 2.0" in text
    assert "delauto_hang_up_to_told_mean_seconds 7.0" in text
    assert "delauto_hang_up_to_told_longest_seconds 10.0" in text


@pytest.fixture(scope="module")
def port(surroundings, migrated, tmp_path_factory) -> Iterator[int]:
    """The application under gunicorn with two processes."""
    folder = tmp_path_factory.mktemp("gunicorn")
    chosen = Ports(folder, {}).choose("web")
    temporary = folder / "tmp"
    temporary.mkdir()
    supervisor = Supervisor(folder / "logs")
    supervisor.add(
        Process(
            name="web",
            argv=[sys.executable, "-m", "gunicorn", "wsgi:app"],
            environment={
                **surroundings,
                "PORT": str(chosen),
                "WEB_CONCURRENCY": "2",
                "PATH": os.environ["PATH"],
                "TMPDIR": str(temporary),
            },
            ready=lambda: status_of(chosen, "/healthz") == 200,
        )
    )
    try:
        supervisor.start_all()
        yield chosen
    finally:
        supervisor.stop()
    assert list(temporary.glob("delauto-metrics-*")) == []


def test_whichever_process_is_asked_tells_of_all(port, settings) -> None:
    def get(path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.read().decode()

    before = counted(get("/metrics"), route="/healthz")
    for _ in range(60):
        get("/healthz")
    for _ in range(6):
        text = get("/metrics")
        assert counted(text, route="/healthz") == before + 60
        assert text.count("# TYPE delauto_requests_total counter") == 1
        assert "delauto_clock_silent_seconds" in text

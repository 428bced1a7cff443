"""What the operator's tools are told about the circuits, and how an operator closes one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bson import ObjectId

from app.models import Review
from app.pipeline import circuit
from app.pipeline.review import open_review
from benchmarks.ledger import Wanted, fill
from tests import factories
from tests.factories import NOW
from tests.web.test_api_queries import Plan, recorder

ROOT = Path(__file__).parents[2]
SMALL = {"circuits", "heartbeats", "jobs_dead", "system_metrics", "webhook_subscriptions"}
"""Collections of few documents; and of measurements a quarter of an hour is read."""


def delauto(surroundings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "circuit", *arguments],
        env={**surroundings, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


def test_an_open_circuit_is_told_and_is_no_reason_to_send_webhooks_elsewhere(client) -> None:
    before = client.get("/readyz")
    assert before.json["circuits"] == "ready"
    circuit.failed(circuit.CALLS, "20003", ObjectId(), now=NOW)
    after = client.get("/readyz")
    assert after.status_code == before.status_code
    assert after.json["circuits"].startswith("calls stopped since 10:00Z (20003: ")
    figures = client.get("/metrics").text
    assert 'delauto_circuit_open{circuit="calls"} 1.0' in figures
    assert 'delauto_circuit_open{circuit="messages"} 0.0' in figures
    assert "delauto_strangers 0.0" in figures


def test_second_opinions_are_counted_by_what_came_of_them(client) -> None:
    assert "delauto_second_opinions{" not in client.get("/metrics").text
    for outcome in ("answered", "timeout", "timeout"):
        factories.recording(second_opinion={"asked_at": NOW, "outcome": outcome})
    factories.recording()
    figures = client.get("/metrics").text
    assert 'delauto_second_opinions{outcome="answered"} 1.0' in figures
    assert 'delauto_second_opinions{outcome="timeout"} 2.0' in figures


def test_an_operator_sees_what_tripped_it_and_closes_it(settings, surroundings) -> None:
    who = ObjectId()
    assert "open" not in delauto(surroundings, "show").stdout
    circuit.failed(circuit.CALLS, "20003", who, now=NOW)
    shown = delauto(surroundings, "show").stdout
    for words in ("calls: open", "20003", f"tripped by {who}", "next single try 2026-03-10"):
        assert words in shown
    assert "calls go on" in delauto(surroundings, "close", "calls").stdout
    assert circuit.opens_at(circuit.CALLS) is None
    twice = delauto(surroundings, "close", "calls")
    assert (twice.returncode, "closed already" in twice.stderr) == (1, True)
    assert "open" not in delauto(surroundings, "show").stdout


def test_what_waits_for_a_person_is_counted_by_reason(client) -> None:
    assert "delauto_reviews_open{" not in client.get("/metrics").text
    delivery = factories.delivery()
    for reason in ("unclear", "unclear", "speak_to_human", "cancel"):
        open_review(
            "default", delivery.pk, reason=reason, source_id=ObjectId(), call_id=None,
            due=delivery.scheduled_time, now=NOW,
        )  # fmt: skip
    Review.of("default", reason="cancel").update(set__closed_at=NOW)
    figures = client.get("/metrics").text
    assert 'delauto_reviews_open{reason="unclear"} 2.0' in figures
    assert 'delauto_reviews_open{reason="speak_to_human"} 1.0' in figures
    assert 'reason="cancel"' not in figures


def test_an_operator_holds_the_calls_and_lets_them_go_on(client, settings, surroundings) -> None:
    held = delauto(surroundings, "hold", "calls", "--why", "the wrong file was planned")
    assert held.stdout == "calls are held; to go on: delauto circuit close calls\n"
    shown = delauto(surroundings, "show").stdout
    assert "calls: open" in shown
    assert "the wrong file was planned" in shown
    assert "held by hand; to go on: delauto circuit close calls" in shown
    assert "(held: the wrong file was planned)" in client.get("/readyz").json["circuits"]
    assert delauto(surroundings, "close", "calls").returncode == 0
    assert "calls: closed" in delauto(surroundings, "show").stdout


def test_a_scrape_reads_indexes_and_never_a_whole_collection(client) -> None:
    fill(Wanted(300))
    factories.recording(second_opinion={"asked_at": NOW, "outcome": "answered"})
    recorder.kept = kept = []
    assert client.get("/metrics").status_code == 200
    recorder.kept = None
    assert len(kept) > 10
    for command in kept:
        collection = next(iter(command.values()))
        if collection not in SMALL:
            plan = Plan.of(command)
            assert "COLLSCAN" not in plan.stages, command
            assert plan.looked_at <= 60, command

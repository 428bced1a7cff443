"""The audit log is searched by who, on what, what and when, and an index serves each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.errors import PermanentError
from app.pipeline.audit import Actor, record
from app.pipeline.audit_search import Place, Wanted, page, search
from tests.factories import NOW

DOT = Actor("user", "dot", "Dot Dispatcher")
KEY = Actor("key", "k1", "billing")


@pytest.fixture
def forty(settings) -> None:
    for number in range(40):
        record(
            "default",
            KEY if number % 10 == 0 else DOT,
            "recording.listened" if number % 8 == 0 else "delivery.changed",
            "recording" if number % 8 == 0 else "delivery",
            f"d{number % 5}",
            # Three at a time in the same moment.
            now=NOW + timedelta(minutes=number // 3),
            request_id=f"r-{number}",
        )
    record("other", DOT, "delivery.changed", "delivery", "d1", now=NOW)


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (Wanted(actor_id="k1"), [31, 21, 11, 1]),
        (Wanted(action="recording.listened"), [33, 25, 17, 9, 1]),
        (Wanted(subject_kind="recording"), [33, 25, 17, 9, 1]),
        (Wanted(subject_kind="recording", subject_id="d1"), [17]),
        (Wanted(actor_id="k1", action="recording.listened"), [1]),
        (Wanted(since=NOW + timedelta(minutes=13)), [40]),
        (Wanted(until=NOW + timedelta(minutes=1)), [3, 2, 1]),
        (Wanted(actor_id="nobody"), []),
    ],
)
def test_what_matches_is_found_the_newest_first(forty, wanted, places) -> None:
    assert [each.sequence for each in search("default", wanted)] == places


def test_pages_follow_each_other_without_loss_or_repetition(forty) -> None:
    seen: list[int] = []
    after: Place | None = None
    while page := search("default", Wanted(), limit=7, after=after):
        seen += [each.sequence for each in page]
        after = page[-1].place
    assert seen == list(range(40, 0, -1))


def test_an_id_without_a_kind_is_refused(settings) -> None:
    with pytest.raises(PermanentError, match="delivery:ID"):
        search("default", Wanted(subject_id="d1"))


DAY = {"since": NOW, "until": NOW + timedelta(minutes=2)}


def stages(plan: dict) -> set[str]:
    inner = [plan[name] for name in ("inputStage",) if name in plan] + plan.get("inputStages", [])
    return {plan["stage"]}.union(*(stages(each) for each in inner))


@pytest.mark.parametrize(
    ("wanted", "most"),
    [
        (Wanted(), 5),
        (Wanted(**DAY), 6),
        (Wanted(actor_id="k1"), 4),
        (Wanted(actor_id="k1", **DAY), 1),
        (Wanted(action="recording.listened"), 5),
        (Wanted(action="recording.listened", **DAY), 1),
        (Wanted(subject_kind="recording", subject_id="d1"), 1),
        (Wanted(subject_kind="recording", subject_id="d1", **DAY), 0),
    ],
)
def test_an_index_finds_and_sorts_and_reads_no_more_than_it_gives(forty, wanted, most) -> None:
    told = page("default", wanted, limit=5, after=None).explain()
    used = stages(told["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in used
    assert not used & {"COLLSCAN", "SORT"}
    assert told["executionStats"]["totalDocsExamined"] <= most


def test_a_late_page_costs_no_more_than_the_first(forty) -> None:
    after = Place(NOW + timedelta(minutes=2), 8)
    told = page("default", Wanted(), limit=5, after=after).explain()
    assert told["executionStats"]["totalDocsExamined"] <= 5 + 3
    assert not stages(told["queryPlanner"]["winningPlan"]) & {"COLLSCAN", "SORT"}

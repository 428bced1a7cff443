"""The manager's page: figures with their age, counts beside shares, tables, CSV, and no waiting."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from app.models import KeptFigures
from app.rules.permissions import Role
from benchmarks.ledger import TODAY, Wanted, fill
from tests import factories
from tests.browser import DESKTOP, PHONE, passes_axe, shot
from tests.web import page_side

RANGE = f"first={TODAY - timedelta(days=13)}&last={TODAY}"
MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def manager(client) -> Any:
    return page_side.browser(client, page_side.person("viewer"))


def shown(browser: Any, query: str, count: str = "now") -> str:
    answer = browser.get(f"/figures?{query}&count={count}")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def driven(status: str, n: int = 1, **fields: Any) -> None:
    outreach = {"state": "instructed", "attempts": 1}
    for _ in range(n):
        factories.delivery(status=status, scheduled_time=MONDAY, outreach=outreach, **fields)


def test_the_page_waits_for_no_count_and_asks_for_it_by_itself(manager) -> None:
    driven("completed", 3)
    first = manager.get("/figures?first=2026-03-02&last=2026-03-02").get_data(as_text=True)
    assert "Counting…" in first
    assert KeptFigures.of("default").count() == 0
    assert 'hx-get="/figures/report?count=report&amp;first=2026-03-02' in first
    fragment = manager.get("/figures/report?count=report&first=2026-03-02&last=2026-03-02")
    assert "3 of 3" in fragment.get_data(as_text=True)
    # What lies before is counted after it, and nothing after that.
    assert "count=before" in fragment.get_data(as_text=True)
    whole = manager.get("/figures/report?count=before&first=2026-03-02&last=2026-03-02")
    assert "hx-get" not in whole.get_data(as_text=True)


def test_what_was_counted_last_is_shown_with_its_age_while_it_is_counted_again(manager) -> None:
    driven("completed", 3)
    shown(manager, "first=2026-03-02&last=2026-03-02")
    earlier = datetime.now(UTC) - timedelta(minutes=7)
    KeptFigures.of("default").update(set__computed_at=earlier)
    driven("completed")
    again = manager.get("/figures?first=2026-03-02&last=2026-03-02").get_data(as_text=True)
    assert "3 of 3" in again
    assert "7 minutes ago" in again
    assert "count=report" in again


def test_few_are_never_told_as_a_percentage(manager) -> None:
    driven("completed", 2)
    driven("failed")
    page = shown(manager, "first=2026-03-02&last=2026-03-02")
    assert "2 of 3" in page
    assert ">67%" not in page
    driven("completed", 30)
    KeptFigures.of("default").delete()
    assert ">97%" in shown(manager, "first=2026-03-02&last=2026-03-02")


def test_a_difference_that_chance_explains_is_not_told_as_one(manager) -> None:
    driven("completed", 24)
    driven("failed", 6)
    week = timedelta(days=7)
    outreach = {"state": "instructed", "attempts": 1}
    for status, n in (("completed", 22), ("failed", 8)):
        for _ in range(n):
            factories.delivery(status=status, scheduled_time=MONDAY - week, outreach=outreach)
    page = shown(manager, "first=2026-03-02&last=2026-03-08")
    assert "no clear difference from before: 73% (22 of 30)" in page
    assert "more than before" not in page


def test_a_clear_difference_is_told_with_its_direction(manager) -> None:
    driven("completed", 60)
    outreach = {"state": "instructed", "attempts": 1}
    for status in ("completed", "failed") * 30:
        at = MONDAY - timedelta(days=7)
        factories.delivery(status=status, scheduled_time=at, outreach=outreach)
    assert "more than before: 50% (30 of 60)" in shown(manager, "first=2026-03-02&last=2026-03-08")


def test_a_whole_ledger_is_drawn_and_stands_in_tables_too(manager) -> None:
    fill(Wanted(600))
    page = shown(manager, RANGE)
    assert page.count('role="img"') == 4
    for title in ("Deliveries by day", "Calls by the hour of the day", "How many calls it took",
                  "First tries, with and without", "How soon drivers knew", "Cost of calls",
                  "Success by driver", "What customers asked for"):  # fmt: skip
        assert title in page, title
    assert "style=" not in page
    assert "week of" not in page
    assert "week of" in shown(manager, f"first={TODAY - timedelta(days=89)}&last={TODAY}")


def test_one_agents_figures_are_theirs_alone(manager) -> None:
    dana, erin = factories.agent(name="Dana Driver"), factories.agent(name="Erin")
    driven("completed", 2, agent_id=dana.pk)
    driven("completed", 5, agent_id=erin.pk)
    page = shown(manager, f"first=2026-03-02&last=2026-03-02&agent_id={dana.pk}")
    assert "2 of 2" in page
    assert "Success by driver" not in page
    assert "Dana Driver</option>" in page


def test_a_table_goes_to_a_spreadsheet_as_text_and_no_formula(manager) -> None:
    evil = factories.agent(name='=HYPERLINK("http://x.example","Dana")')
    driven("completed", 2, agent_id=evil.pk)
    driven("failed")
    answer = manager.get("/figures/agents.csv?first=2026-03-02&last=2026-03-02")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "delauto-agents-2026-03-02-2026-03-02.csv" in answer.headers["Content-Disposition"]
    text = answer.get_data().decode("utf-8-sig")
    heads, first, nobody = csv.reader(StringIO(text))
    assert heads[:6] == ["Driver", "Deliveries", "Cancelled", "Delivered", "Delivered: of",
                         "At the first try"]  # fmt: skip
    assert first[0] == '\'=HYPERLINK("http://x.example","Dana")'
    assert first[1:5] == ["2", "0", "2", "2"]
    assert nobody[:5] == ["Nobody", "1", "0", "0", "1"]


def test_every_table_can_be_fetched_even_of_days_on_which_nothing_was(manager) -> None:
    for table in ("days", "first-tries", "instructions", "hours", "attempts", "waits", "costs",
                  "agents"):  # fmt: skip
        answer = manager.get(f"/figures/{table}.csv?first=2020-01-06&last=2020-01-12")
        assert answer.status_code == 200, table
        rows = list(csv.reader(StringIO(answer.get_data().decode("utf-8-sig"))))
        assert len({len(row) for row in rows}) == 1, table
    assert manager.get("/figures/people.csv").status_code == 404


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("first=2026-03-08&last=2026-03-02", "The last day lies before the first one."),
        ("first=yesterday&last=2026-03-02", "Write days as 2026-03-02"),
        ("first=2026-03-02", "Choose both the first and the last day."),
        ("first=2020-03-02&last=2026-03-02", "400 at most"),
        ("first=1990-03-02&last=1990-03-03", "of this century"),
        ("first=2026-03-02&last=2026-03-02&agent_id=nobody", "24 hexadecimal digits"),
    ],
)
def test_what_cannot_be_counted_is_told_beside_the_form(manager, query, says) -> None:
    answer = manager.get(f"/figures?{query}")
    assert answer.status_code in (400, 422)
    page = answer.get_data(as_text=True)
    assert says in page
    assert '<form method="get" action="/figures"' in page


def test_days_without_anything_say_so(manager) -> None:
    assert "No delivery was planned for these days" in shown(
        manager, "first=2020-01-06&last=2020-01-12"
    )


def test_days_without_anything_lead_to_the_latest_that_have_something(manager) -> None:
    driven("completed")
    empty = shown(manager, "first=2020-01-06&last=2020-01-12")
    assert "The latest deliveries are those of Mon, 2 Mar 2026 to Sun, 8 Mar 2026." in empty
    assert 'href="/figures?first=2026-03-02&amp;last=2026-03-08">Show them' in empty
    # Of one driver who has none at all, nothing else can be offered but this week.
    dana = factories.agent(name="Dana Driver")
    hers = shown(manager, f"first=2020-01-06&last=2020-01-12&agent_id={dana.pk}")
    assert "The latest deliveries" not in hers
    assert "Show this week" in hers


def test_the_page_opens_on_days_that_have_something(manager) -> None:
    today = datetime.now(UTC).date()
    monday = today - timedelta(days=today.weekday())

    def delivered(day: date) -> None:
        at = datetime.combine(day, datetime.min.time(), UTC)
        factories.delivery(status="completed", scheduled_time=at)

    def opened() -> tuple[str, str, bool]:
        page = manager.get("/figures").get_data(as_text=True)
        first, last = re.findall(r'name="(?:first|last)" required value="([^"]+)"', page)
        return first, last, "There were no deliveries last week." in page

    def days(first: date, last: date, moved: bool) -> tuple[str, str, bool]:
        return first.isoformat(), last.isoformat(), moved

    week = timedelta(days=6)
    last_week = monday - timedelta(days=7)
    assert opened() == days(last_week, last_week + week, False)
    driven("completed")
    assert opened() == days(date(2026, 3, 2), date(2026, 3, 8), True)
    # What is planned for later is nothing to count yet.
    delivered(today + timedelta(days=1))
    assert opened() == days(date(2026, 3, 2), date(2026, 3, 8), True)
    delivered(today)
    assert opened() == days(monday, today, True)
    delivered(last_week + week)
    assert opened() == days(last_week, last_week + week, False)


def test_presets_go_from_the_shortest_to_the_longest(manager) -> None:
    page = manager.get("/figures").get_data(as_text=True)
    named = re.search(r'<nav class="presets".*?</nav>', page, re.DOTALL)
    assert named is not None
    assert re.findall(r">([^<>]+)</a>", named[0]) == [
        "This week", "Last week", "This month", "Last month", "Last 30 days", "Last 52 weeks",
    ]  # fmt: skip


def test_presets_begin_on_monday_and_one_is_chosen_at_first(manager) -> None:
    page = manager.get("/figures").get_data(as_text=True)
    assert page.count('aria-current="true">Last week') == 1
    assert page.count('aria-current="true"') == 1


@pytest.mark.parametrize("role", [Role.AGENT])
def test_who_may_not_see_figures_is_not_shown_them(client, role) -> None:
    browser = page_side.browser(client, page_side.person(str(role)))
    assert browser.get("/figures").status_code == 403
    assert browser.get("/figures/days.csv").status_code == 403


@pytest.mark.parametrize("language", ["es", "fr", "de"])
def test_figures_speak_the_readers_language(client, language) -> None:
    fill(Wanted(300))
    browser = page_side.browser(client, page_side.person("viewer", language=language))
    page = shown(browser, RANGE)
    for english in ("Customers reached", "The table behind it", "Hour of the call", "Counted at"):
        assert english not in page


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_figures_are_counted_and_shown_in_a_browser(open_page, size, scheme) -> None:
    fill(Wanted(3000))
    last = TODAY - timedelta(days=1)
    page = open_page(
        "viewer", f"/figures?first={last - timedelta(days=6)}&last={last}", size=size, scheme=scheme
    )
    page.get_by_role("heading", name="Customers reached", exact=True).wait_for()
    page.locator(".counting").wait_for(state="detached")
    assert page.get_by_text("Compared with").is_visible()
    shot(page, f"figures-{scheme}-{size['width']}")
    passes_axe(page)
    page.locator("#plot-deliveries-table summary").click()
    page.locator("#plot-deliveries-table").get_by_role("cell").first.wait_for()
    with page.expect_download() as download:
        page.locator("#plot-deliveries-table + .csv").click()
    saved = download.value
    assert saved.suggested_filename == f"delauto-days-{last - timedelta(days=6)}-{last}.csv"
    with open(saved.path(), encoding="utf-8-sig") as file:
        assert len(list(csv.reader(file))) == 8
    passes_axe(page, "with a table open")


def test_a_count_that_fails_is_told_with_a_way_to_try_again(open_page) -> None:
    page = open_page("viewer", "/figures?first=2026-03-02")
    page.route("**/figures/report**", lambda route: route.fulfill(status=503, body="away"))
    page.goto("/figures?first=2026-03-02&last=2026-03-02")
    page.get_by_text("That could not be counted now.").wait_for()
    assert page.get_by_role("link", name="Try again").is_visible()


def test_the_range_before_has_the_same_days_of_the_week() -> None:
    from app.web.pages.figures.choice import Choice

    month = Choice(date(2026, 3, 1), date(2026, 3, 31))
    assert month.before == Choice(date(2026, 1, 25), date(2026, 2, 24))
    assert month.before.first.weekday() == month.first.weekday()
    assert Choice(date(2026, 3, 9), date(2026, 3, 11)).before.first == date(2026, 3, 2)

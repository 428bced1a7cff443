"""A code beside the password: set up, asked for, used once, and lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine

from app.models import Agent, AuditEntry, Tenant
from tests.web import page_side
from tests.web.api_side import PREFIX

NOW = datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC)


@pytest.fixture
def dot(settings) -> Agent:
    return page_side.person("dispatcher")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def text(answer) -> str:
    return answer.get_data(as_text=True)


def post(browser, path: str, **fields: str):
    return browser.post(path, data={"csrf_token": page_side.token_of(browser.get(path)), **fields})


def set_up(browser) -> tuple[pyotp.TOTP, list[str]]:
    """Set the factor up; the app that knows it, and the recovery codes."""
    offered = text(post(browser, "/second-factor", password=page_side.PASSWORD))
    found = re.search(r'class="secret">([A-Z2-7]+)<', offered)
    assert found, offered
    app = pyotp.TOTP(found[1])
    answer = text(post(browser, "/second-factor", code=code_of(app)))
    return app, re.findall(r"<li><code>([a-z2-7-]+)</code></li>", answer)


def code_of(app: pyotp.TOTP) -> str:
    return app.at(datetime.now(UTC))


def log_in(client, who: Agent, code: str):
    """Password, then this code."""
    browser = client.application.test_client()
    first = page_side.log_in(browser, who)
    assert first.status_code == 303
    assert first.location.startswith("/login/code")
    return browser, post(browser, "/login/code", code=code)


def test_who_set_it_up_is_asked_for_a_code_after_the_password(client, dot, clock) -> None:
    app, recovery = set_up(page_side.browser(client, dot))
    assert len(set(recovery)) == 8
    clock.shift(60)
    browser, answer = log_in(client, dot, code_of(app))
    assert answer.status_code == 303
    assert browser.get("/").status_code == 200


def test_ones_own_account_says_whether_a_code_is_asked_for(client, dot) -> None:
    browser = page_side.browser(client, dot)
    for on, says in ((False, "Set it up"), (True, "Turn it off…")):
        if on:
            set_up(browser)
        assert says in text(browser.get("/settings/me"))
        mine = browser.get("/api/v1/me", headers={"X-Delauto-Page": "1"}).get_json()
        assert mine["second_factor"] is on


def test_the_password_alone_opens_nothing(client, dot, clock) -> None:
    set_up(page_side.browser(client, dot))
    browser = client.application.test_client()
    page_side.log_in(browser, dot)
    assert browser.get("/").status_code == 303
    assert browser.get("/api/v1/me", headers={"X-Delauto-Page": "1"}).status_code == 401


@pytest.mark.parametrize("late", [-90, 0, 90])
def test_a_code_that_is_wrong_old_or_early_is_refused(client, dot, clock, late) -> None:
    app, _ = set_up(page_side.browser(client, dot))
    clock.shift(600)
    code = app.at(datetime.now(UTC) + timedelta(seconds=late)) if late else "000000"
    browser, answer = log_in(client, dot, code)
    assert answer.status_code == 403
    assert "wrong, too old" in text(answer)
    assert browser.get("/").status_code == 303


def test_a_code_works_once(client, dot, clock) -> None:
    app, _ = set_up(page_side.browser(client, dot))
    clock.shift(60)
    code = code_of(app)
    assert log_in(client, dot, code)[1].status_code == 303
    assert log_in(client, dot, code)[1].status_code == 403


def test_the_code_that_set_it_up_logs_nobody_in(client, dot) -> None:
    app, _ = set_up(page_side.browser(client, dot))
    assert log_in(client, dot, code_of(app))[1].status_code == 403


def test_a_recovery_code_works_once_however_it_is_typed(client, dot) -> None:
    _, recovery = set_up(page_side.browser(client, dot))
    typed = recovery[3].upper().replace("-", " ")
    assert log_in(client, dot, typed)[1].status_code == 303
    assert log_in(client, dot, recovery[3])[1].status_code == 403
    assert log_in(client, dot, recovery[4])[1].status_code == 303


def test_codes_cannot_be_guessed_for_long(client, dot) -> None:
    set_up(page_side.browser(client, dot))
    answers = [log_in(client, dot, f"{guess:06}")[1].status_code for guess in range(10)]
    browser = client.application.test_client()
    first = page_side.log_in(browser, dot)
    last = post(browser, "/login/code", code="999999") if first.status_code == 303 else first
    assert 429 in [*answers, last.status_code]


def test_a_proved_password_does_not_wait_for_ever(client, dot, clock) -> None:
    app, _ = set_up(page_side.browser(client, dot))
    browser = client.application.test_client()
    page_side.log_in(browser, dot)
    token = page_side.token_of(browser.get("/login/code"))
    clock.shift(301)
    late = browser.post("/login/code", data={"csrf_token": token, "code": code_of(app)})
    assert late.location == "/login"
    assert browser.get("/").status_code == 303


def test_a_password_that_was_changed_meanwhile_is_proved_no_more(client, dot, clock) -> None:
    app, _ = set_up(page_side.browser(client, dot))
    clock.shift(60)
    browser = client.application.test_client()
    page_side.log_in(browser, dot)
    dot.reload()
    dot.set_password("quiet marmalade over Lisbon")
    dot.save()
    assert post(browser, "/login/code", code=code_of(app)).status_code == 403


def test_the_api_wants_the_code_too(client, dot, clock) -> None:
    app, _ = set_up(page_side.browser(client, dot))
    clock.shift(60)
    given = {"email": dot.email, "password": page_side.PASSWORD}
    without = client.post(f"{PREFIX}/auth/token", json=given)
    assert without.status_code == 401
    assert "code" in without.get_json()["detail"]
    wrong = client.post(f"{PREFIX}/auth/token", json={**given, "code": "000000"})
    assert wrong.status_code == 401
    right = client.post(f"{PREFIX}/auth/token", json={**given, "code": code_of(app)})
    assert right.status_code == 200


def test_other_sessions_end_when_it_is_set_up(client, dot) -> None:
    other = page_side.browser(client, dot)
    set_up(page_side.browser(client, dot))
    assert other.get("/").status_code == 303


def test_a_company_may_ask_for_it(client, dot) -> None:
    Tenant(tenant_id="default", name="Harbour Parcels", second_factor_for=["dispatcher"]).save()
    browser = page_side.browser(client, dot)
    assert browser.get("/").location == "/second-factor"
    page = {"X-Delauto-Page": "1"}
    refused = browser.get(f"{PREFIX}/deliveries", headers=page)
    assert refused.status_code == 403
    assert "/second-factor" in refused.get_json()["detail"]
    set_up(browser)
    assert browser.get("/").status_code == 200
    assert browser.get(f"{PREFIX}/deliveries", headers=page).status_code == 200


def test_a_token_of_who_must_prove_more_is_good_for_nothing(client, dot) -> None:
    Tenant(tenant_id="default", name="Harbour Parcels", second_factor_for=["dispatcher"]).save()
    given = {"email": dot.email, "password": page_side.PASSWORD}
    token = client.post(f"{PREFIX}/auth/token", json=given).get_json()["access_token"]
    answer = client.get(f"{PREFIX}/deliveries", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


def test_it_is_switched_off_with_a_code_alone(client, dot, clock) -> None:
    browser = page_side.browser(client, dot)
    app, _ = set_up(browser)
    assert post(browser, "/second-factor", code="000000").status_code == 422
    clock.shift(60)
    assert "no code any more" in text(post(browser, "/second-factor", code=code_of(app)))
    assert page_side.browser(client, dot).get("/").status_code == 200


def test_nobody_sets_it_up_who_only_found_a_session_open(client, dot) -> None:
    browser = page_side.browser(client, dot)
    for guess in ("", "a guess"):
        answer = post(browser, "/second-factor", password=guess)
        assert (answer.status_code, "present password" in text(answer)) == (422, True)
        assert "secret" not in text(answer)
    offered = text(post(page_side.browser(client, dot), "/second-factor",
                        password=page_side.PASSWORD))  # fmt: skip
    app = pyotp.TOTP(re.search(r'class="secret">([A-Z2-7]+)<', offered)[1])
    elsewhere = post(browser, "/second-factor", code="000000")
    assert "secret" not in text(elsewhere)
    assert post(browser, "/second-factor", code=code_of(app)).status_code == 422
    dot.reload()
    assert dot.second_factor.since is None


def test_the_password_is_not_guessed_for_long_there(client, dot) -> None:
    browser = page_side.browser(client, dot)
    answers = [post(browser, "/second-factor", password=f"{n}").status_code for n in range(11)]
    assert answers[-1] == 429


def test_a_form_of_another_session_is_told(client, dot) -> None:
    browser = page_side.browser(client, dot)
    answer = browser.post("/second-factor", data={"csrf_token": "x"})
    assert (answer.status_code, "Please try again" in text(answer)) == (400, True)


def test_a_second_secret_is_not_offered_while_one_is_in_use(client, dot) -> None:
    browser = page_side.browser(client, dot)
    set_up(browser)
    assert "secret" not in text(post(browser, "/second-factor"))
    dot.reload()
    assert dot.second_factor.since


def test_an_administrator_helps_who_has_lost_the_app(client, dot) -> None:
    theirs = page_side.browser(client, dot)
    set_up(theirs)
    admin = page_side.browser(client, page_side.person("admin"))
    answer = admin.post(
        f"{PREFIX}/users/{dot.pk}/remove-second-factor", headers={"X-Delauto-Page": "1"}
    )
    assert answer.get_json()["second_factor"] is False
    assert theirs.get("/").status_code == 303
    assert page_side.browser(client, dot).get("/").status_code == 200


def test_it_is_in_the_audit_log_and_the_secret_is_nowhere(client, dot) -> None:
    set_up(page_side.browser(client, dot))
    actions = [entry.action for entry in AuditEntry.of("default")]
    assert "second_factor.on" in actions
    stored = Agent._get_collection().find_one({"_id": dot.pk})["second_factor"]
    assert isinstance(stored["secret"], bytes)
    assert all(re.fullmatch(r"[0-9a-f]{64}", each) for each in stored["recovery"])

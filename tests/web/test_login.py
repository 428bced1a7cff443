"""The pages by which people log in and out and choose passwords."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask.sessions import SecureCookieSessionInterface

from app import create_app
from app.config import Settings
from app.models import Agent, LoginSession
from app.pipeline import passwords, staff
from app.runtime import Runtime
from app.web.guard import own_path
from app.web.login.words import WORDS
from tests import factories
from tests.web.page_side import PASSWORD, browser, log_in, log_out, person, token_of

NEW = "quiet marmalade over Lisbon"


@pytest.fixture
def dot(settings) -> Agent:
    return person("dispatcher", name="Dot <Dispatcher>", email="dot@example.com")


def cookie_of(answer) -> str:
    (found,) = [each for each in answer.headers.getlist("Set-Cookie") if "delauto=" in each]
    return found


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def test_who_is_nobody_is_led_to_the_form_and_back(client, dot) -> None:
    answer = client.get("/agent/" + "a" * 24)
    assert answer.status_code == 303
    assert urlsplit(answer.location).path == "/login"
    onward = parse_qs(urlsplit(answer.location).query)["next"][0]
    assert log_in(client, dot, next=onward).location == "/agent/" + "a" * 24
    dot.reload()
    assert dot.login_count == 1


@pytest.mark.parametrize(
    ("role", "home"),
    [("admin", "/"), ("dispatcher", "/"), ("viewer", "/"), ("agent", "/agent")],
)
def test_everybody_arrives_where_their_work_is(client, settings, role, home) -> None:
    assert log_in(client, person(role)).location == home
    assert client.get(home).status_code == 200
    assert client.get("/login").location == home


def test_the_cookie_is_kept_from_scripts_and_other_sites(client, dot) -> None:
    cookie = cookie_of(log_in(client, dot))
    assert cookie.startswith("delauto=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie


@pytest.fixture
def https(migrated, settings):
    """The same behind HTTPS."""
    changed = migrated.model_copy(update={"public_url": "https://calls.test"})
    return create_app(changed, Runtime(changed)).test_client()


def test_behind_https_the_cookie_goes_over_nothing_else(https, dot) -> None:
    cookie = cookie_of(https.get("/login", base_url="https://calls.test"))
    assert cookie.startswith("__Host-delauto=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_the_session_is_new_at_every_log_in(client, dot) -> None:
    before = cookie_of(client.get("/login"))
    token = token_of(client.get("/login"))
    first = cookie_of(log_in(client, dot))
    assert first.partition(";")[0] != before.partition(";")[0]
    assert client.post("/logout", data={"csrf_token": token}).location == "/"
    assert client.get("/").status_code == 200, "a token of before the log-in works no more"
    client.post(
        "/login",
        data={"email": dot.email, "password": PASSWORD, "csrf_token": token_of(client.get("/"))},
    )
    former, latter = LoginSession.of("default").order_by("began_at")
    assert (former.revoked_why, latter.revoked_at) == ("signed_out", None)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("dot@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("asleep@example.com", PASSWORD),
        ("", ""),
        ('"><script>', PASSWORD),
    ],
)
def test_every_refusal_says_the_same(client, dot, email, password) -> None:
    person("admin", email="asleep@example.com", is_active=False)
    token = token_of(client.get("/login"))
    answer = client.post("/login", data={"email": email, "password": password, "csrf_token": token})
    assert answer.status_code == 403
    assert WORDS["en"]["wrong"] in text_of(answer)
    assert "<script>" not in text_of(answer)
    assert client.get("/").status_code == 303


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_the_form_speaks_four_languages(client, dot, language) -> None:
    by_browser = text_of(client.get("/login", headers={"Accept-Language": f"{language}-XX"}))
    chosen = text_of(client.get(f"/login?lang={language}", headers={"Accept-Language": "en"}))
    for text in (by_browser, chosen):
        assert f'<html lang="{language}">' in text
        assert WORDS[language]["email"] in text


def test_every_language_has_every_word() -> None:
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(WORDS["en"])}
    from app.rules.passwords import Weakness

    assert {str(each) for each in Weakness} <= set(WORDS["en"])


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("/agent/x?a=1", True),
        ("/password", True),
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("\\/evil.example", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("/a b", False),
        ("/a\nb", False),
        ("/é", False),
        ("agent", False),
        ("", False),
        ("/login", False),
        ("/logout?x", False),
    ],
)
def test_after_the_log_in_only_paths_of_ours_are_followed(client, dot, path, safe) -> None:
    assert own_path(path) == (path if safe else None)
    assert log_in(client, dot, next=path).location == (path if safe else "/")


def test_who_logs_out_is_nobody_here_and_in_the_database(client, dot) -> None:
    log_in(client, dot)
    kept = client.get_cookie("delauto")
    answer = log_out(client)
    assert answer.location == "/login?left="
    assert WORDS["en"]["left"] in text_of(client.get(answer.location))
    client.set_cookie("delauto", kept.value)
    assert client.get("/").status_code == 303, "the copied cookie is worth nothing"


def test_a_form_of_another_site_changes_nothing(client, dot) -> None:
    log_in(client, dot)
    other = browser(client, person("admin"))
    stolen = token_of(other.get("/password"))
    for token in ("", "x", stolen):
        assert client.post("/logout", data={"csrf_token": token}).status_code == 303
        data = {"old": PASSWORD, "new": NEW, "again": NEW, "csrf_token": token}
        assert client.post("/password", data=data).status_code == 400
    assert client.get("/").status_code == 200
    dot.reload()
    assert dot.password_matches(PASSWORD)
    fresh = client.application.test_client()
    data = {"email": dot.email, "password": PASSWORD, "csrf_token": stolen}
    answer = fresh.post("/login", data=data)
    assert (answer.status_code, WORDS["en"]["stale"] in text_of(answer)) == (400, True)


def test_a_cookie_that_we_did_not_sign_is_nobodys(client, dot) -> None:
    log_in(client, dot)
    good = client.get_cookie("delauto").value
    interface = SecureCookieSessionInterface()
    sha1 = interface.get_signing_serializer(client.application)
    session = LoginSession.of("default").get()
    forged = sha1.dumps({"_user_id": f"default/{session.pk}"})
    for value in (forged, good[:-2], good + "x", "x", "", good.replace(".", "", 1)):
        client.set_cookie("delauto", value)
        assert client.get("/").status_code == 303
    client.set_cookie("delauto", good)
    assert client.get("/").status_code == 200


def test_deactivation_ends_what_is_open_and_a_new_role_holds_at_once(client, settings) -> None:
    tom = person("dispatcher")
    log_in(client, tom)
    staff.change_person("default", tom.pk, {"role": "agent"}, now=datetime.now(UTC))
    assert client.get("/").location == "/agent"
    assert client.get("/live").status_code == 403
    staff.deactivate("default", tom.pk, now=datetime.now(UTC))
    assert urlsplit(client.get("/agent").location).path == "/login"
    assert client.get("/agent/live").status_code == 401


def test_a_session_ends_after_two_quiet_hours(client, dot) -> None:
    log_in(client, dot)
    now = datetime.now(UTC)
    with time_machine.travel(now + timedelta(minutes=119)):
        assert client.get("/").status_code == 200
    with time_machine.travel(now + timedelta(minutes=240)):
        assert client.get("/").status_code == 303


def test_the_password_is_changed_and_other_devices_are_out(client, dot) -> None:
    log_in(client, dot)
    other = browser(client, dot)
    token = token_of(client.get("/password"))
    change = {"old": PASSWORD, "new": NEW, "again": NEW, "csrf_token": token}
    for wrong, says in (
        ({"old": "another"}, "wrong_old"),
        ({"again": "another"}, "differ"),
        ({"new": PASSWORD, "again": PASSWORD}, "same"),
        ({"new": "short", "again": "short"}, "short"),
        ({"new": "passwordpassword", "again": "passwordpassword"}, "pattern"),
    ):
        answer = client.post("/password", data={**change, **wrong})
        assert answer.status_code == 422
        assert WORDS["en"][says] in text_of(answer)
    answer = client.post("/password", data=change)
    assert WORDS["en"]["changed"] in text_of(answer)
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 303
    assert log_in(other, dot).status_code == 403
    assert log_in(other, dot, NEW).status_code == 303


def test_a_link_sets_a_password_once(client, dot) -> None:
    link = passwords.make_reset("default", dot.pk, now=datetime.now(UTC))
    shown = client.get(f"/reset/{link}", headers={"Accept-Language": "de"})
    assert "Dot &lt;Dispatcher&gt;" in text_of(shown)
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert shown.headers["Cache-Control"] == "no-store"
    weak = {"new": "short", "again": "short", "csrf_token": token_of(shown)}
    assert client.post(f"/reset/{link}", data=weak).status_code == 422
    good = {**weak, "new": NEW, "again": NEW}
    assert client.post(f"/reset/{link}", data={**good, "csrf_token": ""}).status_code == 303
    answer = client.post(f"/reset/{link}", data=good)
    assert answer.location == "/login?set="
    assert WORDS["en"]["set"] in text_of(client.get(answer.location))
    assert log_in(client, dot, NEW).status_code == 303
    for again in (client.get(f"/reset/{link}"), client.post(f"/reset/{link}", data=good)):
        assert again.status_code == 410
    assert client.get("/reset/nonsense").status_code == 410


def throttled(answer) -> bool:
    if answer.status_code != 429:
        return False
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "15 min" in text_of(answer)
    return True


def guess(client, email: str, **options):
    token = token_of(client.get("/login"))
    data = {"email": email, "password": "a guess", "csrf_token": token}
    return client.post("/login", data=data, **options)


@pytest.mark.parametrize("email", ["dot@example.com", "nobody@example.com"])
def test_one_account_is_guessed_ten_times_from_wherever(client, dot, email) -> None:
    def from_(n: int):
        return guess(client, email, environ_base={"REMOTE_ADDR": f"203.0.113.{n}"})

    assert [from_(n).status_code for n in range(10)] == [403] * 10
    assert throttled(from_(10))


def test_who_was_shut_out_by_others_gets_in_by_a_link(client, dot) -> None:
    for _ in range(11):
        last = guess(client, dot.email)
    assert throttled(last)
    elsewhere = {"REMOTE_ADDR": "198.51.100.9"}
    link = passwords.make_reset("default", dot.pk, now=datetime.now(UTC))
    shown = client.get(f"/reset/{link}")
    data = {"new": NEW, "again": NEW, "csrf_token": token_of(shown)}
    assert client.post(f"/reset/{link}", data=data, environ_base=elsewhere).status_code == 303
    data = {"email": dot.email, "password": NEW, "csrf_token": token_of(client.get("/login"))}
    assert client.post("/login", data=data, environ_base=elsewhere).status_code == 303


def test_a_link_opens_the_address_that_was_shut_out(client, dot) -> None:
    for n in range(11):
        last = guess(client, f"nobody{n}@example.com")
    assert throttled(last)
    wrong = client.post("/reset/nonsense", data={"new": NEW, "again": NEW})
    assert wrong.status_code != 303
    link = passwords.make_reset("default", dot.pk, now=datetime.now(UTC))
    shown = client.get(f"/reset/{link}")
    data = {"new": NEW, "again": NEW, "csrf_token": token_of(shown)}
    assert client.post(f"/reset/{link}", data=data).status_code == 303
    data = {"email": dot.email, "password": NEW, "csrf_token": token_of(client.get("/login"))}
    assert client.post("/login", data=data).status_code == 303


def test_one_address_fails_ten_times_over_all_accounts(client, dot) -> None:
    for n in range(10):
        assert guess(client, f"{n}@example.com").status_code == 403
    assert throttled(log_in(client, dot))
    token = token_of(client.get("/login"))
    data = {"email": dot.email, "password": PASSWORD, "csrf_token": token}
    elsewhere = {"REMOTE_ADDR": "198.51.100.9"}
    assert client.post("/login", data=data, environ_base=elsewhere).status_code == 303


def test_a_header_makes_no_other_address_unless_proxies_are_trusted(client, settings) -> None:
    def status(who, n: int) -> int:
        headers = {"X-Forwarded-For": f"203.0.113.{n}"}
        return guess(who, f"{n}@example.com", headers=headers).status_code

    assert [status(client, n) for n in range(11)][-1] == 429
    trusting = settings.model_copy(update={"trusted_proxies": 1, "login_rate": "2/900"})
    behind = create_app(trusting, Runtime(trusting)).test_client()
    assert [status(behind, n) for n in range(20, 24)] == [403] * 4
    assert [status(behind, 30) for _ in range(3)] == [403, 403, 429]


def test_the_old_password_is_not_guessed_by_who_found_an_open_page(client, dot) -> None:
    log_in(client, dot)
    token = token_of(client.get("/password"))
    wrong = {"old": "a guess", "new": NEW, "again": NEW, "csrf_token": token}
    answers = [client.post("/password", data=wrong) for _ in range(11)]
    assert [each.status_code for each in answers[:10]] == [422] * 10
    assert throttled(answers[10])


def test_without_redis_people_log_in_and_guesses_are_bounded(settings) -> None:
    away = Settings.model_validate({**settings.model_dump(), "redis_url": "redis://127.0.0.1:1/0"})
    client = create_app(away, Runtime(away)).test_client()
    dot = person("dispatcher", email="dot@example.com")
    assert log_in(client, dot).status_code == 303
    other = client.application.test_client()
    assert throttled([guess(other, "x@example.com") for _ in range(11)][-1])


def test_of_several_companies_the_form_asks_which(client, dot) -> None:
    factories.tenant()
    assert 'name="company"' not in text_of(client.get("/login"))
    factories.tenant("tidewater", name="Tidewater")
    assert 'name="company"' in text_of(client.get("/login"))
    other = person("dispatcher", "tidewater", email="dot@example.com")
    assert log_in(client, other, company="default").status_code == 303
    assert LoginSession.of("tidewater").count() == 0
    log_out(client)
    assert log_in(client, other).status_code == 303
    assert log_out(client).location == "/login?left=&company=tidewater"


def test_these_pages_run_no_script_and_stand_in_no_frame(client, dot) -> None:
    for path in ("/login", "/reset/x"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "script" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
    assert client.get("/login", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/login/static/login.css").status_code == 200


@pytest.mark.parametrize("path", ["/login", "/password", "/reset/x"])
def test_a_flood_of_fields_is_no_fault_of_ours(client, dot, path) -> None:
    log_in(client, dot)
    data = {f"field{n}": "x" for n in range(1000)} | {"password": "x" * 60_000}
    assert client.post(path, data=data).status_code < 500
    assert client.post(path, data=b"\xff\xfe\x00%%%").status_code < 500

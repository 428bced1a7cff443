"""Settings: who works here, keys, webhooks, numbers, the audit log, and one's own account."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.models import Agent, ApiKey, Consent, LoginSession, Subscription, Suppression, Tenant
from app.models.audit import AuditEntry
from app.models.people import SecondFactor
from app.pipeline import event_log
from app.pipeline import subscription_standing as standing
from app.rules.audit_actions import Action
from app.rules.events import TYPES
from app.rules.permissions import FOR_KEYS
from app.web.pages.settings.audit_words import SAYS
from app.web.pages.settings.webhook_words import EVENTS, GROUPS
from tests import factories
from tests.pipeline import event_side
from tests.web import page_side
from tests.web.api_side import Api

PAGES = [
    "",
    "/policies",
    "/script",
    "/script/try",
    "/users",
    "/keys",
    "/webhooks",
    "/numbers",
    "/audit",
    "/me",
]
FOR_DISPATCHERS = {"", "/policies", "/script", "/script/try", "/numbers", "/me"}


class Person:
    """Somebody in front of the settings."""

    def __init__(self, client: Any, who: Agent) -> None:
        self.who = who
        self.browser = page_side.browser(client, who)

    def get(self, path: str = "") -> Any:
        return self.browser.get(f"/settings{path}")

    def text(self, path: str = "") -> str:
        return self.get(path).get_data(as_text=True)

    def post(self, path: str, _on: str = "/me", **fields: Any) -> Any:
        """Send a form of the page ``_on``."""
        token = page_side.token_of(self.get(_on))
        return self.browser.post(f"/settings{path}", data={"csrf_token": token, **fields})

    def version(self, path: str) -> str:
        return re.search(r'name="version" value="([^"]+)"', self.text(path))[1]


@pytest.fixture
def admin(client, settings) -> Person:
    factories.tenant()
    return Person(client, page_side.person("admin", name="Ada Admin"))


def secret_in(answer: Any) -> str:
    """What is shown this once."""
    found = re.search(r'id="secret" value="([^"]+)"', answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)
    return found[1]


def fault_at(answer: Any, field: str) -> str:
    """What stands at a field that was refused."""
    assert answer.status_code in (400, 422), answer.status_code
    found = re.search(rf'id="{field}-fault">([^<]+)<', answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)
    return found[1]


def actions() -> list[str]:
    return [
        each.action
        for each in AuditEntry.of("default").order_by("sequence")
        if each.action != "user.logged_in"
    ]


def last_weeks_delivery() -> list[str]:
    """A delivery that came an hour ago; the days on which its customer could be called."""
    now = datetime.now(UTC)
    delivery = factories.delivery(
        scheduled_time=now - timedelta(hours=1), created_at=now - timedelta(days=5),
        status="completed", reference="R-7",
    )  # fmt: skip
    factories.consent(delivery, since=now - timedelta(days=6))
    return [str((now - timedelta(days=days)).date()) for days in range(-1, 7)]


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_every_page_opens_in_every_language(client, language) -> None:
    factories.tenant()
    ada = Person(client, page_side.person("admin", language=language))
    for page in PAGES:
        assert ada.get(page).status_code == 200, page
        assert f'lang="{language}"' in ada.text(page)


def test_each_role_is_shown_what_it_may_see_and_led_to_its_own_account(client, settings) -> None:
    factories.tenant()
    dot = Person(client, page_side.person("dispatcher"))
    for page in PAGES:
        assert dot.get(page).status_code == (200 if page in FOR_DISPATCHERS else 403), page
        listed = f'href="/settings{page}"' in dot.text()
        assert listed == (page in FOR_DISPATCHERS - {"/script/try"}), page
    assert dot.post("/keys", name="x", permissions="deliveries:read").status_code == 403
    for role in ("agent", "viewer"):
        someone = Person(client, page_side.person(role))
        assert someone.get().headers["Location"] == "/settings/me"
        assert someone.get("/me").status_code == 200


def test_every_page_leads_back_to_the_list_of_the_settings(admin, client) -> None:
    back = '<p class="company"><a href="/settings">Settings</a></p>'
    for page in set(PAGES) - {"", "/script/try"}:
        assert back in admin.text(page), page
    driver = Person(client, page_side.person("agent"))
    assert '<p class="company"><a href="/agent">To the start page</a></p>' in driver.text("/me")


def test_a_role_is_chosen_by_its_short_name_and_told_beside_the_choice(admin) -> None:
    for page in ("/users", f"/users/{admin.who.pk}"):
        text = admin.text(page)
        assert ">Dispatcher</option>" in text
        assert "Dispatcher: plans, watches, steps in" in text


def test_what_is_told_of_somebody_has_its_name_where_a_table_has_no_head(admin) -> None:
    text = admin.text("/users")
    for name in ("Role", "E-mail address", "Last log-in"):
        assert f'<td data-label="{name}">' in text, name


def test_somebody_is_invited_by_a_link_and_logs_in_with_it(admin, client) -> None:
    made = admin.post("/users", name="Robin", email="Robin@example.com", phone="+1 415 555 0177",
                      role="dispatcher", language="fr")  # fmt: skip
    link = secret_in(made)
    robin = Agent.of("default", email="robin@example.com").get()
    assert (robin.role, robin.language, robin.phone) == ("dispatcher", "fr", "+14155550177")
    path = "/reset/" + link.rpartition("/reset/")[2]
    token = page_side.token_of(client.get(path))
    new = {"new": page_side.PASSWORD, "again": page_side.PASSWORD, "csrf_token": token}
    assert client.post(path, data=new).status_code == 303
    assert page_side.log_in(client, robin).status_code == 303
    assert actions()[:2] == ["user.created", "password.reset_asked"]


def test_what_is_wrong_with_an_invitation_stands_at_its_field(admin) -> None:
    taken = {"name": "Robin", "email": admin.who.email, "phone": "+14155550177", "role": "agent",
             "language": "en"}  # fmt: skip
    refused = admin.post("/users", **taken)
    assert "already" in fault_at(refused, "email")
    assert 'value="Robin"' in refused.get_data(as_text=True), "what was typed is lost"
    assert "must be a telephone number" in fault_at(
        admin.post("/users", **{**taken, "email": "r@example.com", "phone": "12345"}), "phone"
    )
    assert fault_at(admin.post("/users", **{**taken, "email": "none"}), "email")
    assert Agent.of("default").count() == 1


def test_faults_are_told_in_the_readers_language(client) -> None:
    factories.tenant()
    hans = Person(client, page_side.person("admin", language="de"))
    refused = hans.post("/users", name="Robin", email=hans.who.email, phone="+14155550177",
                        role="agent", language="en")  # fmt: skip
    assert fault_at(refused, "email") == "gehört schon jemandem in dieser Firma"


def test_somebody_gets_another_role_and_is_let_in_no_more(admin, client) -> None:
    who = page_side.person("agent", name="Kim")
    at = f"/users/{who.pk}"
    theirs = page_side.browser(client, who)
    form = {"name": "Kim", "email": who.email, "phone": who.phone, "role": "viewer",
            "language": "es"}  # fmt: skip
    assert admin.post(at, version=admin.version(at), **form).status_code == 303
    who.reload()
    assert (who.role, who.language) == ("viewer", "es")
    assert admin.post(f"{at}/sign-out").status_code == 303
    assert theirs.get("/settings/me").status_code == 303
    assert admin.post(f"{at}/deactivate").status_code == 303
    assert page_side.log_in(client, who).status_code == 403
    assert admin.post(f"{at}/activate").status_code == 303
    assert page_side.log_in(client, who).status_code == 303


def test_a_change_of_what_somebody_else_changed_is_told_and_keeps_what_was_typed(admin) -> None:
    who = page_side.person("agent", name="Kim")
    at = f"/users/{who.pk}"
    seen = admin.version(at)
    Agent.of("default", pk=who.pk).update_one(set__name="Kim Else")
    form = {"name": "Kim Mine", "email": who.email, "phone": who.phone, "role": "agent",
            "language": "en"}  # fmt: skip
    refused = admin.post(at, version=seen, **form)
    assert refused.status_code == 412
    text = refused.get_data(as_text=True)
    assert "Somebody else has changed it meanwhile" in text
    assert 'value="Kim Mine"' in text
    again = re.search(r'name="version" value="([^"]+)"', text)[1]
    assert admin.post(at, version=again, **form).status_code == 303


def test_the_last_administrator_stays_one(admin) -> None:
    refused = admin.post(f"/users/{admin.who.pk}/deactivate")
    assert refused.status_code == 409
    assert "last administrator" in refused.get_data(as_text=True)


def test_a_key_is_shown_once_works_and_is_revoked(admin, client) -> None:
    made = admin.post("/keys", name="Loading dock", environment="production", requests="500",
                      period_minutes="2.5", days="30", permissions=["deliveries:read"])  # fmt: skip
    secret = secret_in(made)
    key = ApiKey.of("default").get()
    assert (key.rate_limit.requests, key.rate_limit.period) == (500, 150_000)
    assert 29 <= (key.expires_at - datetime.now(UTC)).days <= 30
    api = Api(client, secret)
    assert api.get("/deliveries").status_code == 200
    assert api.get("/customers").status_code == 403
    at = f"/keys/{key.pk}"
    assert secret not in admin.text(at), "it is shown again"
    assert secret not in admin.text("/audit")
    assert admin.post(f"{at}/revoke").status_code == 303
    assert api.get("/deliveries").status_code == 401
    assert "Loading dock" not in admin.text("/keys")
    assert "Loading dock" in admin.text("/keys?all=all")


def test_a_key_may_be_given_whatever_keys_may_have(admin) -> None:
    offered = re.findall(r'name="permissions" value="([^"]+)"', admin.text("/keys"))
    assert sorted(offered) == sorted(FOR_KEYS)


def test_who_has_lost_their_app_is_asked_for_no_code_any_more(admin) -> None:
    who = page_side.person("agent", name="Kim")
    at = f"/users/{who.pk}"
    assert "second-factor" not in admin.text(at)
    on = SecondFactor(secret="JBSWY3DPEHPK3PXP", since=datetime.now(UTC))
    Agent.of("default", pk=who.pk).update_one(set__second_factor=on)
    assert "Make sure it really is them" in admin.text(at)
    assert admin.post(f"{at}/second-factor").status_code == 303
    assert "second_factor.off" in actions()


def test_a_key_gets_other_permissions_and_a_successor(admin, client) -> None:
    made = admin.post("/keys", name="Loading dock", environment="staging", requests="500",
                      period_minutes="1", permissions=["deliveries:read"])  # fmt: skip
    plain = secret_in(made)
    key = ApiKey.of("default").get()
    at = f"/keys/{key.pk}"
    changed = {"name": "Loading dock", "description": "", "requests": "600", "period_minutes": "1",
               "permissions": ["customers:read", "deliveries:read"]}  # fmt: skip
    assert admin.post(at, version=admin.version(at), **changed).status_code == 303
    assert Api(client, plain).get("/customers").status_code == 200
    refused = admin.post(f"{at}/rotate", overlap_hours="1000")
    assert fault_at(refused, "overlap_hours") == "may be at most 720"
    successor = secret_in(admin.post(f"{at}/rotate", overlap_hours="2"))
    assert {Api(client, each).get("/customers").status_code for each in (plain, successor)} == {200}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "must not be empty"),
        ("requests", "many", "must be a whole number"),
        ("requests", "0", "must be at least 1"),
        ("period_minutes", "2000", "may be at most 86400"),
        ("days", "soon", "must be a number of days, or empty"),
        ("permissions", [], "choose at least one"),
    ],
)
def test_what_is_wrong_with_a_key_stands_at_its_field(admin, field, value, says) -> None:
    given = {"name": "W", "environment": "staging", "requests": "500", "period_minutes": "1",
             "days": "", "permissions": ["deliveries:read"]}  # fmt: skip
    assert fault_at(admin.post("/keys", **{**given, field: value}), field) == says
    assert ApiKey.of("default").count() == 0


def test_a_webhook_is_made_tested_paused_and_removed(admin) -> None:
    made = admin.post("/webhooks", url="https://hooks.shop.example/in", description="Desk",
                      types=["delivery.instructed"])  # fmt: skip
    assert secret_in(made).startswith("whsec_")
    hook = Subscription.of("default").get()
    at = f"/webhooks/{hook.pk}"
    assert admin.post(f"{at}/test").status_code == 303
    assert "webhook.test" in admin.text(at)
    assert admin.post(f"{at}/pause").status_code == 303
    assert admin.post(f"{at}/test").status_code == 409
    assert admin.post(f"{at}/enable").status_code == 303
    form = {"url": "https://hooks.shop.example/new", "description": "Desk", "types": ["*"]}
    assert admin.post(at, version=admin.version(at), **form).status_code == 303
    assert "hooks.shop.example/new" in admin.text("/webhooks")
    assert secret_in(admin.post(f"{at}/rotate", overlap_hours="1")).startswith("whsec_")
    assert admin.post(f"{at}/delete").status_code == 303
    assert "hooks.shop.example" not in admin.text("/webhooks")


def test_each_event_is_explained_where_it_is_chosen(admin) -> None:
    shown = admin.text("/webhooks")
    assert "A driver is assigned (delivery.assigned)" in shown
    assert set(EVENTS) == set(TYPES)
    assert {name.partition(".")[0] for name in TYPES} == set(GROUPS)


def test_a_webhook_that_cannot_be_is_refused_at_its_field(admin) -> None:
    refused = admin.post("/webhooks", url="http://hooks.shop.example/in", types=["*"])
    assert fault_at(refused, "url") == "it must begin with https://"
    refused = admin.post("/webhooks", url="https://hooks.shop.example/in", types=[])
    assert fault_at(refused, "types") == "choose at least one"


def test_an_event_is_looked_at_and_sent_again(admin) -> None:
    hook = event_side.subscriber()
    trial = standing.send_test("default", hook.pk, now=datetime.now(UTC))
    posting = event_log.latest("default", hook.pk, trial.pk)
    at = f"/webhooks/{hook.pk}/postings/{posting.pk}"
    assert "webhook.test" in admin.text(at)
    assert admin.post(at).status_code == 303
    assert "webhook.replayed" in actions()


def test_a_number_is_looked_up_stopped_and_reached_again(client) -> None:
    factories.tenant()
    dot = Person(client, page_side.person("dispatcher"))
    phone = "+1 415 555 0123"
    assert "never blocked" in dot.post("/numbers", phone=phone).get_data(as_text=True)
    stopped = dot.post("/numbers/stop", phone=phone, scope="calls").get_data(as_text=True)
    assert "no planned call goes there any more" in stopped
    held = Suppression.of("default").get()
    assert (held.phone, held.scope) == ("+14155550123", "calls")
    assert "+1 415-555-0123" in dot.text("/numbers"), "the latest are listed"
    lifted = dot.post(f"/numbers/suppressions/{held.pk}/lift", phone=phone, reason="misheard")
    assert "may be reached again" in lifted.get_data(as_text=True)
    again = dot.post(f"/numbers/suppressions/{held.pk}/lift", phone=phone, reason="misheard")
    assert again.status_code == 409
    assert "lifted already" in again.get_data(as_text=True)
    assert actions() == ["suppression.created", "suppression.lifted"]


def test_a_consent_is_noted_and_withdrawn(client) -> None:
    factories.tenant()
    dot = Person(client, page_side.person("dispatcher"))
    noted = dot.post("/numbers/consent", phone="+14155550123", basis="express", source="Form 4711")
    assert "Form 4711" in noted.get_data(as_text=True)
    consent = Consent.of("default").get()
    assert dot.post(f"/numbers/consents/{consent.pk}/withdraw", phone=consent.phone)
    consent.reload()
    assert consent.withdrawn is not None
    refused = dot.post("/numbers/consent", phone="+14155550123", basis="express", source="")
    assert fault_at(refused, "source")


def test_what_is_no_number_is_told_at_its_field(admin) -> None:
    for nonsense in ("nobody", "", "12"):
        assert fault_at(admin.post("/numbers", phone=nonsense), "phone"), nonsense


def test_a_search_for_no_day_is_not_said_to_be_unsaved(admin) -> None:
    answer = admin.browser.get("/settings/audit?since=yesterday")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "This cannot be looked for" in shown
    assert "aved" not in shown


def test_the_audit_log_is_searched_and_verified(admin) -> None:
    admin.post("/numbers/stop", phone="+14155550123", scope="all")
    text = admin.text("/audit?action=suppression.created")
    assert text.count("<tr id=") == 1
    today = datetime.now(UTC).date().isoformat()
    assert 'data-action="suppression.created">Blocked a number: ' in text
    assert "Blocked a number" in admin.text(f"/audit?since={today}&until={today}")
    assert admin.get("/audit?since=never").status_code in (400, 422)
    assert admin.get("/audit?subject_id=1").status_code == 422
    assert admin.post("/audit").status_code == 303
    assert "The log is whole" in admin.text("/audit")


def test_an_entry_is_a_sentence_that_names_what_it_is_about(admin) -> None:
    who = page_side.person("dispatcher", name="Kim Keller")
    admin.post(f"/users/{who.pk}/deactivate")
    text = admin.text("/audit?action=user.deactivated")
    assert "Blocked a user’s log-in: " in text
    assert f'<a href="/settings/users/{who.pk}"><bdi>Kim Keller</bdi></a>' in text


def test_every_action_has_its_words() -> None:
    assert set(SAYS) == set(Action)


def test_ones_own_name_language_and_password(client, settings) -> None:
    factories.tenant()
    kim = Person(client, page_side.person("agent", name="Kim"))
    other = page_side.browser(client, kim.who)
    assert kim.post("/me", name="Kim Novak", language="es").status_code == 303
    shown = kim.text("/me")
    assert all(told in shown for told in ("Su cuenta", "Guardado.")), "in the language just chosen"
    weak = kim.post("/me/password", old=page_side.PASSWORD, new="short", again="short")
    assert fault_at(weak, "new") == (
        "La contraseña debe tener al menos 12 caracteres; varias palabras hacen una buena."
    )
    wrong = kim.post("/me/password", old="no", new="quiet marmalade over Lisbon",
                     again="quiet marmalade over Lisbon")  # fmt: skip
    assert fault_at(wrong, "old") == "No es la contraseña actual."
    differ = kim.post("/me/password", old=page_side.PASSWORD, new="a", again="b")
    assert fault_at(differ, "again")
    assert page_side.PASSWORD not in differ.get_data(as_text=True)
    done = kim.post("/me/password", old=page_side.PASSWORD, new="quiet marmalade over Lisbon",
                    again="quiet marmalade over Lisbon")  # fmt: skip
    assert done.status_code == 303
    assert other.get("/settings/me").status_code == 303, "another session went on"
    assert kim.get("/me").status_code == 200


def test_one_logs_out_elsewhere_and_everywhere(client, settings) -> None:
    factories.tenant()
    kim = Person(client, page_side.person("agent", name="Kim"))
    other = page_side.browser(client, kim.who)
    sessions = re.findall(r"/settings/me/sessions/([0-9a-f]{24})/end", kim.text("/me"))
    assert len(sessions) == 1
    assert kim.post(f"/me/sessions/{sessions[0]}/end").status_code == 303
    assert other.get("/settings/me").status_code == 303
    assert kim.post(f"/me/sessions/{sessions[0]}/end").status_code == 404
    third = page_side.browser(client, kim.who)
    assert kim.post("/me/sessions/end").headers["Location"].startswith("/login")
    assert kim.get("/me").status_code == third.get("/settings/me").status_code == 303
    assert LoginSession.of("default", user_id=kim.who.pk, revoked_at=None).count() == 0


def test_no_form_is_taken_without_its_token(admin) -> None:
    answer = admin.browser.post("/settings/keys", data={"name": "x"})
    assert answer.status_code == 400
    assert ApiKey.of("default").count() == 0


CHOICES = {
    "name": "Harbour Parcels", "callback_number": "+14155550100", "mode": "consent",
    "hours_from": "09:00", "hours_to": "19:00", "days_ahead": "2", "most_calls_a_day": "",
    "most_calls_a_delivery": "", "calls_per_second": "0,5", "calls_in_progress": "",
    "quiet_days": "2027-12-24\n2027-12-25", "transfer_number": "", "transfer_hours_from": "",
    "transfer_hours_to": "", "time_zone": "Europe/London", "stops_per_driver": "40",
    "second_factor_for": ["admin", "dispatcher"],
}  # fmt: skip


def test_hours_and_policies_are_saved_and_shown_again(admin) -> None:
    version = admin.version("/policies")
    assert admin.post("/policies", version=version, **CHOICES).status_code == 303
    calling = Tenant.of("default").get().calling
    assert (calling.hours, calling.days_ahead, calling.calls_per_second) == ("09:00-19:00", 2, 0.5)
    assert (list(calling.quiet_days), calling.texts) == (["2027-12-24", "2027-12-25"], False)
    tenant = Tenant.of("default").get()
    assert (tenant.stops_per_driver, list(tenant.second_factor_for)) == (
        40,
        ["admin", "dispatcher"],
    )
    text = admin.text("/policies")
    for shown in ('name="hours_from" value="09:00"', 'value="Europe/London"', "2027-12-25"):
        assert shown in text
    emptied = {
        **CHOICES,
        "second_factor_for": [],
        "hours_from": "",
        "hours_to": "",
        "days_ahead": "",
        "texts": "yes",
    }
    assert admin.post("/policies", version=admin.version("/policies"), **emptied).status_code == 303
    calling = Tenant.of("default").get().calling
    assert (calling.hours, calling.days_ahead, calling.texts) == (None, None, True)


@pytest.mark.parametrize(
    ("field", "wrong", "says"),
    [
        ("hours", {"hours_from": "19:00", "hours_to": "09:00"}, "the earlier first"),
        ("hours", {"hours_from": "09:00", "hours_to": ""}, "the earlier first"),
        ("hours", {"hours_from": "02:00", "hours_to": "03:00"}, "nobody would be called"),
        ("days_ahead", {"days_ahead": "many"}, "must be a whole number"),
        ("days_ahead", {"days_ahead": "99"}, "may be at most 30"),
        ("quiet_days", {"quiet_days": "tomorrow"}, "must be dates"),
        ("quiet_days", {"quiet_days": "2027-02-30"}, "must be dates"),
        ("time_zone", {"time_zone": "Mars"}, "must be one like Europe/London"),
        ("transfer_number", {"transfer_number": "911"}, "must be like +14155550100"),
        ("name", {"name": ""}, "must not be empty"),
    ],
)
def test_what_is_wrong_with_a_policy_stands_at_its_field(admin, field, wrong, says) -> None:
    version = admin.version("/policies")
    refused = admin.post("/policies", version=version, **{**CHOICES, **wrong})
    assert says in fault_at(refused, field)
    assert Tenant.of("default").get().calling.time_zone is None, "something was saved"


def test_what_other_choices_would_have_changed_is_shown_without_saving(admin) -> None:
    quiet = " ".join(last_weeks_delivery())
    asked = {**CHOICES, "quiet_days": quiet, "hours_from": "", "hours_to": "", "days_ahead": ""}
    text = admin.post("/policies/what-if", **asked).get_data(as_text=True)
    assert '<b data-count="dropped">1</b>' in text
    assert "a quiet day" in text
    assert "R-7" in text
    assert quiet.split()[0] in text, "what was typed is lost"
    assert not Tenant.of("default").get().calling.quiet_days
    wrong = admin.post("/policies/what-if", **{**asked, "time_zone": "Mars"})
    assert fault_at(wrong, "time_zone")
    nothing = admin.browser.post(
        "/settings/policies/what-if", headers={"HX-Request": "true"},
        data={**CHOICES, "time_zone": "Mars", "csrf_token": page_side.token_of(admin.get("/me"))},
    )  # fmt: skip
    assert nothing.status_code == 200
    assert "must be one like Europe/London" in nothing.get_data(as_text=True)
    assert "<html" not in nothing.get_data(as_text=True)


def test_a_dispatcher_reads_policies_and_changes_none(client, settings) -> None:
    factories.tenant()
    dot = Person(client, page_side.person("dispatcher"))
    text = dot.text("/policies")
    assert "administrators change them" in text
    assert '<fieldset class="bare" disabled>' in text
    for path in ("/policies", "/policies/what-if"):
        assert dot.post(path, **CHOICES).status_code == 403

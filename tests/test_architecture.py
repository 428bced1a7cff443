"""The house keeps its shape: what is declared in one place holds everywhere."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from app import callbacks, queues
from app.config import MEANINGS, Settings
from app.web import guard
from app.web.api import OPERATIONS, PREFIX
from tests.web import page_side
from workers.main import ALLOWED

ROOT = Path(__file__).parents[1]
TWILIO = callbacks.PREFIX
OPEN = {
    "/login": "the form to log in",
    "/login/code": "the form for the second factor, for who has proved the password",
    "/login/static/<path:filename>": "its style sheet",
    "/reset/<token>": "the form to choose a password, for who has the link",
    "/healthz": "liveness",
    "/readyz": "readiness",
    "/metrics": "figures",
    "/static/<path:filename>": "style sheets and scripts",
    "/agent/shell/<any(en,es,fr,de):language>": "the driver's page without a round",
    "/agent/offline/<any(en,es,fr,de):language>": "what it shows without a network",
    "/agent/manifest.webmanifest": "how a telephone installs it",
    "/agent/sw.js": "what keeps it there",
    "/agent/static/<path:filename>": "its style sheet, scripts and pictures",
    "/i/<token>": "the customer's page, for who has the link",
    "/i/<token>/answer/<key>": "what they sent, read back",
    "/i/static/<path:filename>": "its style sheet and scripts",
    "/api/v1/openapi.json": "the API's description",
    "/api/v1/docs": "the same to read and try",
    "/api/v1/docs/<name>": "its style sheet and script",
    "/api/v1/problems": "kinds of problems",
}
"""Routes that anybody on the loopback interface may ask. A new route must be thought about."""
SIGNED_IN = {
    "/": "the dispatcher's page",
    "/live": "its changes",
    "/board/rows": "its later rows",
    "/board/<delivery_id>/heard": "what was said, word by word",
    "/recordings/<recording_id>/audio": "the page's player",
    "/agent": "the driver's own page",
    "/agent/me": "who that is",
    "/agent/live": "its changes",
    "/agent/<agent_id>": "a driver's page",
    "/agent/<agent_id>/live": "its changes",
    "/deliveries/<delivery_id>": "one delivery",
    "/deliveries/live": "what of all of them changes",
    "/deliveries/<delivery_id>/now": "what of it changes by itself",
    "/reviews": "what needs a person",
    "/reviews/now": "what of it changes by itself",
    "/plan": "the calendar",
    "/plan/map": "the stops of a day",
    "/plan/assign": "where stops are given to a driver",
    "/plan/suggestion": "who could drive what",
    "/plan/suggestion/take": "where that is taken over",
    "/plan/import": "the form for a file of deliveries",
    "/plan/import/given": "where the file goes",
    "/plan/import/wrong": "its wrong rows",
    "/plan/import/template": "a file to begin with",
    "/plan/new": "the form for one delivery",
    "/plan/new/given": "where it goes",
    "/logout": "the end of the session",
    "/password": "the form to change it",
    "/second-factor": "the form to set up a second factor",
    "/operations": "what waits and what failed",
    "/operations/now": "how it stands now",
    "/operations/parts": "what everything rests on",
    "/operations/dead-jobs": "what failed for good",
    "/operations/dead-jobs/retry": "all of it, tried again",
    "/operations/dead-jobs/<dead_job_id>/retry": "one, tried again",
    "/operations/dead-jobs/<dead_job_id>/discard": "one, put away",
    "/figures": "what a range of days came to",
    "/figures/report": "its figures, once counted",
    "/figures/<table>.csv": "one of its tables",
    "/settings": "what one may see of the settings",
    "/settings/policies": "hours and policies, and their form",
    "/settings/policies/what-if": "what they would have changed",
    "/settings/script": "texts of the call script, and their form",
    "/settings/script/sound": "a text, spoken",
    "/settings/script/try": "a call without a telephone",
    "/settings/users": "who works here; to invite somebody",
    "/settings/users/<user_id>": "one of them, and their form",
    "/settings/users/<user_id>/reset": "a link for a password",
    "/settings/users/<user_id>/<any(deactivate,activate):deed>": "letting somebody in or not",
    "/settings/users/<user_id>/second-factor": "asking them for no code any more",
    "/settings/users/<user_id>/sign-out": "the end of their sessions",
    "/settings/keys": "API keys; to make one",
    "/settings/keys/<key_id>": "one of them, and its form",
    "/settings/keys/<key_id>/rotate": "its successor",
    "/settings/keys/<key_id>/revoke": "its end",
    "/settings/webhooks": "where events are sent; to add an address",
    "/settings/webhooks/<webhook_id>": "one of them, and its form",
    "/settings/webhooks/<webhook_id>/rotate": "a new secret",
    "/settings/webhooks/<webhook_id>/<any(pause,enable,test):deed>": "its deeds",
    "/settings/webhooks/<webhook_id>/delete": "its end",
    "/settings/webhooks/<webhook_id>/postings/<posting_id>": "one event sent; to send it again",
    "/settings/numbers": "numbers that were stopped; to look one up",
    "/settings/numbers/stop": "to stop one",
    "/settings/numbers/consent": "to note a consent",
    "/settings/numbers/suppressions/<suppression_id>/lift": "to lift one",
    "/settings/numbers/consents/<consent_id>/withdraw": "to withdraw one",
    "/settings/audit": "the audit log; to verify it",
    "/settings/me": "one's own account",
    "/settings/me/password": "its password",
    "/settings/me/sessions/<session_id>/end": "logging out elsewhere",
    "/settings/me/sessions/end": "logging out everywhere",
}
"""Pages of people who are logged in; who may open which is declared with each."""
LED_BACK = {"/logout", "/second-factor"}
"""Forms of these pages, refused, lead back to the page."""
FORMS = {"/login", "/login/code", "/reset/<token>"} | set(SIGNED_IN)
"""Where pages send what changes something; refused without the token of our own form."""
FOR_ANY_CALLER = frozenset(
    {"log_out", "change_own_password", "me", "change_me", "list_own_sessions", "end_own_session"}
)
"""Operations of the API for everybody who is somebody, whatever they may."""


def rules(client) -> list[tuple[str, set[str]]]:
    return [
        (str(rule), rule.methods - {"HEAD", "OPTIONS"})
        for rule in client.application.url_map.iter_rules()
    ]


def filled(rule: str) -> str:
    one_of = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule)
    return re.sub(r"<(?:\w+:)?\w+>", "a" * 24, one_of)


def test_every_twilio_route_refuses_what_twilio_did_not_sign(client) -> None:
    routes = [(rule, methods) for rule, methods in rules(client) if rule.startswith(TWILIO)]
    assert len(routes) >= 5
    for rule, methods in routes:
        for method in methods:
            for headers in ({}, {"X-Twilio-Signature": "bm9wZQ=="}):
                answer = client.open(filled(rule), method=method, headers=headers)
                assert answer.status_code == 403, (rule, method)


def test_even_a_webhook_that_does_not_exist_tells_nothing(client) -> None:
    assert client.post(f"{TWILIO}/calls/x/nothing").status_code in (403, 404)


def test_every_other_route_is_known(client) -> None:
    others = {rule for rule, _ in rules(client) if not rule.startswith(TWILIO)}
    api = {f"{PREFIX}{operation.path}" for operation in OPERATIONS}
    assert others == set(OPEN) | set(SIGNED_IN) | api


def test_every_page_wants_to_know_who_asks(client) -> None:
    fragments = {
        str(rule)
        for rule in client.application.url_map.iter_rules()
        if rule.endpoint in guard.FOR_SCRIPTS
    }
    for rule, methods in rules(client):
        for method in methods if rule in SIGNED_IN else ():
            answer = client.open(filled(rule), method=method)
            assert answer.status_code == (401 if rule in fragments else 303), (rule, method)
            assert answer.headers.get("Location", "/login").startswith("/login"), (rule, method)


def test_no_form_is_taken_that_is_not_ours(client) -> None:
    admin = page_side.browser(client, page_side.person("admin"))
    sent = [rule for rule, methods in rules(client) if rule in SIGNED_IN and "POST" in methods]
    assert len(sent) > 10
    for rule in sent:
        answer = admin.post(filled(rule), data={"csrf_token": "another"})
        # The log-in shows its forms anew instead.
        assert answer.status_code == 400 or rule in LED_BACK, (rule, answer.status_code)


def test_every_page_of_a_person_is_in_the_table_of_pages(client) -> None:
    pages = {
        rule.endpoint for rule in client.application.url_map.iter_rules() if str(rule) in SIGNED_IN
    }
    assert pages == set(guard.NEEDS)


def test_every_route_of_the_api_wants_to_know_who_asks(client) -> None:
    for operation in OPERATIONS:
        address = filled(f"{PREFIX}{operation.path}")
        answer = client.open(address, method=operation.method)
        if not operation.anyone:
            assert answer.status_code == 401, operation.name
        assert operation.anyone or operation.may is not None or operation.name in FOR_ANY_CALLER


def test_nothing_but_webhooks_forms_and_the_customers_answer_changes_anything(client) -> None:
    for rule, methods in rules(client):
        elsewhere = rule.startswith((TWILIO, PREFIX)) or rule in FORMS
        if not elsewhere and (rule, methods) != ("/i/<token>", {"POST"}):
            assert methods == {"GET"}, rule


def test_every_callback_address_has_a_route(client) -> None:
    addresses = callbacks.Callbacks("https://calls.example", "a" * 24)
    adapter = client.application.url_map.bind("calls.example")
    every = [
        addresses.status,
        addresses.answered_by,
        addresses.recording,
        addresses.script("greeting"),
        addresses.keys("greeting"),
        addresses.recorded("instructions"),
        addresses.transferred("transfer"),
    ]
    for url in every:
        path = url.removeprefix("https://calls.example").partition("#")[0]
        assert adapter.match(path, method="POST"), url
        assert url.endswith("#rc=2&rp=ct,rt,5xx")
        assert "_" not in path


def test_every_job_can_be_imported() -> None:
    for job in queues.JOBS.values():
        module, _, name = job.path.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))
        assert job.queue in queues.QUEUES
        assert 0 < job.seconds <= 600


def test_only_the_jobs_of_the_table_may_run() -> None:
    assert {job.path for job in queues.JOBS.values()} == ALLOWED
    import workers.jobs as module

    public = {
        name
        for name, value in vars(module).items()
        if hasattr(value, "__wrapped__") and value.__module__ == module.__name__
    }
    assert public == set(queues.JOBS)


def test_every_queue_is_in_the_procfile() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    served = {line.rpartition(" ")[2] for line in lines if "delauto worker" in line}
    assert served == set(queues.QUEUES)
    assert {line.partition(":")[0] for line in lines} >= {"web", "clock"}


def test_the_operator_is_told_of_every_process() -> None:
    named = {line.partition(":")[0] for line in (ROOT / "Procfile").read_text().splitlines()}
    _, _, told = (ROOT / "docs" / "operations.md").read_text().partition("## The processes")
    table = told.partition("\nEach must be")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == named


def test_no_setting_is_told_twice() -> None:
    text = (ROOT / "README.md").read_text()
    told = [
        name
        for row in re.findall(r"^\| (`[A-Z_0-9`, ]+`) \|", text, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    ]
    assert len(told) > 40
    assert sorted(told) == sorted(set(told))


def test_examples_need_nothing_that_a_bare_machine_lacks() -> None:
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for block in re.findall(r"```sh\n(.*?)```", path.read_text(), re.DOTALL):
            assert set(re.findall(r"\$\((\w+)", block)) <= {"cat", "date", "delauto"}, path


def test_every_setting_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    for name in MEANINGS:
        assert f"`{name}`" in text, name
    assert set(MEANINGS) == {field.upper() for field in Settings.model_fields}


@pytest.mark.parametrize("folder", ["app", "workers", "local", "migrations"])
def test_every_module_says_its_job(folder) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert path.read_text().lstrip().startswith('"""'), path


def test_looking_across_tenants_is_rare() -> None:
    allowed = {
        "app/models/base.py",
        "app/pipeline/analytics/system.py",
        "app/pipeline/api_keys.py",
        "app/pipeline/audit_chain.py",
        # MongoDB wants $geoNear first; the tenant is in its query.
        "app/pipeline/agents.py",
        # A number is the same number for every company: it is not to be rung twice at once.
        "app/pipeline/bridge.py",
        "app/pipeline/bridge_ring.py",
        "app/pipeline/circuit.py",
        "app/pipeline/conclude.py",
        "app/pipeline/copies.py",
        # A browser may have been that of another company's agent before.
        "app/pipeline/devices.py",
        "app/pipeline/dead_jobs.py",
        "app/pipeline/dial.py",
        "app/pipeline/inbound.py",
        "app/pipeline/inbound_people.py",
        "app/pipeline/inbound_text.py",
        "app/pipeline/locate.py",
        "app/pipeline/passwords.py",
        "app/pipeline/post.py",
        "app/pipeline/price.py",
        "app/pipeline/publish.py",
        "app/pipeline/push.py",
        "app/pipeline/reconcile.py",
        "app/pipeline/record.py",
        "app/pipeline/remind.py",
        "app/pipeline/reply.py",
        "app/pipeline/sweep.py",
        "app/pipeline/tell.py",
        "app/pipeline/text.py",
        "app/pipeline/text_progress.py",
        "app/pipeline/to_hear.py",
        "app/pipeline/transcribe.py",
        "app/pipeline/understand.py",
        "app/web/health.py",
        "app/web/link/visit.py",
        "app/web/login/showing.py",
        "app/web/webhooks/arrivals.py",
        "app/web/webhooks/bridging.py",
        "app/web/webhooks/messages.py",
        "workers/jobs.py",
        "app/models/operations.py",
    }
    using = {
        str(path.relative_to(ROOT))
        for folder in ("app", "workers", "local")
        for path in (ROOT / folder).rglob("*.py")
        if "across_tenants" in path.read_text()
    }
    assert using <= allowed


def test_the_collections_are_reached_past_the_scope_only_where_it_must_be() -> None:
    # A transaction and the mark of the sweep need the driver itself, and name the tenant.
    using = {
        str(path.relative_to(ROOT))
        for folder in ("app", "workers", "local")
        for path in (ROOT / folder).rglob("*.py")
        if "_get_collection()" in path.read_text()
    }
    assert using <= {
        "app/models/audit.py",
        "app/models/base.py",
        "app/pipeline/claim_transaction.py",
        "app/pipeline/claim_writes.py",
        "app/pipeline/due.py",
        "app/pipeline/ledger.py",
        "app/pipeline/live_call.py",
        "app/pipeline/progress.py",
        "app/pipeline/publish.py",
        "app/pipeline/standing.py",
        "app/pipeline/sweep.py",
        "app/web/webhooks/arrivals.py",
    }


def test_the_web_process_never_loads_the_speech_model() -> None:
    import subprocess
    import sys

    code = (
        "import sys, app.web, app.web.pages, app.web.webhooks, app.web.agent, app.web.health\n"
        "bad = {'faster_whisper', 'ctranslate2', 'workers', 'local'} & set(sys.modules)\n"
        "sys.exit(', '.join(bad) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_no_file_names_a_package_registry() -> None:
    hosts = ("pypi" + ".org", "registry.npm" + "js", "deb.debian" + ".org", "pythonhosted" + ".org")
    for path in ROOT.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(ROOT).parts[:-1])
        if path.is_file() and not hidden and path.suffix in {".py", ".md", ".toml", ".lock"}:
            text = path.read_text(errors="replace")
            assert not any(host in text for host in hosts), path


@pytest.mark.parametrize("module", sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py")))
def test_every_benchmark_can_be_imported(module, surroundings, monkeypatch) -> None:
    # One of them is an application that a server loads with its settings.
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    assert importlib.import_module(f"benchmarks.{module}").__doc__

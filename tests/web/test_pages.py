"""The live pages as the server renders them, and their streams."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models import DEFAULT_TENANT, Agent, AnalysisRecord, PushMessage, Transcription
from app.models.analysis import DirectiveRecord
from app.models.audit import AuditEntry
from app.pipeline import staff
from app.pipeline.tell import tell
from app.rules.analysis import Analysis, Directive, Kind
from app.rules.permissions import Role
from app.web.live import post
from tests import factories
from tests.web.page_side import browser, person

SOON = datetime.now(UTC) + timedelta(hours=2)


@pytest.fixture
def client(client, settings):
    """The browser of a dispatcher who is logged in."""
    return browser(client, person("dispatcher", name="Dot"))


@pytest.fixture
def told(settings):
    """A delivery whose driver was told something."""
    factories.tenant()
    agent = person("agent", name="Dana <Driver>")
    customer = factories.customer(name='<script>alert("x")</script> & مرحبا 🚚')
    delivery = factories.delivery(
        customer=customer,
        agent_id=agent.pk,
        scheduled_time=SOON,
        outreach={"state": "instructed", "attempts": 1},
    )
    analysis = Analysis(
        directives=(Directive(Kind.LEAVE_AT, "behind the planter", 0.9, {"place": "planter"}),),
        instructions="Leave it behind the planter.",
    )
    delivery.analysis = AnalysisRecord.from_rules(
        analysis, source_id=delivery.pk, call_id=delivery.pk, at=SOON
    )
    delivery.analysis_version, delivery.to_tell = 1, True
    delivery.save()
    tell(delivery.pk, now=datetime.now(UTC))
    return delivery


@pytest.fixture
def driver(client, told):
    """The browser of the driver who was told."""
    return browser(client, Agent.of(DEFAULT_TENANT, pk=told.agent_id).get())


def test_the_board_shows_the_sentence_and_escapes_names(client, told) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    text = answer.data.decode()
    assert "Leave it behind the planter." in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert "Dana &lt;Driver&gt;" in text


def test_dispatchers_see_what_a_second_reader_made_of_it_and_drivers_do_not(client, told) -> None:
    said = DirectiveRecord(kind=Kind.OPT_OUT, text="lose my <number>", confidence=0.5, slots={})
    told.modify(set__analysis__proposed=[said], set__analysis__doubted=[Kind.LEAVE_AT])
    text = client.get("/").data.decode()
    assert "A second reader also understood: opt out (“lose my &lt;number&gt;”)" in text
    assert "A second reader did not find: leave at" in text
    assert "second reader" not in client.get(f"/agent/{told.agent_id}").data.decode()


def test_the_board_without_any_delivery_is_a_page_too(client) -> None:
    assert client.get("/").status_code == 200


def test_another_tenants_deliveries_are_not_shown(client, settings) -> None:
    other = factories.customer("other", name="Somebody Else")
    factories.delivery("other", customer=other, scheduled_time=SOON)
    assert "Somebody Else" not in client.get("/").data.decode()


def test_every_page_forbids_scripts_from_elsewhere_and_caching(client, told) -> None:
    for path in ("/", f"/agent/{told.agent_id}"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_a_page_is_not_served_under_a_strangers_name(client, told) -> None:
    for path in ("/", "/live", f"/agent/{told.agent_id}"):
        assert client.get(path, headers={"Host": "evil.example"}).status_code == 400
    for host in ("127.0.0.1:8000", "localhost", "calls.test", "[::1]:8000"):
        assert client.get("/login", headers={"Host": host}).status_code in (200, 303)


def test_the_drivers_page(client, told) -> None:
    text = client.get(f"/agent/{told.agent_id}").data.decode()
    assert "Leave it behind the planter." in text


def test_a_driver_reads_the_sentence_in_their_language_and_the_board_stays_english(
    client, told
) -> None:
    Agent.of(DEFAULT_TENANT, pk=told.agent_id).update(set__language="de")
    text = client.get(f"/agent/{told.agent_id}").data.decode()
    assert 'lang="de">Hinter den Blumenkübel legen.</p>' in text
    card, _ = events(client.get(f"/agent/{told.agent_id}/live", buffered=False), 2)
    assert "Hinter den Blumenkübel legen." in card["data"]
    assert "Leave it behind the planter." in client.get("/").data.decode()


@pytest.mark.parametrize("agent_id", ["nonsense", "a" * 24])
def test_an_unknown_driver_is_not_found(client, agent_id) -> None:
    for path in (f"/agent/{agent_id}", f"/agent/{agent_id}/live"):
        assert client.get(path).status_code == 404


def events(answer, wanted: int) -> list[dict[str, str]]:
    """The first events of a stream."""
    found, current = [], {}
    for chunk in answer.iter_encoded():
        for line in chunk.decode().splitlines():
            name, _, value = line.partition(": ")
            if line:
                current[name] = current.get(name, "") + value
            elif current:
                if "event" in current:
                    found.append(current)
                current = {}
        if current and "event" in current:
            found.append(current)
            current = {}
        if len(found) >= wanted:
            answer.close()
            return found
    return found


def test_a_stream_begins_with_everything_as_it_stands(client, told) -> None:
    row, only = events(client.get("/live", buffered=False), 2)
    assert (row["event"], only["event"]) == ("row", "only")
    assert f"delivery-{told.pk}" in row["data"]
    assert only["data"] == f'["{told.pk}"]'


@pytest.mark.parametrize("whose", ["/agent/{id}/live", "/agent/live"])
def test_a_message_is_told_once_and_marked_delivered(driver, told, whose) -> None:
    path = whose.format(id=told.agent_id)
    card, message, _ = events(driver.get(path, buffered=False), 3)
    assert (card["event"], message["event"]) == ("card", "told")
    assert str(told.pk) in message["data"]
    assert PushMessage.of(DEFAULT_TENANT, delivery_id=told.pk).get().delivered_at
    again = events(driver.get(path, buffered=False), 2)
    assert [event["event"] for event in again] == ["card", "only"]


def test_a_driver_who_comes_back_gets_what_was_missed(driver, told) -> None:
    path = f"/agent/{told.agent_id}/live"
    events(driver.get(path, buffered=False), 2)
    earlier = "0" * 24
    _, message = events(driver.get(path, headers={"Last-Event-ID": earlier}, buffered=False), 2)
    assert message["event"] == "told"


def test_a_dispatcher_who_looks_on_takes_no_message_from_the_driver(client, driver, told) -> None:
    path = f"/agent/{told.agent_id}/live"
    looking = client.get(path, buffered=False)
    assert [each["event"] for each in events(looking, 1)] == ["card"]
    assert PushMessage.of(DEFAULT_TENANT, delivery_id=told.pk).get().delivered_at is None
    assert [each["event"] for each in events(driver.get(path, buffered=False), 2)][1] == "told"


def test_a_driver_sees_their_own_round_and_nothing_else(client, driver, told) -> None:
    assert driver.get("/").location == "/agent"
    assert "Leave it behind the planter." in driver.get("/agent").get_data(as_text=True)
    assert driver.get(f"/agent/{told.agent_id}").status_code == 200
    other = person("agent")
    for path in (f"/agent/{other.pk}", f"/agent/{other.pk}/live"):
        assert driver.get(path).status_code == 404
        assert client.get(path, buffered=False).status_code == 200
    assert driver.get("/live").status_code == 403


def test_no_list_tells_a_code_and_who_may_not_listen_has_no_player(client, told) -> None:
    call = factories.call(told, call_sid=factories.sid("CA"), status="completed", in_flight=False)
    recording = factories.recording(call, storage_key="rec/x.wav")
    said = Transcription(text="the gate code is four five one nine", confidence=0.9)
    recording.modify(set__transcription=said)
    told.modify(set__call_log_id=call.pk)
    code = DirectiveRecord(kind=Kind.ACCESS, text="x", confidence=0.9, slots={"code": "4519"})
    told.modify(
        set__analysis__directives=[code],
        set__analysis__instructions="Gate code: 4519. Leave it behind the planter.",
    )
    onlooker = browser(client, person("viewer"))
    seen, hidden = (who.get("/").get_data(as_text=True) for who in (client, onlooker))
    path = f"/agent/{told.agent_id}"
    asked = [who.get(path).get_data(as_text=True) for who in (client, onlooker)]
    for text in (seen, hidden, *asked):
        assert "4519" not in text
        assert "four five one nine" not in text
        assert "Leave it behind the planter." in text
    assert ["Show the code" in each for each in asked] == [True, False]
    for path in ("/live", f"/agent/{told.agent_id}/live"):
        (event,) = events(onlooker.get(path, buffered=False), 1)
        assert "4519" not in event["data"]
        assert "five" not in event["data"]
    audio, heard = f"/recordings/{recording.pk}/audio", f"/board/{told.pk}/heard"
    assert audio in client.get(heard).get_data(as_text=True)
    unheard = onlooker.get(heard).get_data(as_text=True)
    assert audio not in unheard
    assert "four five one nine" not in unheard
    assert onlooker.get(audio).status_code == 403


def test_a_driver_hears_their_own_recordings_alone(client, driver, told) -> None:
    own = factories.recording(factories.call(told), storage_key="rec/own.wav")
    foreign = factories.recording(storage_key="rec/foreign.wav")
    answers = [
        who.get(f"/recordings/{each.pk}/audio").status_code
        for who in (driver, client)
        for each in (own, foreign)
    ]
    assert answers == [302, 404, 302, 302]
    noted = AuditEntry.of(DEFAULT_TENANT, action="recording.listened").order_by("sequence")
    assert [each.subject.id for each in noted] == [str(each.pk) for each in (own, own, foreign)]


@pytest.mark.parametrize("role", [None, *Role])
def test_every_page_is_open_to_whom_the_table_says(client, settings, role) -> None:
    who = browser(client, person(role)) if role else client.application.test_client()
    delivery = factories.delivery(outreach={"state": "calling", "attempts": 1})
    recording = factories.recording(factories.call(delivery), storage_key="rec/x.wav")
    other = person("agent")
    paths = {
        "/": (200, 200, 302, 200),
        "/live": (200, 200, 403, 200),
        "/agent": (303, 303, 200, 303),
        "/agent/live": (200, 200, 200, 200),
        "/agent/me": (200, 200, 200, 200),
        f"/agent/{other.pk}": (200, 200, 404, 200),
        f"/agent/{other.pk}/live": (200, 200, 404, 200),
        f"/recordings/{recording.pk}/audio": (302, 302, 404, 403),
        "/password": (200, 200, 200, 200),
    }
    for path, expected in paths.items():
        answer = who.get(path, buffered=False)
        nobodys = 401 if path.endswith(("/live", "/me")) else 303
        wanted = expected[list(Role).index(role)] if role else nobodys
        assert answer.status_code == wanted, path


@pytest.mark.parametrize("role", list(Role))
def test_nobody_sees_anything_of_another_company(client, told, role) -> None:
    stranger = browser(client, person(role, "other"))
    recording = factories.recording(factories.call(told), storage_key="rec/x.wav")
    for path in ("/", "/agent"):
        assert "planter" not in stranger.get(path).get_data(as_text=True)
    for path in (
        f"/agent/{told.agent_id}",
        f"/agent/{told.agent_id}/live",
        f"/recordings/{recording.pk}/audio",
    ):
        assert stranger.get(path).status_code in (403, 404)


def test_a_stream_ends_when_its_person_is_deactivated(client, told, monkeypatch) -> None:
    monkeypatch.setattr(post, "CHECK_SECONDS", 1)
    tom = person("dispatcher")
    stream = browser(client, tom).get("/live", buffered=False)
    chunks = stream.iter_encoded()
    assert b"retry" in next(chunks)
    assert b"planter" in next(chunks)
    assert b"only" in next(chunks)
    staff.deactivate(DEFAULT_TENANT, tom.pk, now=datetime.now(UTC))
    assert list(chunks) == []


def test_a_stream_ends_when_its_person_gets_another_role(client, told, monkeypatch) -> None:
    monkeypatch.setattr(post, "CHECK_SECONDS", 1)
    tom = person("dispatcher")
    chunks = browser(client, tom).get("/live", buffered=False).iter_encoded()
    assert b"planter" in next(chunks) + next(chunks) + next(chunks)
    staff.change_person(DEFAULT_TENANT, tom.pk, {"role": "viewer"}, now=datetime.now(UTC))
    assert list(chunks) == []


def test_a_recording_without_audio_is_not_found(client, settings) -> None:
    recording = factories.recording()
    assert client.get(f"/recordings/{recording.pk}/audio").status_code == 404
    assert client.get("/recordings/nonsense/audio").status_code == 404


def test_anothers_recording_is_not_found(client, settings) -> None:
    delivery = factories.delivery("other", outreach={"state": "calling", "attempts": 1})
    recording = factories.recording(factories.call(delivery), storage_key="rec/x.wav")
    assert client.get(f"/recordings/{recording.pk}/audio").status_code == 404


def test_a_recording_is_a_short_lived_link(client, settings) -> None:
    recording = factories.recording(storage_key="rec/x.wav")
    answer = client.get(f"/recordings/{recording.pk}/audio")
    assert answer.status_code == 302
    assert "X-Amz-Expires=120" in answer.location
    assert "X-Amz-Signature" in answer.location


def test_health_names_each_dependency(client, settings) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["mongodb"] == answer.json["redis"] == answer.json["storage"] == "ready"
    assert answer.json["clock"] == "failed: no clock has run"
    from app.models import Heartbeat

    Heartbeat(name="clock", at=datetime.now(UTC)).save()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (200, True)


def test_metrics_count_the_ledger(client, told) -> None:
    text = client.get("/metrics").data.decode()
    assert 'delauto_deliveries{state="instructed"} 1.0' in text
    assert 'delauto_queue_depth{queue="speech"} 0.0' in text
    assert "delauto_dead_jobs 0.0" in text

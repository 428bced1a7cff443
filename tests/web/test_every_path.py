"""Every way through the script, followed by the addresses in its own TwiML, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from app.callbacks import Callbacks
from app.models import CallLog, Tenant
from app.pipeline import live_call, talk
from app.pipeline.turn import Answer, Heard
from app.rules.call_script import SCENES, START, STRANGER, Step
from app.rules.call_script.scenes import MOST_AGAIN
from app.rules.call_script.texts import LANGUAGES, language
from app.web import twiml
from local.carrier.twiml import parse_twiml
from tests import factories
from tests.web.twiml_reference import check

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
NAMES = [
    "</Say><Dial>+19005550000</Dial><Say> & \"Söhne\" 'n' Co",
    "Ünïçødé 🚚📦 Кур’єр",
    "شركة \u202eالتوصيل\u202c 中文速递",
    "]]><!-- {company} {0} %s &amp; &#60; --> \x00\x08\x1f\x0b\ufffe\nnew line",
]
KEYS = "0123456789*#"
WORDS = ["leave it behind the planter", "flibbertigibbet", "stop calling me", "yes", "not"]
WORDS += [
    phrase
    for code in LANGUAGES
    for phrase in (
        language(code).speech["assent"][0],
        language(code).speech["menu"]["wrong_number"][0],
    )
]


@dataclass(frozen=True)
class Place:
    """A request that Twilio may make, and what this call has come to before it."""

    path: str
    form: tuple[tuple[str, str], ...]
    noticed: bool = False
    in_a_row: int = 0
    scene: str = ""


@pytest.fixture(params=LANGUAGES)
def spoken(request) -> str:
    return request.param


@pytest.fixture
def world(settings, spoken) -> tuple[CallLog, Tenant]:
    return a_call(spoken, NAMES[LANGUAGES.index(spoken)])


def a_call(code: str, name: str, **calling) -> tuple[CallLog, Tenant]:
    company = factories.tenant(name=name, callback_number="+14155550100")
    company.calling.transfer_number = "+14155550142"
    for field, value in calling.items():
        setattr(company.calling, field, value)
    delivery = factories.delivery(
        reference=f'R-1 "{name[:20]}"<', time_zone="America/New_York", scheduled_time=NOW
    )
    call = factories.call(delivery, language=code, status="in-progress")
    call.covers = [delivery.pk, delivery.pk]
    call.said = f"leave it behind the {name}"
    return call, company


def turn(call: CallLog, company: Tenant, place: Place) -> Answer:
    """What the routes make of a request, without their bookkeeping."""
    parts = place.path.split("/")
    step, form = Step.read(parts[parts.index("script") + 1]), dict(place.form)
    if parts[-1] == "keys":
        if SCENES[step.scene].reference and form.get("Digits") != "9":
            return talk.misunderstood(live_call.of(call), company, step, now=NOW)
        heard = Heard(form.get("Digits", ""), form.get("SpeechResult", ""), 0.9)
        return talk.answer(live_call.of(call), company, step, heard, now=NOW)
    if parts[-1] == "recorded":
        return talk.recorded(live_call.of(call), company, step, form.get("Digits", ""), now=NOW)
    if parts[-1] == "transferred":
        return talk.transferred(live_call.of(call), company, step, form["DialCallStatus"], now=NOW)
    return talk.come(live_call.of(call), company, step, now=NOW)


def ways_on(root: ElementTree.Element) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Every request that Twilio may make after a document."""
    for redirect in root.iter("Redirect"):
        yield redirect.text, ()
    for gather in root.iter("Gather"):
        for key in KEYS:
            yield gather.get("action"), (("Digits", key),)
        if "speech" in gather.get("input"):
            for words in WORDS:
                yield gather.get("action"), (("SpeechResult", words),)
    for record in root.iter("Record"):
        for ended_by in (*KEYS, "hangup", ""):
            yield record.get("action"), (("Digits", ended_by),)
    for dial in root.iter("Dial"):
        for outcome in ("completed", "busy", "no-answer", "failed", "canceled"):
            yield dial.get("action"), (("DialCallStatus", outcome),)


def walk(call: CallLog, company: Tenant, start: str) -> Iterator[tuple[Place, Answer, bytes]]:
    """Breadth first from a scene: every place, what is said there, and its document."""
    addresses = Callbacks("https://calls.example/delauto", str(call.pk))
    front, seen = [Place(urlsplit(addresses.script(start)).path, ())], set()
    while front:
        place = front.pop(0)
        if place in seen:
            continue
        seen.add(place)
        answer = turn(call, company, place)
        document = twiml.render(answer.turn, addresses).encode()
        scene = answer.turn.step.scene
        notice = answer.turn.language.prompts["notice"]
        following = replace(
            place,
            noticed=place.noticed or notice in (*answer.turn.opening, *answer.turn.words),
            in_a_row=place.in_a_row + 1 if scene == place.scene else 0,
            scene=scene,
        )
        yield following, answer, document
        for url, form in ways_on(ElementTree.fromstring(document)):
            front.append(replace(following, path=urlsplit(url).path, form=form))


def unspeakable_gone(text: str) -> str:
    return "".join(each for each in text if each >= " " or each in "\t\n\r").replace("\ufffe", "")


@pytest.mark.parametrize("start", [START, "inbound", STRANGER])
def test_every_document_of_every_path_is_what_twilio_knows(world, spoken, start) -> None:
    seen = set()
    for place, answer, document in walk(*world, start):
        root = check(document)
        parse_twiml(document)
        seen.add(place.scene)
        assert place.in_a_row <= MOST_AGAIN, "asked more than twice again in a row"
        if root.find("Record") is not None:
            assert place.noticed, "a recording without the notice in this call"
            assert root[0].text == language(spoken).prompts["notice"]
        said = [element.text for element in root.iter("Say")]
        said_now = answer.turn
        assert said == [unspeakable_gone(text) for text in (*said_now.opening, *said_now.words)]
        for gather in root.iter("Gather"):
            assert len(gather.findall("Say")) == len(said_now.words)
            if "speech" in gather.get("input"):
                assert place.noticed, "words are listened to without the notice in this call"
                assert language(spoken).prompts["notice"] not in said_now.words
        assert {element.get("language") for element in root.iter("Say")} == {
            language(spoken).locale
        }
    expected = {STRANGER: 3}.get(start, 19)
    assert len(seen) >= expected - (spoken != "en"), seen


def test_no_scene_is_out_of_reach(settings) -> None:
    seen = set()
    call, company = a_call("en", "Harbour Parcels")
    for start in (START, "inbound", STRANGER, "inbound-goodbye"):
        seen |= {place.scene for place, _, _ in walk(call, company, start)}
    company.calling.mode = "package_notification"
    seen |= {place.scene for place, _, _ in walk(call, company, START)}
    call.answered_by = "machine"
    seen |= {place.scene for place, _, _ in walk(call, company, START)}
    call.answered_by, company.calling.mode = "human", "consent"
    call.keys = [{"step": "menu", "digits": "7", "at": NOW}] * 30
    seen |= {place.scene for place, _, _ in walk(call, company, START)}
    # What was noted before is thanked for; without it nothing has changed.
    call.keys, call.said = [], None
    seen |= {place.scene for place, _, _ in walk(call, company, START)}
    assert seen == set(SCENES)


def test_in_a_mere_notification_nothing_is_recorded_and_no_word_listened_to(world) -> None:
    call, company = world
    company.calling.mode = "package_notification"
    places = 0
    for _, _, document in walk(call, company, START):
        root = check(document)
        places += 1
        assert root.find("Record") is None
        assert {gather.get("input") for gather in root.iter("Gather")} <= {"dtmf"}
    assert places > 10


def test_a_machine_hears_one_message_and_is_neither_waited_for_nor_recorded(world) -> None:
    call, company = world
    call.answered_by = "machine"
    addresses = Callbacks("https://calls.example", str(call.pk))
    for scene in SCENES:
        answer = talk.come(live_call.of(call), company, Step(scene), now=NOW)
        root = check(twiml.render(answer.turn, addresses).encode())
        assert not list(ways_on(root)), scene
        if not SCENES[scene].ends:
            assert answer.turn.step.scene == "voicemail"


def test_one_moment_and_the_last_goodbye_are_documents_too(settings, spoken) -> None:
    root = check(twiml.one_moment("https://calls.example/x?try=1&keys=s#rc=2", spoken).encode())
    assert [element.tag for element in root] == ["Say", "Pause", "Redirect"]
    root = check(twiml.one_moment(None, spoken).encode())
    assert [element.tag for element in root] == ["Say", "Hangup"]
    assert root[0].text == language(spoken).prompts["sorry"]

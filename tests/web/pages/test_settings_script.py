"""The call script's pages: own texts, listening, and a call without a telephone."""

from __future__ import annotations

import html
import io
import re
import wave
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.gateways import machine_voice
from app.models import CallLog, Recording, Tenant
from app.rules.call_script import texts
from app.rules.call_script.texts import names_in
from app.web.pages.settings.script_words import NAMES, TEXTS
from tests import factories
from tests.browser import DESKTOP, PHONE, passes_axe, shot
from tests.web import page_side
from tests.web.pages.test_settings import Person, fault_at

HAS_VOICE = pytest.mark.skipif(
    not machine_voice.at_hand(), reason="espeak-ng is not installed: nothing was listened to"
)


@pytest.fixture
def admin(client, settings) -> Person:
    factories.tenant(callback_number="+14155550100")
    return Person(client, page_side.person("admin"))


def form_of(person: Person, language: str = "en") -> dict[str, str]:
    """The fields of the form as they are shown."""
    text = person.text(f"/script?language={language}")
    found = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', text)
    return {
        **{name: html.unescape(value) for name, value in found},
        "language": language,
        "voice": "",
        "version": person.version(f"/script?language={language}"),
    }


def test_an_own_text_is_saved_compared_and_taken_back(admin) -> None:
    Tenant.of("default").update_one(set__prompts={"en": {"sms_link": "Say {link} STOP"}})
    form = form_of(admin)
    assert len(form) > 40
    changed = {**form, "text.goodbye": "Bye from\n {company}."}
    assert admin.post("/script", **changed).status_code == 303
    prompts = Tenant.of("default").get().prompts
    assert prompts["en"] == {"goodbye": "Bye from {company}.", "sms_link": "Say {link} STOP"}
    shown = admin.text("/script?language=en")
    assert "<del>Thank you. Goodbye.</del>" in shown
    assert "<ins>Bye from {company}.</ins>" in shown
    back = {**form_of(admin), "text.goodbye": ""}
    assert admin.post("/script", **back).status_code == 303
    assert set(Tenant.of("default").get().prompts["en"]) == {"sms_link"}


def test_the_text_message_with_the_link_is_written_beside_the_spoken_ones(admin) -> None:
    own = "{company}: {when}. Wishes? {link} STOP=opt out"
    assert form_of(admin)["text.sms_link"].startswith("{company}: your delivery comes {when}.")
    assert admin.post("/script", **{**form_of(admin), "text.sms_link": own}).status_code == 303
    assert Tenant.of("default").get().prompts["en"] == {"sms_link": own}
    shown = html.unescape(admin.text("/script?language=en"))
    assert "Harbour Parcels: tomorrow 9:30-11:30 AM. Wishes? https://" in shown
    assert "own text" in shown
    back = {**form_of(admin), "text.sms_link": ""}
    assert admin.post("/script", **back).status_code == 303
    assert "sms_link" not in Tenant.of("default").get().prompts["en"]


def test_texts_and_voices_are_called_by_words_that_people_know(admin) -> None:
    shown = admin.text("/script?language=en")
    assert ">Greeting, one delivery</label>" in shown
    assert "Joanna, neural (usual)" in shown
    assert ">Amy, generative</option>" in shown
    assert set(TEXTS) == set(texts.language("en").prompts)
    named = {name for text in texts.language("en").prompts.values() for name in names_in(text)}
    assert named <= set(NAMES)


def test_trying_a_call_is_no_fifth_language_and_nothing_is_told_as_done(admin) -> None:
    shown = admin.text("/script?language=fr")
    (languages,) = re.findall(r'<nav class="languages.*?</nav>', shown, re.DOTALL)
    assert re.findall(r">(\w+)</a>", languages) == ["English", "Español", "Français", "Deutsch"]
    assert 'aria-current="true" lang="fr"' in languages
    assert 'href="/settings/script/try?language=fr">Try a call</a>' in shown
    assert 'class="notice' not in shown


def test_texts_of_other_languages_stay_as_they_are(admin) -> None:
    Tenant.of("default").update_one(set__prompts={"fr": {"goodbye": "Au revoir."}})
    changed = {**form_of(admin, "de"), "text.goodbye": "Tschüss.", "voice": "Polly.Daniel-Neural"}
    assert admin.post("/script", **changed).status_code == 303
    tenant = Tenant.of("default").get()
    assert tenant.prompts == {"fr": {"goodbye": "Au revoir."}, "de": {"goodbye": "Tschüss."}}
    assert tenant.voices == {"de": "Polly.Daniel-Neural"}


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("text.greeting", "Hello there.", "must name {company}"),
        ("text.goodbye", "Bye {nobody}", "knows no {nobody}"),
        ("text.goodbye", "Bye {", "no placeholder"),
        ("text.sms_link", "Your wishes: {link}", "the word STOP"),
        ("text.sms_link", "Your wishes? STOP", "must name {link}"),
        ("text.sms_link", "{link} STOP" + " please" * 30, "must fit into one"),
        ("text.notice", "We are happy to hear you.", "recorded"),
        ("voice", "Polly.Vicki-Neural", "speaks de, not en"),
    ],
)
def test_what_cannot_be_said_is_told_at_its_text(admin, field, text, says) -> None:
    refused = admin.post("/script", **{**form_of(admin), field: text})
    assert says in html.unescape(fault_at(refused, re.escape(field)))
    assert text in html.unescape(refused.get_data(as_text=True)), "what was typed is lost"
    assert not Tenant.of("default").get().prompts


def test_a_dispatcher_reads_the_script_and_walks_through_it(client, settings) -> None:
    factories.tenant()
    dot = Person(client, page_side.person("dispatcher"))
    assert "<textarea" not in dot.text("/script")
    assert dot.post("/script", language="en").status_code == 403
    assert "Harbour Parcels" in dot.text("/script/try?language=fr")


@HAS_VOICE
@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_a_text_is_spoken_with_its_names_filled_in(admin, language) -> None:
    form = form_of(admin, language)
    answer = admin.post("/script/sound", listen="greeting", **form)
    assert answer.content_type == "audio/wav"
    short = admin.post("/script/sound", listen="greeting",
                       **{**form, "text.greeting": "{company}."})  # fmt: skip
    assert seconds(answer) > seconds(short) > 0.3
    wrong = admin.post("/script/sound", listen="greeting", **{**form, "text.greeting": "Hello"})
    assert wrong.status_code == 422
    assert admin.post("/script/sound", listen="no_such", **form).status_code == 404


def seconds(answer: Any) -> float:
    with wave.open(io.BytesIO(answer.get_data())) as sound:
        # Spoken into a pipe, its header cannot know the length.
        return len(answer.get_data()) / (sound.getframerate() * sound.getsampwidth())


def test_where_no_voice_is_at_hand_that_is_said(admin, monkeypatch) -> None:
    monkeypatch.setattr(machine_voice, "PROGRAM", "no-such-program")
    assert "has no voice to listen with" in admin.text("/script")
    assert 'name="listen"' not in admin.text("/script")
    assert admin.post("/script/sound", listen="greeting", language="en").status_code == 404


def test_a_call_is_walked_through_without_script(admin) -> None:
    def turn(**fields: str) -> str:
        nonlocal steps, begun
        text = admin.post("/script/try", language="en", entrance="greeting", steps=steps,
                          begun=begun, **fields).get_data(as_text=True)  # fmt: skip
        steps, begun = hidden(text, "steps"), hidden(text, "begun")
        return html.unescape(text)

    steps, begun = "[]", ""
    assert "tell us after the beep" in turn(key="2")
    told = turn(words="leave it with my neighbor", records="yes")
    assert "pass that on to your driver" in told
    assert re.search(r'id="sentence"[^>]*>[^<]*neighbor', told)
    assert 'id="sentence"' not in turn(back="yes")
    assert CallLog.of("default").count() == Recording.of("default").count() == 0


def hidden(text: str, name: str) -> str:
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', text)[1])


@pytest.mark.parametrize("steps", ["nonsense", "{}", '[{"key": "zz"}]', "[" + "{}," * 80 + "{}]"])
def test_a_call_that_cannot_be_is_refused(admin, steps) -> None:
    answer = admin.post("/script/try", language="en", entrance="greeting", steps=steps, key="1")
    assert answer.status_code == 400


def settled(page: Page) -> None:
    """htmx has taken in what it put there: for a moment its forms are plain ones."""
    expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_a_call_is_walked_with_the_keys(open_page, size, scheme) -> None:
    page = open_page("admin", "/settings/script/try", size=size, scheme=scheme)
    passes_axe(page)
    page.get_by_role("button", name="Key 3").click()
    expect(page.locator("#now")).to_contain_text("press 4 and tell us")
    settled(page)
    page.get_by_role("button", name="Key *").press("Enter")
    expect(page.locator(".given")).to_have_count(2)
    expect(page.get_by_role("button", name="Key *")).to_be_focused()
    settled(page)
    page.get_by_role("button", name="Key 2").click()
    expect(page.locator("#now")).to_contain_text("You chose")
    settled(page)
    page.get_by_label("Say something").fill("yes")
    page.keyboard.press("Enter")
    expect(page.locator("#now")).to_contain_text("We have noted")
    expect(page.locator("#sentence")).to_be_visible()
    passes_axe(page)
    shot(page, f"settings-try-{size['width']}-{scheme}")
    page.get_by_role("button", name="One step back").click()
    expect(page.locator("#now")).to_contain_text("You chose")
    settled(page)
    page.get_by_role("button", name="Key 0").click()
    expect(page.locator("#call")).to_contain_text("Somebody would have to call back.")


@HAS_VOICE
@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_a_text_is_listened_to_where_it_stands(open_page, size, scheme) -> None:
    page = open_page("admin", "/settings/script", size=size, scheme=scheme)
    passes_axe(page)
    page.get_by_label("Goodbye", exact=True).fill("Bye from {company}.")
    with page.expect_response("**/settings/script/sound") as answered:
        page.get_by_role("button", name="Listen to Goodbye", exact=True).click()
    assert answered.value.headers["content-type"] == "audio/wav"
    expect(page.locator("[value=goodbye][data-played=yes]")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#at-goodbye ins")).to_have_text("Bye from {company}.")
    passes_axe(page)
    shot(page, f"settings-script-{size['width']}-{scheme}", whole=False)
    page.get_by_role("button", name="Standard text: Goodbye", exact=True).click()
    expect(page.get_by_label("Goodbye", exact=True)).to_have_value("Thank you. Goodbye.")

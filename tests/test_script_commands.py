"""The commands of the call script: to read it, and to give it a company's own words."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app import models
from app.cli import main
from app.models import Tenant
from app.rules.call_script.texts import LANGUAGES, language, problems
from tests import factories


@pytest.fixture
def run(surroundings, settings):
    def invoke(*arguments: str, text: str | None = None) -> Result:
        try:
            return CliRunner().invoke(main, ["script", *arguments], input=text, env=surroundings)
        finally:
            # A command ends its connection.
            models.connect(settings)

    return invoke


def test_the_page_in_the_repository_is_what_the_command_prints(run) -> None:
    page = Path(__file__).parents[1] / "docs" / "call-script.md"
    assert run("document").stdout == page.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_shown_can_be_given_back(run, code) -> None:
    shown = tomllib.loads(run("show", "--language", code).stdout)
    assert shown[code] == language(code).prompts
    assert shown["voices"] == {code: language(code).voice}
    assert problems(shown) == []


OWN = """
[en]
goodbye = "Bye \\"now\\"."
[voices]
en = "Polly.Matthew-Neural"
"""


def test_own_texts_are_kept_and_shown_and_the_others_stay(run) -> None:
    factories.tenant()
    answer = run("texts", "-", text=OWN)
    assert answer.exit_code == 0, answer.output
    assert "en: 1 own texts, voice Polly.Matthew-Neural, en/2" in answer.stdout
    found = Tenant.of("default").get()
    assert (found.prompts, found.voices) == (
        {"en": {"goodbye": 'Bye "now".'}},
        {"en": "Polly.Matthew-Neural"},
    )
    shown = tomllib.loads(run("show", "--own").stdout)
    assert shown["en"]["goodbye"] == 'Bye "now".'
    assert shown["en"]["menu"] == language("en").prompts["menu"]


def test_a_file_replaces_what_an_earlier_one_said(run) -> None:
    factories.tenant()
    run("texts", "-", text=OWN)
    assert run("texts", "-", text="").exit_code == 0
    assert Tenant.of("default").get().prompts == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[en]\ngoodbye = "Bye {customer}"\nmenu = ""', "knows no {customer}"),
        ("[en", "no TOML"),
        ('[xx]\ngoodbye = "x"', "languages are"),
    ],
)
def test_a_wrong_file_changes_nothing_and_says_what_is_wrong(run, text, complaint) -> None:
    factories.tenant()
    run("texts", "-", text=OWN)
    answer = run("texts", "-", text=text)
    assert answer.exit_code == 1
    assert complaint in answer.stderr
    assert Tenant.of("default").get().prompts["en"] == {"goodbye": 'Bye "now".'}


def test_without_the_company_there_is_nothing_to_keep_texts_for(run) -> None:
    answer = run("texts", "-", text=OWN)
    assert answer.exit_code == 1
    assert "there is no company 'default': delauto tenant set" in answer.stderr


def test_a_companys_own_text_message_is_kept_and_shown(run) -> None:
    factories.tenant()
    text = "{company}: {when} {link} STOP=no more"
    answer = run("texts", "-", text=f'[en]\nsms_link = "{text}"')
    assert answer.exit_code == 0, answer.output
    assert Tenant.of("default").get().prompts == {"en": {"sms_link": text}}
    shown = run("show", "--own").stdout
    assert tomllib.loads(shown)["en"]["sms_link"] == text
    assert run("texts", "-", text=shown).exit_code == 0


def test_a_voice_that_no_list_names_is_kept_with_a_warning(run) -> None:
    factories.tenant()
    answer = run("texts", "-", text='[voices]\nen = "Azure.Whoever"')
    assert answer.exit_code == 0, answer.output
    assert "whether there is a voice Azure.Whoever could not be checked" in answer.stdout
    refused = run("texts", "-", text='[voices]\nen = "Polly.Nope"')
    assert refused.exit_code == 1
    assert "Polly.Joanna-Neural" in refused.stderr

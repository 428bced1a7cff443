"""Commands for the call script: reading it, and giving it a company's own words."""

from __future__ import annotations

import tomllib
from typing import Any, BinaryIO

import click

from app.commands.surroundings import database, plainly
from app.errors import PermanentError
from app.models import DEFAULT_TENANT, Tenant
from app.pipeline.company import keep_texts
from app.pipeline.plan import known_company
from app.rules.call_script import page, texts
from app.rules.call_script.voices import unlisted
from app.rules.texts.wording import OVERRIDE


@click.group()
def script() -> None:
    """What customers hear on the telephone."""


@script.command("document")
def document() -> None:
    """Print the whole script as a page for people: docs/call-script.md is made with it."""
    click.echo(page.page(), nl=False)


@script.command("show")
@click.option("--language", "code", type=click.Choice(texts.LANGUAGES), default="en")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@click.option("--own", is_flag=True, help="With the company's own texts and voice.")
@plainly
def show(code: str, tenant_id: str, own: bool) -> None:
    """Print the texts of a language, in the form that `script texts` reads."""
    shown = texts.language(code)
    own_message = ""
    if own:
        with database(tenant_id):
            found = _tenant(tenant_id)
        shown = texts.own_language(code, found.prompts, found.voices)
        own_message = str((found.prompts.get(code) or {}).get(OVERRIDE, ""))
    click.echo(f'[voices]\n{code} = "{shown.voice}"\n\n[{code}]')
    for name, text in shown.prompts.items():
        click.echo(f"{name} = {_quoted(text)}")
    if own_message:
        click.echo(f"{OVERRIDE} = {_quoted(own_message)}")


@script.command("texts")
@click.argument("file", type=click.File("rb"))
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def own_texts(file: BinaryIO, tenant_id: str) -> None:
    """Give a company its own texts and voices, from a TOML FILE.

    Tables [en], [es], [fr] and [de] hold texts by name, [voices] a voice for each language. The
    name sms_link is the text message, with {link} and STOP in it. Texts that the file does not
    name stay as they come with DelAuto; what an earlier file said is gone. Nothing is kept unless
    everything is right.
    """
    try:
        wish: dict[str, Any] = tomllib.loads(file.read().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PermanentError(f"the file is no TOML in UTF-8: {error}") from None
    with database(tenant_id):
        found = _tenant(tenant_id)
        keep_texts(found, wish)
    for code in texts.LANGUAGES:
        spoken = texts.own_language(code, found.prompts, found.voices)
        count = len(wish.get(code, {}))
        click.echo(f"{code}: {count} own texts, voice {spoken.voice}, {spoken.notice_version}")
        if unlisted(spoken.voice):
            click.echo(f"  whether there is a voice {spoken.voice} could not be checked: listen!")


def _tenant(tenant_id: str) -> Tenant:
    known_company(tenant_id)
    found: Tenant = Tenant.of(tenant_id).get()
    return found


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

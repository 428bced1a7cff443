"""A call without a telephone goes as one with a telephone, and leaves nothing behind."""

from __future__ import annotations

import pytest

from app.models import Tenant, database
from app.pipeline.rehearse import Given, company, rehearse, sample
from app.rules.analysis import Kind
from app.rules.call_script.texts import LANGUAGES, language
from tests import factories
from tests.factories import NOW


@pytest.fixture
def harbour(settings) -> Tenant:
    return factories.tenant(callback_number="+14155550100")


def walk(tenant: Tenant, *given: Given, code: str = "en", entrance: str = "greeting"):
    return rehearse(tenant, code, entrance, given, now=NOW)


def scenes(done) -> list[str]:
    return [turn.step.scene for turn in done.turns]


def key(pressed: str) -> Given:
    return Given(key=pressed)


def said(words: str) -> Given:
    return Given(words=words)


NOTHING = Given()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_greets_and_ends_with_a_key(harbour, code) -> None:
    done = walk(harbour, key("1"), code=code)
    assert scenes(done) == ["greeting", "confirmed"]
    assert "Harbour Parcels" in " ".join(done.turns[0].opening)
    assert done.over
    assert done.meaning.summary
    assert [each.kind for each in done.meaning.directives] == [Kind.CONFIRM]


def test_the_beep_takes_words_and_the_driver_gets_a_sentence(harbour) -> None:
    done = walk(harbour, key("2"), said("please leave it with my neighbor at number 12"))
    assert scenes(done) == ["greeting", "instructions", "thanks"]
    assert Kind.LEAVE_WITH in [each.kind for each in done.meaning.directives]
    assert "12" in done.meaning.instructions


def test_words_at_the_menu_are_read_back_and_can_be_said_again(harbour) -> None:
    done = walk(harbour, said("leave it behind the shed please"))
    assert scenes(done) == ["greeting", "heard"]
    assert "shed" in " ".join(done.turns[1].words)
    again = walk(harbour, said("leave it behind the shed please"), key("2"), said("at the door"))
    assert scenes(again)[-2:] == ["instructions", "thanks"]
    assert "shed" not in again.meaning.instructions, "what was dropped is told"


def test_silence_leads_to_the_beep_and_then_to_the_end(harbour) -> None:
    done = walk(harbour, *[NOTHING] * 10)
    assert scenes(done)[:2] == ["greeting", "greeting"]
    assert "instructions" in scenes(done)
    assert scenes(done)[-1] == "nothing"
    assert done.over
    assert done.meaning is None
    assert len(done.given) < 10, "what came after the end counts"


def test_a_day_is_chosen_and_kept(harbour) -> None:
    done = walk(harbour, key("3"), key("2"), key("1"))
    assert scenes(done) == ["greeting", "another-day", "day-chosen", "day-kept"]
    (directive,) = done.meaning.directives
    assert directive.kind is Kind.RESCHEDULE
    assert directive.slots["date"] > str(NOW.date())


def test_never_again_is_confirmed_or_taken_back(harbour) -> None:
    assert walk(harbour, key("9"), key("9")).suppresses
    taken_back = walk(harbour, key("9"), key("1"))
    assert not taken_back.suppresses
    assert taken_back.meaning is None
    assert scenes(taken_back)[-1] == "menu"


def test_a_person_answers_or_a_call_back_is_promised(harbour) -> None:
    assert scenes(walk(harbour, key("0")))[-1] == "promise", "there is nobody to dial"
    harbour.calling.transfer_number = "+14155550199"
    assert scenes(walk(harbour, key("0")))[-1] == "transfer"
    there = walk(harbour, key("0"), Given(picked_up=True))
    assert (scenes(there)[-1], there.promises) == ("transferred", False)
    nobody = walk(harbour, key("0"), Given(picked_up=False))
    assert (scenes(nobody)[-1], nobody.promises) == ("promise", True)


def test_keys_that_mean_nothing_are_told_so_and_a_star_repeats(harbour) -> None:
    done = walk(harbour, key("7"), key("#"))
    assert "catch that" in " ".join(done.turns[1].words)
    star = walk(harbour, key("*"))
    assert scenes(star) == ["greeting", "greeting"]


def test_a_machine_gets_the_short_message_and_a_notification_its_own_menu(harbour) -> None:
    assert walk(harbour, entrance="voicemail").over
    harbour.calling.mode = "package_notification"
    assert scenes(walk(harbour)) == ["notification"]


def test_who_calls_us_is_greeted_otherwise(harbour) -> None:
    assert scenes(walk(harbour, key("1"), entrance="inbound")) == ["inbound", "confirmed"]


def test_words_of_another_language_are_kept_for_the_driver(harbour) -> None:
    done = walk(harbour, key("2"), said("beim Nachbarn abgeben"), code="de")
    assert "beim Nachbarn abgeben" in done.meaning.instructions
    assert done.meaning.needs_review


def test_texts_that_are_only_thought_of_are_said(harbour) -> None:
    thought_of = company(harbour, {"en": {"confirmed": "Lovely, {company} is on its way."}})
    done = walk(thought_of, key("1"))
    assert done.turns[-1].words == ("Lovely, Harbour Parcels is on its way.",)
    assert not Tenant.of("default").get().prompts


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_can_be_heard_with_its_names_filled_in(harbour, code) -> None:
    for name in language(code).prompts:
        spoken = sample(harbour, code, name, now=NOW)
        assert spoken, name
        assert "{" not in spoken, name


def test_nothing_is_written(harbour) -> None:
    def everything():
        names = sorted(database().list_collection_names())
        return {name: list(database()[name].find().sort("_id", 1)) for name in names}

    before = everything()
    walk(harbour, key("2"), said("leave it with my neighbor"))
    walk(harbour, key("9"), key("9"))
    walk(harbour, key("0"))
    assert everything() == before

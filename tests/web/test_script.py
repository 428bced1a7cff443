"""The conversation on the line: what is pressed and said is kept before anything is answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
import redis

from app.models import CallLog, Customer, Delivery, Review, Suppression, Tenant
from app.queues import ANSWERS
from app.rules.call_script import MOST_ANSWERS
from app.rules.call_script.texts import language
from tests import factories
from tests.factories import sid
from tests.web.twilio_side import Twilio, led_to, verbs, waiting
from tests.web.twiml_reference import check


class Line:
    """A customer on the telephone, whose calls follow the addresses they are given."""

    def __init__(self, twilio: Twilio, call: CallLog) -> None:
        self.twilio, self.call = twilio, call
        self.answer = None

    def begins(self, scene: str = "greeting") -> Line:
        return self._took(self.twilio.about(self.call, f"script/{scene}"))

    def presses(self, key: str, **more) -> Line:
        return self._posts("Gather", Digits=key, **more)

    def says(self, words: str, confidence: str = "0.93") -> Line:
        return self._posts("Gather", SpeechResult=words, Confidence=confidence)

    def is_recorded(self, ended_by: str = "") -> Line:
        return self._posts("Record", Digits=ended_by, RecordingSid=sid("RE"))

    def is_transferred(self, outcome: str) -> Line:
        return self._posts("Dial", DialCallStatus=outcome)

    def is_silent(self) -> Line:
        return self._took(self.twilio.post(led_to(self.answer), CallSid=self.call.call_sid))

    def detected(self, verdict: str) -> Line:
        self.twilio.about(self.call, "answered-by", AnsweredBy=verdict)
        return self

    @property
    def root(self) -> ElementTree.Element:
        return check(self.answer.data)

    @property
    def hears(self) -> str:
        return " ".join(say.text for say in self.root.iter("Say"))

    @property
    def now(self) -> CallLog:
        return CallLog.of("default", pk=self.call.pk).get()

    @property
    def chosen(self) -> list[tuple[str, dict]]:
        return [(each["kind"], each["slots"]) for each in self.now.chosen]

    def action(self, verb: str) -> str:
        element = next(self.root.iter(verb))
        return element.get("action").removeprefix("http://calls.test").partition("#")[0]

    def _posts(self, verb: str, **form) -> Line:
        form = {"CallSid": self.call.call_sid, **form}
        return self._took(self.twilio.post(self.action(verb), **form))

    def _took(self, answer) -> Line:
        assert answer.status_code == 200
        assert answer.content_type == "text/xml; charset=utf-8"
        self.answer = answer
        return self


@pytest.fixture
def line(twilio, live_call) -> Line:
    return Line(twilio, live_call)


def suppressed(line: Line) -> list[str]:
    return [
        each.source for each in Suppression.of("default", phone=line.call.phone, lifted_at=None)
    ]


def company(**calling) -> None:
    Tenant.of("default").update(**{f"set__calling__{name}": each for name, each in calling.items()})


def text(name: str, code: str = "en") -> str:
    return language(code).prompts[name]


# -- The beginning ---------------------------------------------------------------------------


def test_the_call_says_who_and_when_then_the_number_the_notice_and_the_menu(line) -> None:
    line.begins()
    assert verbs(line.answer) == ["Say", "Say", "Say", "Gather", "Redirect"]
    order = ["automated call from Harbour Parcels", "Our number is", text("notice"), "press 1"]
    places = [line.hears.index(each) for each in order]
    assert places == sorted(places)
    gather = line.root.find("Gather")
    assert gather.get("input") == "dtmf speech"
    assert (gather.get("language"), gather.get("numDigits")) == ("en-US", "1")


@pytest.mark.parametrize("code", ["en", "es", "fr", "de"])
def test_nothing_interrupts_who_calls_and_that_words_are_recorded(line, code) -> None:
    line.call.modify(set__language=code)
    before, question = line.begins().root.findall("Say"), line.root.find("Gather")
    assert "Harbour Parcels" in before[0].text
    assert before[-1].text == text("notice", code)
    assert [say.text for say in question] == [text("menu", code)]


def test_in_a_mere_notification_the_company_and_its_number_are_heard_before_any_key(line) -> None:
    company(mode="package_notification")
    before = " ".join(say.text for say in line.begins().root.findall("Say"))
    assert "Harbour Parcels" in before
    assert "Our number is" in before


@pytest.mark.parametrize(
    ("code", "words"),
    [("en", "Yes?"), ("en", "Hello, yes."), ("es", "¿Sí?"), ("fr", "Oui ?"), ("de", "Ja bitte?")],
)
def test_a_bare_yes_to_the_menu_confirms_nothing_and_is_asked_back(line, code, words) -> None:
    line.call.modify(set__language=code)
    line.begins().says(words)
    assert line.hears == text("all_fine", code)
    assert line.chosen == []
    assert line.now.answered_by is None
    line.says(words)
    assert (line.chosen, line.hears) == ([("confirm", {})], text("confirmed", code))


def test_who_said_yes_and_meant_something_else_gets_the_menu(line) -> None:
    line.begins().says("yeah").says("no")
    assert line.hears == text("menu")
    assert line.chosen == []


@pytest.mark.parametrize("words", ["Hello?", "Hello, who is this?"])
def test_a_hello_during_the_menu_puts_only_the_question_again(line, words) -> None:
    line.begins().says(words)
    assert line.hears == f"{text('unclear')} {text('menu')}"
    assert line.chosen == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "You have the wrong number."),
        ("es", "Número equivocado"),
        ("fr", "C'est une erreur de numéro"),
        ("de", "Falsch verbunden!"),
    ],
)
def test_a_wrong_number_may_be_said_in_every_language(line, code, words) -> None:
    line.call.modify(set__language=code)
    line.begins().says(words)
    assert line.chosen == [("wrong_number", {})]
    assert line.hears == text("wrong_number", code)
    assert verbs(line.answer) == ["Say", "Hangup"]


@pytest.mark.parametrize(
    ("code", "words"), [("en", "Stop!"), ("es", "Basta"), ("fr", "Stop"), ("de", "Stopp")]
)
def test_a_bare_stop_is_never_again_until_it_is_taken_back(line, code, words) -> None:
    line.call.modify(set__language=code)
    line.begins().says(words)
    assert suppressed(line) == ["speech"]
    line.presses("1")
    assert suppressed(line) == []


def test_a_day_that_is_ruled_out_is_asked_again(line) -> None:
    line.begins().presses("3")
    day = line.hears.partition("For ")[2].partition(",")[0]
    line.says(f"not {day}")
    assert text("unclear") in line.hears
    assert "You chose" not in line.hears


def test_the_version_of_the_notice_and_its_time_are_kept(line) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    line.begins()
    assert line.now.notice_version == language("en").notice_version
    assert line.now.notice_at > before


def test_a_household_hears_how_many_deliveries_it_is_about(line) -> None:
    other = factories.delivery()
    line.call.modify(set__covers=[line.call.delivery_id, other.pk])
    heard = line.begins().hears
    assert "about your 2 deliveries" in heard
    # Each comes at an hour of its own: that of the first would be wrong for the other.
    assert "between" not in heard
    assert "around" not in heard


@pytest.mark.parametrize(
    ("code", "words"),
    [("es", "entrega prevista"), ("fr", "livraison prévue"), ("de", "Lieferung"), ("xx", "Hello")],
)
def test_the_customers_language_is_spoken_with_its_voice(line, code, words) -> None:
    line.call.modify(set__language=code)
    line.begins()
    assert words in line.hears
    spoken = language(code)
    assert {say.get("voice") for say in line.root.iter("Say")} == {spoken.voice}
    assert line.root.find("Gather").get("language") == spoken.locale
    line.presses("2")
    assert text("speak", spoken.code) in line.hears


def test_a_company_is_heard_in_its_own_words_and_voice(line) -> None:
    own = "We keep a recording of what you say."
    Tenant.of("default").update(
        set__prompts={"en": {"notice": own, "menu": "{broken"}},
        set__voices={"en": "Google.en-US-Neural2-A"},
    )
    line.begins()
    assert own in line.hears
    assert text("menu") in line.hears
    assert line.now.notice_version.startswith("en/own-")
    assert {say.get("voice") for say in line.root.iter("Say")} == {"Google.en-US-Neural2-A"}


def test_in_a_mere_notification_there_are_keys_alone(line) -> None:
    company(mode="package_notification")
    line.begins()
    assert line.root.find("Gather").get("input") == "dtmf"
    assert text("notice") not in line.hears
    assert line.now.notice_at is None
    line.presses("4").presses("2")
    assert line.chosen == [("leave_with", {"recipient": "neighbor"})]
    assert line.hears == f"{text('noted_neighbour')} {text('thanks')}"
    assert verbs(line.answer)[-1] == "Hangup"


# -- Keys ------------------------------------------------------------------------------------


def test_key_one_confirms_proves_a_person_and_ends_the_call(line) -> None:
    line.begins().presses("1")
    assert verbs(line.answer) == ["Say", "Hangup"]
    assert line.chosen == [("confirm", {})]
    assert (line.now.answered_by, line.now.answered_by_proof) == ("human", "key")
    assert [(press.step, press.digits) for press in line.now.keys] == [("greeting", "1")]


def test_key_two_gives_the_notice_the_beep_and_a_minute(line) -> None:
    line.begins().presses("2")
    assert verbs(line.answer) == ["Say", "Say", "Record", "Redirect"]
    record = line.root.find("Record")
    assert line.hears.startswith(text("notice"))
    assert (record.get("maxLength"), record.get("playBeep")) == ("60", "true")
    assert record.get("finishOnKey") == "1234567890*#"
    assert record.get("recordingStatusCallback").startswith("http://calls.test/webhooks/twilio/")
    assert line.now.effects == ["records"]
    assert line.now.record_asked_at is not None


def test_after_a_recording_the_customer_is_thanked(line) -> None:
    line.begins().presses("2").is_recorded()
    assert text("thanks") in line.hears
    assert line.now.answered_by_proof == "key"


def test_by_keys_alone_several_things_can_be_asked_for_and_each_is_read_back(line) -> None:
    line.begins().presses("4")
    assert line.root.find("Gather").get("input") == "dtmf"
    line.presses("3")
    assert text("noted_safe_place") in line.hears
    line.presses("1").presses("5").is_silent()
    assert text("thanks") in line.hears
    assert line.chosen == [
        ("leave_at", {"place": "safe place"}),
        ("handling", {"note": "conceal"}),
        ("contact", {"channel": "text", "when": "on_arrival"}),
    ]
    assert line.now.effects == []


def test_asking_twice_for_the_same_counts_once(line) -> None:
    line.begins().presses("4").presses("1").presses("1").presses("1")
    assert line.chosen == [("leave_at", {"place": "front door"})]


def test_silence_and_nonsense_are_asked_again_and_then_get_the_beep(line) -> None:
    line.begins().presses("7")
    assert text("unclear") in line.hears
    assert text("menu") in line.hears
    assert "automated call" not in line.hears
    line.presses("7")
    assert "Record" in verbs(line.answer)


def test_silence_to_the_end_is_told_what_happens(line) -> None:
    line.begins().is_silent()
    assert line.hears == text("menu")
    line.is_silent()
    assert "Record" in verbs(line.answer)
    line.is_silent()
    assert text("unheard") in line.hears
    line.is_silent()
    assert line.hears == text("nothing")
    assert verbs(line.answer) == ["Say", "Hangup"]


def test_star_says_all_of_it_again(line) -> None:
    line.begins().presses("*")
    assert "automated call from Harbour Parcels" in line.hears


def test_a_call_of_very_many_keys_comes_to_an_end(line) -> None:
    line.begins()
    for _ in range(MOST_ANSWERS):
        if next(line.root.iter("Gather"), None) is None:
            break
        line.presses("9" if "press 9 or" not in line.hears else "1")
    line.presses("1")
    assert verbs(line.answer) == ["Say", "Hangup"]
    assert len(line.now.keys) == MOST_ANSWERS + 1


# -- Another day -----------------------------------------------------------------------------


def test_another_day_is_offered_read_back_and_noted(line) -> None:
    line.begins().presses("3")
    offered = line.hears
    line.presses("2")
    assert "You chose" in line.hears
    day = line.hears.partition("You chose ")[2].partition(". ")[0]
    assert f"For {day}, press 2" in offered
    assert line.chosen == []
    line.presses("1")
    ((kind, slots),) = line.chosen
    assert kind == "reschedule"
    assert f"{datetime.fromisoformat(slots['date']):%A}" in day
    assert day in line.hears


def test_another_day_can_be_named_and_chosen_anew(line) -> None:
    line.begins().says("another day please")
    day = line.hears.partition("For ")[2].partition(",")[0]
    line.says(f"on {day}")
    assert f"You chose {day}" in line.hears
    line.says("no")
    assert "press 3" in line.hears
    line.presses("3").says("that's right")
    assert [kind for kind, _ in line.chosen] == ["reschedule"]


def test_quiet_days_are_not_offered(line) -> None:
    today = datetime.now(UTC).date()
    quiet = [(today + timedelta(days=n)).isoformat() for n in range(70)]
    company(quiet_days=quiet)
    line.begins().presses("3")
    assert "Record" in verbs(line.answer)


# -- Never again -----------------------------------------------------------------------------


def test_key_nine_holds_before_the_answer_even_if_the_customer_hangs_up_then(line) -> None:
    line.begins().presses("9")
    assert suppressed(line) == ["key"]
    assert line.chosen == [("opt_out", {})]
    assert "no more calls from Harbour Parcels" in line.hears
    line.presses("9")
    assert text("opted_out") in line.hears
    assert Suppression.of("default").get().scope == "all"
    assert Suppression.of("default").get().evidence == line.call.pk


def test_a_mistake_is_taken_back(line) -> None:
    line.begins().presses("9").presses("1")
    assert suppressed(line) == []
    assert line.chosen == []
    assert text("opt_out_undone") in line.hears
    line.presses("1")
    assert line.chosen == [("confirm", {})]


def test_what_another_call_asked_for_is_not_taken_back_by_this_one(line) -> None:
    Suppression(
        tenant_id="default",
        phone=line.call.phone,
        scope="all",
        source="dispatcher",
        since=factories.NOW,
    ).save()
    line.begins().presses("9").presses("1")
    assert suppressed(line) == ["dispatcher"]


def test_nine_during_a_recording_is_honoured_and_what_was_said_is_kept(line) -> None:
    line.begins().presses("2").is_recorded(ended_by="9")
    assert suppressed(line) == ["key"]
    assert line.now.effects == ["records"]
    assert text("opt_out_confirm") in line.hears


def test_star_during_a_recording_records_again_and_any_other_key_is_done(line) -> None:
    line.begins().presses("2").is_recorded(ended_by="*")
    assert "Record" in verbs(line.answer)
    line.is_recorded(ended_by="4")
    assert text("thanks") in line.hears


def test_spoken_at_the_menu_it_holds_as_well(line) -> None:
    line.begins().says("Stop calling me!")
    assert suppressed(line) == ["speech"]


# -- A person --------------------------------------------------------------------------------


def test_zero_leads_to_a_person_where_one_is_there(line) -> None:
    company(transfer_number="+14155550142")
    line.begins().presses("0")
    assert verbs(line.answer) == ["Say", "Dial"]
    dial = line.root.find("Dial")
    assert (dial.text, dial.get("callerId")) == ("+14155550142", line.call.from_number)
    line.is_transferred("completed")
    assert verbs(line.answer) == ["Say", "Hangup"]
    assert line.chosen == [("speak_to_human", {})]
    assert line.now.effects == ["transferred"]
    assert Review.of("default").count() == 0


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed", "canceled"])
def test_where_nobody_answers_a_call_back_is_promised_and_put_before_a_dispatcher(
    line, outcome
) -> None:
    company(transfer_number="+14155550142")
    line.begins().presses("0").is_transferred(outcome)
    assert text("promise") in line.hears
    review = Review.of("default").get()
    assert (review.reason, review.source_id) == ("speak_to_human", line.call.pk)
    assert review.delivery_id == line.call.delivery_id
    assert review.due is not None
    assert line.now.effects == ["promised"]


def test_outside_the_hours_nobody_is_dialled(line) -> None:
    now = datetime.now(UTC)
    ahead, later = now + timedelta(minutes=2), now + timedelta(minutes=3)
    company(transfer_number="+14155550142", transfer_hours=f"{ahead:%H:%M}-{later:%H:%M}")
    line.begins().presses("0")
    assert verbs(line.answer) == ["Say", "Hangup"]
    assert Review.of("default").get().closed_at is None
    assert line.chosen == [("speak_to_human", {})]


def test_the_hours_of_the_office_are_by_the_companys_clock(line) -> None:
    at = datetime.now(UTC).astimezone(ZoneInfo("Pacific/Auckland"))
    since = f"{at:%H}:00"
    hours = {"transfer_hours": f"{since}-23:59" if at.hour < 23 else "00:00-23:59"}
    company(transfer_number="+14155550142", time_zone="Pacific/Auckland", **hours)
    line.begins().presses("0")
    assert "Dial" in verbs(line.answer)


def test_a_review_that_was_closed_stays_closed(line) -> None:
    line.begins().presses("0")
    Review.of("default").update(set__closed_at=factories.NOW)
    line.begins().presses("0")
    assert Review.of("default").get().closed_at is not None


# -- Words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Yes, everything is fine.", text("confirmed")),
        ("instructions", text("speak")),
        ("that's fine", text("confirmed")),
        ("I would like to talk to a human", text("promise")),
    ],
)
def test_a_choice_may_be_spoken_and_proves_a_person(line, words, said) -> None:
    line.begins().says(words)
    assert said in line.hears
    assert (line.now.answered_by, line.now.answered_by_proof) == ("human", "speech")
    assert [press.spoken for press in line.now.keys] == [True]


def test_instructions_at_the_menu_are_kept_and_read_back(line) -> None:
    line.begins().says("Leave it behind the planter and don't ring the bell")
    assert line.now.said == "Leave it behind the planter and don't ring the bell"
    assert "I understood: Don't ring the bell. Leave it behind the planter." in line.hears
    assert line.now.answered_by_proof == "speech"
    line.says("Yes")
    assert text("thanks") in line.hears
    assert line.now.said


def test_what_is_known_of_the_delivery_is_known_while_the_customer_speaks(line) -> None:
    delivery = Delivery.of("default", pk=line.call.delivery_id).get()
    Customer.of("default", pk=delivery.customer_id).update(
        set__preferences__delivery_instructions="Behind the shed"
    )
    line.begins().says("the usual place please")
    assert "I understood: Leave it in the usual place (behind the shed)." in line.hears


def test_what_is_said_is_unreadable_in_the_database(line) -> None:
    from app.models import database, sealing

    line.begins().says("the gate code is four five one nine")
    kept = database().call_logs.find_one({"_id": line.call.pk})
    assert sealing.is_sealed(kept["said"])


def test_what_was_misunderstood_is_dropped_and_said_again_after_the_beep(line) -> None:
    line.begins().says("leave it with the neighbor").presses("2")
    assert "Record" in verbs(line.answer)
    assert line.now.said is None


def test_who_says_instructions_and_never_again_is_heard_in_both(line) -> None:
    line.begins().says("leave it on the porch and never call me again")
    assert suppressed(line) == ["speech"]
    assert "porch" in line.now.said


def test_words_without_sense_are_asked_again_and_prove_nobody(line) -> None:
    line.begins().says("the quick brown fox")
    assert text("unclear") in line.hears
    assert line.now.answered_by is None
    line.says("jumps over")
    assert "Record" in verbs(line.answer)


def test_a_machines_greeting_is_no_instruction(line) -> None:
    line.begins().says("You have reached the Jones family, please leave a message after the tone")
    assert line.now.said is None
    assert line.now.answered_by is None


def test_in_other_languages_words_that_are_no_choice_get_the_beep(line) -> None:
    line.call.modify(set__language="de")
    line.begins().says("Stellen Sie es bitte hinter das Haus")
    assert text("unclear", "de") in line.hears
    line.says("Hinter das Haus")
    assert "Record" in verbs(line.answer)
    assert line.now.said is None


# -- Machines --------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["machine_start", "machine_end_beep", "fax"])
def test_a_machine_gets_one_message_and_is_not_recorded(line, verdict) -> None:
    line.begins().detected(verdict).is_silent()
    assert verbs(line.answer) == ["Say", "Hangup"]
    assert "call that number" in line.hears
    assert line.now.effects == ["voicemail"]
    assert line.now.record_asked_at is None


def test_a_machine_that_talks_gets_the_message_and_nothing_else(line) -> None:
    line.begins().detected("machine_start").says("nobody is at home, call me on my mobile")
    assert line.hears.startswith("Hello. This is an automated message")
    assert line.now.effects == ["voicemail"]
    assert line.now.said is None


def test_what_a_machine_might_say_proves_nobody_until_a_key_is_pressed(line) -> None:
    line.begins().says("I'm not home until six")
    assert line.now.answered_by is None
    assert "press 1 or say yes" in line.hears
    line.presses("1")
    assert line.now.answered_by_proof == "key"
    assert line.now.said


def test_who_instructs_is_no_machine_whatever_was_detected(line) -> None:
    line.begins().detected("machine_start").says("leave it with the neighbor")
    assert "I understood" in line.hears
    assert line.now.answered_by_proof == "speech"


@pytest.mark.parametrize("proof", ["key", "speech"])
def test_a_customer_who_answers_is_no_machine_whatever_was_detected(line, proof) -> None:
    line.begins().detected("machine_start")
    if proof == "key":
        line.presses("2")
    else:
        line.says("instructions")
    assert "Record" in verbs(line.answer)
    line.detected("machine_start").is_recorded()
    assert text("thanks") in line.hears
    assert (line.now.answered_by, line.now.answered_by_proof) == ("human", proof)


# -- Repetitions -----------------------------------------------------------------------------


def test_a_request_that_twilio_repeats_counts_once_and_is_answered_alike(line) -> None:
    line.begins()
    path, form = line.action("Gather"), {"CallSid": line.call.call_sid, "Digits": "7"}
    first = line.twilio.post(path, repeats="t-1", **form)
    again = line.twilio.post(path, repeats="t-1", **form)
    assert first.data == again.data
    assert [press.digits for press in line.now.keys] == ["7"]
    opted = line.twilio.post(path, repeats="t-2", **{**form, "Digits": "9"})
    assert opted.data == line.twilio.post(path, repeats="t-2", **{**form, "Digits": "9"}).data
    assert [kind for kind, _ in line.chosen] == ["opt_out"]
    assert len(line.now.keys) == 2


def test_a_request_that_is_replayed_after_the_call_changes_nothing(line) -> None:
    line.begins()
    path, form = line.action("Gather"), {"CallSid": line.call.call_sid, "Digits": "9"}
    line.twilio.post(path, repeats="t-4", **form)
    Suppression.of("default").update(set__lifted_at=factories.NOW)
    line.twilio.about(line.call, "status", CallStatus="completed", SequenceNumber="3")
    assert line.twilio.post(path, repeats="t-4", **form).status_code == 200
    assert suppressed(line) == []


def test_a_key_that_comes_after_the_conclusion_still_counts(line, settings) -> None:
    line.begins()
    path, call = line.action("Gather"), line.call
    line.twilio.about(call, "status", CallStatus="completed", SequenceNumber="3")
    call.modify(set__settled_at=factories.NOW, set__outcome="nothing_said")
    redis.Redis.from_url(settings.redis_url.get_secret_value()).flushdb()
    line.twilio.post(path, CallSid=call.call_sid, Digits="1", repeats="t-7")
    assert (line.chosen, line.now.settled_at) == ([("confirm", {})], None)
    assert waiting(settings, ANSWERS) == [("conclude", str(call.pk))]
    # Silence tells nothing: the call stays as it was concluded.
    call.modify(set__settled_at=factories.NOW)
    line.twilio.post(path, CallSid=call.call_sid, repeats="t-8")
    assert line.now.settled_at is not None


def test_a_repeated_silence_is_no_further_question(line) -> None:
    line.begins()
    path = led_to(line.answer)
    form = {"CallSid": line.call.call_sid}
    answers = {line.twilio.post(path, repeats="t-3", **form).data for _ in range(3)}
    assert len(answers) == 1


def test_the_raw_events_are_kept(line) -> None:
    line.begins().presses("2").is_recorded(ended_by="#")
    events = [event.event for event in line.now.webhook_events]
    assert events == ["script", "keys", "recorded"]
    assert line.now.webhook_events[1].data["Digits"] == "2"


# -- What cannot be ---------------------------------------------------------------------------


def test_names_cannot_break_out_of_the_document(line) -> None:
    evil = '</Say><Dial>+19005550000</Dial><Say> & "Söhne" 🚚 مرحبا'
    Tenant.of("default").update(set__name=evil)
    line.begins("opt-out")
    assert sum(say.text.count(evil) for say in line.root.iter("Say")) == 1
    assert line.root.find("Dial") is None


@pytest.mark.parametrize("scene", ["haggling", "Menu", "menu.1.de.2026-13-13"])
def test_a_step_that_does_not_exist_ends_politely(line, scene) -> None:
    line.begins(f"{scene}?try=3")
    assert verbs(line.answer) == ["Say", "Hangup"]


def test_the_last_goodbye_is_in_the_language_of_the_call(line) -> None:
    line.begins("haggling.0.fr?try=3")
    assert line.hears == text("sorry", "fr")


# -- The customer calls us --------------------------------------------------------------------


def test_whoever_calls_us_hears_which_delivery_it_is_about_and_gets_the_same_menu(
    twilio, settings
) -> None:
    factories.tenant()
    delivery = factories.delivery(reference="R-1042")
    call = factories.call(
        delivery,
        direction="inbound",
        attempt=0,
        call_sid=sid("CA"),
        from_number="+14155550123",
        to_number="+12025550142",
        in_flight=False,
    )
    line = Line(twilio, call).begins("inbound")
    assert "automated line of Harbour Parcels" in line.hears
    assert "The reference is R 1 0 4 2." in line.hears
    assert text("menu") in line.hears
    line.presses("9")
    assert Suppression.of("default", phone="+14155550123", lifted_at=None).count() == 1


def stranger(**fields) -> CallLog:
    return CallLog(
        tenant_id="default",
        direction="inbound",
        attempt=0,
        call_sid=sid("CA"),
        to_number="+12025550142",
        in_flight=False,
        status="in-progress",
        claimed_at=factories.NOW,
        **{"from_number": "+14155550199", **fields},
    ).save()


def test_a_stranger_is_asked_for_the_reference_and_then_gets_the_script(twilio, settings) -> None:
    factories.tenant()
    ahead = datetime.now(UTC) + timedelta(hours=3)
    factories.delivery(reference="R-104277", scheduled_time=ahead)
    line = Line(twilio, stranger()).begins("inbound-unknown")
    gather = line.root.find("Gather")
    assert (gather.get("finishOnKey"), gather.get("numDigits")) == ("#", None)
    assert gather.get("input") == "dtmf", "no notice was heard, so that no word may be taken"
    line.presses("9999999")
    assert text("unclear") in line.hears
    line.presses("104277")
    assert "You are calling about your delivery" in line.hears
    assert line.now.delivery_id is not None


def test_a_stranger_who_knows_no_reference_is_asked_three_times_and_then_let_go(
    twilio, settings
) -> None:
    factories.tenant()
    line = Line(twilio, stranger()).begins("inbound-unknown")
    line.presses("54321").presses("12345").is_silent()
    assert text("inbound_goodbye") in line.hears
    assert verbs(line.answer) == ["Say", "Hangup"]


def test_a_stranger_may_ask_never_to_be_called_unless_the_number_is_withheld(
    twilio, settings
) -> None:
    factories.tenant()
    Line(twilio, stranger()).begins("inbound-unknown").presses("9")
    assert [each.phone for each in Suppression.of("default")] == ["+14155550199"]
    hidden = stranger(from_number="+266696687")
    line = Line(twilio, hidden).begins("inbound-unknown").presses("9")
    assert verbs(line.answer)[-1] == "Hangup"
    assert Suppression.of("default").count() == 1

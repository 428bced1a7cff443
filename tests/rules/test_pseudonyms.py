"""Numbers and names in an answer are replaced, alike in its words and in its directives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.analysis import Directive, Kind
from app.rules.directive_shape import directives_from
from app.rules.directives.numbers import code_from
from app.rules.pseudonyms import Pseudonyms, Said
from tests.rules.directives.answers import own_answers

HIDE = Pseudonyms(b"a key of this test")


def access(code: str, text: str = "") -> Directive:
    return Directive(Kind.ACCESS, text, 1.0, {"code": code})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("the gate code is four five one nine hash", "4519#"),
        ("The gate code is 4519#, thanks.", "4519#"),
        ("it's 4 5 1 9 hash and then come up", "4519#"),
        ("door code's double seven three oh", "7730"),
        ("key in twenty two eighteen then press the star key", "2218*"),
        ("punch in star one two three four at the gate", "*1234"),
        ("the code is triple nine zero", "9990"),
    ],
)
def test_a_code_is_spoken_as_before_with_other_digits(text: str, code: str) -> None:
    hidden = HIDE.disguise(Said(text, (access(code, text),)))
    assert hidden is not None
    other = hidden.directives[0].slots["code"]
    assert other != code
    assert [each.isdigit() for each in other] == [each.isdigit() for each in code]
    spoken = [
        code_from(run.lower())
        for run in re.findall(r"(?:\w+|[#*])(?:[ -](?:\w+|[#*]))*", hidden.text)
    ]
    assert any(other.strip("#*") in each for each in spoken), hidden.text
    assert hidden.directives[0].text == hidden.text


def test_the_same_number_is_always_the_same_other_one() -> None:
    one = HIDE.disguise(Said("the code is 4519", (access("4519"),)))
    two = HIDE.disguise(Said("gate code four five one nine please", (access("4519"),)))
    assert one.directives[0].slots == two.directives[0].slots
    with_another_key = Pseudonyms(b"another").disguise(Said("the code is 4519", (access("4519"),)))
    assert with_another_key.directives[0].slots != one.directives[0].slots


def test_a_telephone_number_is_replaced_even_where_no_directive_holds_it() -> None:
    hidden = HIDE.disguise(Said("my mobile is 07700 900461, ring before two", ()))
    assert "900461" not in hidden.text
    assert re.fullmatch(r"my mobile is \d{5} \d{6}, ring before two", hidden.text)


def test_a_telephone_number_with_brackets_is_replaced_as_a_whole() -> None:
    call = Directive(Kind.CONTACT, "", 1.0, {"channel": "call", "phone": "5551234567"})
    hidden = HIDE.disguise(Said("call me on (555) 123-4567", (call,)))
    assert "".join(re.findall(r"\d", hidden.text)) == hidden.directives[0].slots["phone"]
    assert hidden.directives[0].slots["phone"] != "5551234567"


def test_a_number_that_the_customer_took_back_is_replaced_too() -> None:
    hidden = HIDE.disguise(Said("the code is 1234, no, sorry, 1243", (access("1243"),)))
    assert "1234" not in hidden.text
    assert "1243" not in hidden.text


def test_the_hour_and_the_house_beside_a_code_stay() -> None:
    text = "the code is 4519, come after 1730 to 1500 Lake Road"
    directives = directives_from(
        [
            {"kind": "access", "code": "4519"},
            {"kind": "time_window", "start": "17:30"},
            {"kind": "redirect", "address": "1500 lake road"},
        ]
    )
    hidden = HIDE.disguise(Said(text, directives))
    assert hidden.text.endswith(", come after 1730 to 1500 Lake Road")
    assert hidden.directives[1:] == directives[1:]


def test_words_that_only_end_like_a_number_stay() -> None:
    call = Directive(Kind.CONTACT, "", 1.0, {"channel": "call", "phone": "5550173"})
    assert HIDE.disguise(Said("my phone, 555-0173", (call,))).text.startswith("my phone, ")


def test_times_dates_and_house_numbers_stay() -> None:
    text = "come after 17:30 on the 21st, or take it to 12 Mill Lane, flat 3B"
    assert HIDE.disguise(Said(text, ())).text == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("leave it with Sharon at number fourteen", "Sharon"),
        ("mrs okafor at fourteen will take it", "okafor"),
        ("hello my name is yusuf and i am in", "yusuf"),
        ("this is Priya speaking, come at two", "Priya"),
        ("give it to my daughter imogen please", "imogen"),
    ],
)
def test_names_that_are_said_are_replaced(text: str, name: str) -> None:
    who = Directive(Kind.LEAVE_WITH, text, 1.0, {"recipient": f"{name.lower()} at number fourteen"})
    directives = (who,) if "with" in text else ()
    hidden = HIDE.disguise(Said(text, directives))
    assert name.lower() not in hidden.text.lower()
    assert len(hidden.text.split()) == len(text.split())
    before, after = re.split(name, text)
    assert hidden.text.startswith(before)
    assert hidden.text.endswith(after)
    stand_in = hidden.text[len(before) : len(hidden.text) - len(after)]
    assert stand_in[0].isupper() == name[0].isupper()
    if directives:
        assert hidden.directives[0].slots["recipient"] == f"{stand_in.lower()} at number fourteen"


def test_a_known_name_is_replaced_wherever_it_is_said_but_a_word_is_not() -> None:
    hidden = HIDE.disguise(Said("tell them imran will be in", ()), names=["Imran Will"])
    assert "imran" not in hidden.text
    assert hidden.text.endswith(" will be in")


@pytest.mark.parametrize(
    "text", ["my wife will take it", "my sister is in", "leave it with the lady next door"]
)
def test_who_is_named_by_what_they_are_stays(text: str) -> None:
    who = Directive(Kind.LEAVE_WITH, text, 1.0, {"recipient": "lady next door"})
    assert HIDE.disguise(Said(text, (who,))).text == text


def test_what_cannot_be_hidden_is_not_given_away() -> None:
    # Heard as words that are no digits: the code would stay in the text.
    assert HIDE.disguise(Said("the code is for five one nigh", (access("4519"),))) is None


ANSWERS = [each for each in own_answers() if each.get("directives")]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda one: one["text"][:40])
def test_labelled_answers_stay_what_they_are(answer: dict) -> None:
    directives = directives_from(answer["directives"])
    hidden = HIDE.disguise(Said(answer["text"], directives))
    secrets = [
        str(d.slots[name]) for d in directives for name in ("code", "phone") if name in d.slots
    ]
    if hidden is None:
        assert secrets
        return
    assert [(one.kind, set(one.slots)) for one in hidden.directives] == [
        (one.kind, set(one.slots)) for one in directives
    ]
    for secret in secrets:
        assert secret not in hidden.text


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    HIDE.disguise(Said(text, ()), names=[text[:20]])

"""Twilio's signature: whatever Twilio signs is accepted, and nothing that differs by one byte."""

from __future__ import annotations

import hashlib
import json
import string
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.test import EnvironBuilder

from app.web.signature import is_from_twilio
from local.carrier.webhooks import signed_address

TOKEN = "a-token-of-the-account"
PATH = "/webhooks/twilio/calls/aaaa/status"
FORM = {"CallSid": "CA1", "Body": "ü & <b>=?#+ %20", "Empty": ""}


def request(
    target: str,
    signature: str | None,
    *,
    form: list[tuple[str, str]] | None = None,
    body: bytes | None = None,
    kind: str = "application/x-www-form-urlencoded",
    method: str = "POST",
) -> Request:
    """A request as gunicorn hands it on: with the raw target beside the decoded path."""
    data = urlencode(form).encode() if form is not None else body
    environ = EnvironBuilder(
        path="/", method=method, data=data, content_type=kind if data is not None else None
    ).get_environ()
    environ["RAW_URI"] = environ["REQUEST_URI"] = target
    if signature is not None:
        environ["HTTP_X_TWILIO_SIGNATURE"] = signature
    return Request(environ)


def signed(url: str, form: object = None, token: str = TOKEN) -> str:
    return RequestValidator(token).compute_signature(url, form if form is not None else {})


def accepted(made: Request, public_url: str = "https://calls.example", tokens=(TOKEN,)) -> bool:
    return is_from_twilio(made, public_url, tokens)


@pytest.mark.parametrize(
    "public_url",
    [
        "https://calls.example",
        "https://calls.example/",
        "https://calls.example:8443",
        "http://calls.example",
        "http://calls.example:8080",
        "https://user:pa%20ss@calls.example",
        "https://user:secret@calls.example:8443",
        "https://[2001:db8::7]",
        "https://[2001:db8::7]:8443",
        "http://[::1]:5000",
        "https://calls.example/behind/a/proxy",
        "https://calls.example:8443/behind",
    ],
)
@pytest.mark.parametrize(
    "query",
    ["", "?", "?a=%3A%2F%40%27%28%41%7E", "?q=%C3%BC", "?q=a+b&q=c&q=c", "?x=%zz", "?try=1&keys=s"],
)
@pytest.mark.parametrize("voice", [True, False])
def test_an_address_counts_as_twilio_signs_it(public_url, query, voice) -> None:
    url = public_url.rstrip("/") + PATH + query
    # The reference drops an empty query's question mark, which Twilio was given and requests.
    signature = signed(signed_address(url, voice=voice) + ("?" if query == "?" else ""), FORM)
    target = urlsplit(public_url).path.rstrip("/") + PATH + query
    assert accepted(request(target, signature, form=list(FORM.items())), public_url)
    # Whatever a proxy in front takes away from the path.
    assert accepted(request(PATH + query, signature, form=list(FORM.items())), public_url)


@pytest.mark.parametrize(
    "signature",
    [None, "", " ", "=", "x" * 28, "x" * 5000, "\xfcml\xe4ut", "a,b", "\x00", "None"],
)
def test_what_is_no_signature_is_refused(signature) -> None:
    assert not accepted(request(PATH, signature, form=list(FORM.items())))


def test_a_whole_address_in_the_request_line_counts_by_its_path() -> None:
    signature = signed("https://calls.example" + PATH, FORM)
    made = request("http://10.0.0.7:8000" + PATH, signature, form=list(FORM.items()))
    assert accepted(made)


@pytest.mark.parametrize(
    "other",
    [
        "http://calls.example",
        "https://calls.example.evil.example",
        "https://evil.example",
        "https://calls.example/x",
    ],
)
def test_a_signature_for_another_address_is_refused(other) -> None:
    signature = signed(other + PATH, FORM)
    assert not accepted(request(PATH, signature, form=list(FORM.items())))


def test_during_a_rotation_either_token_counts_and_no_third() -> None:
    for token, good in (("new-token", True), ("old-token", True), ("third-token", False)):
        signature = signed("https://calls.example" + PATH, FORM, token)
        made = request(PATH, signature, form=list(FORM.items()))
        assert accepted(made, tokens=("new-token", "old-token")) is good


def test_a_get_request_is_signed_by_its_address_alone() -> None:
    target = PATH + "?CallSid=CA1&Digits=%2A"
    signature = signed("https://calls.example" + target)
    assert accepted(request(target, signature, method="GET"))
    assert not accepted(request(target + "1", signature, method="GET"))


def test_repeated_parameters_are_signed_once_each() -> None:
    pairs = [("B", "2"), ("A", "x"), ("B", "1"), ("B", "2")]
    signature = signed("https://calls.example" + PATH, {"A": "x"})
    assert not accepted(request(PATH, signature, form=pairs))
    # Sorted, and equal values only once.
    signature = signed("https://calls.example" + PATH + "AxB1B2")
    assert accepted(request(PATH, signature, form=pairs))


def test_a_json_body_is_signed_by_its_hash_in_the_address() -> None:
    body = json.dumps({"type": "call", "text": "ü"}).encode()
    target = f"{PATH}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = signed("https://calls.example" + target)
    kind = "application/json"
    assert accepted(request(target, signature, body=body, kind=kind))
    assert not accepted(request(target, signature, body=body + b" ", kind=kind))
    bare = signed("https://calls.example" + PATH)
    assert not accepted(request(PATH, bare, body=body, kind=kind))
    assert not accepted(request(PATH, bare, body=b"x", kind="text/plain"))


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)),
    max_size=12,
)
TARGETS = st.text(string.ascii_letters + string.digits + "/-._~%:@!$&'()*+,;=?", max_size=30)


@given(
    target=TARGETS,
    form=st.dictionaries(WORDS.filter(bool), WORDS, max_size=6),
    where=st.randoms(use_true_random=False),
)
def test_what_twilio_signs_is_accepted_and_any_changed_byte_refused(target, form, where) -> None:
    target = "/" + target
    signature = signed("https://calls.example" + target, form)
    pairs = list(form.items())
    assert accepted(request(target, signature, form=pairs))
    at = where.randrange(len(signature))
    wrong = signature[:at] + ("A" if signature[at] != "A" else "B") + signature[at + 1 :]
    assert not accepted(request(target, wrong, form=pairs))
    at = where.randrange(1, len(target) + 1)
    assert not accepted(request(target[:at] + "x" + target[at:], signature, form=pairs))
    if pairs:
        name, value = pairs[where.randrange(len(pairs))]
        assert not accepted(
            request(target, signature, form=list({**form, name: value + "x"}.items()))
        )
    assert not accepted(request(target, signature, form=[*pairs, ("Injected", "x")]))

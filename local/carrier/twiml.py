"""Reading a TwiML document: from the bytes of an answer to verbs, or the exact reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from local.carrier.twiml_rules import VERBS, VerbRule

SIZE_LIMIT = 64 * 1024
_XML_TYPES = frozenset({"text/xml", "application/xml"})


class TwimlError(Exception):
    """A document the carrier cannot execute.

    `code` is Twilio's error number. `strict` marks what Twilio itself would only warn about.
    """

    def __init__(self, code: int, reason: str, *, strict: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.strict = strict


@dataclass(frozen=True, slots=True)
class Verb:
    """One element of a document: name, attributes as written, spoken or addressed text."""

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple[Verb, ...] = ()

    def seconds(self, attribute: str, default: float) -> float:
        """Return an attribute that counts seconds."""
        return float(self.attributes.get(attribute, default))

    def flag(self, attribute: str, *, default: bool) -> bool:
        """Return an attribute that is `true` or `false`."""
        written = self.attributes.get(attribute)
        return default if written is None else written == "true"


def parse_twiml(
    body: bytes, content_type: str = "text/xml", rules: Mapping[str, VerbRule] = VERBS
) -> tuple[Verb, ...]:
    """Return the verbs of a TwiML document.

    Raises TwimlError: 11750 above 64 KB, 12300 when the content type is not XML, 12100 when it
    does not parse (or carries a document type, so no entity is ever expanded), 12200 for anything
    the table of verbs does not know.
    """
    if len(body) > SIZE_LIMIT:
        raise TwimlError(11750, f"the document is larger than {SIZE_LIMIT} bytes")
    if not body:
        raise TwimlError(12100, "the document is empty")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in _XML_TYPES:
        raise TwimlError(12300, f"content type {content_type!r} is not text/xml")
    root = _element(body)
    if root.tag != "Response":
        raise TwimlError(12100, f"the root element is <{root.tag}>, not <Response>")
    return _verb(root, rules).children


def _element(body: bytes) -> ElementTree.Element:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TwimlError(12100, f"not UTF-8: {error}") from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise TwimlError(12100, "document types and entities are refused")
    try:
        # Entities cannot be declared without the document type refused above.
        return ElementTree.fromstring(text.encode())  # noqa: S314 # nosec B314
    except ElementTree.ParseError as error:
        raise TwimlError(12100, f"not well-formed XML: {error}") from error


def _verb(element: ElementTree.Element, rules: Mapping[str, VerbRule]) -> Verb:
    name = element.tag
    rule = rules.get(name)
    if rule is None:
        raise TwimlError(12200, f"unknown element <{name}>{_meant(name, rules)}", strict=True)
    for attribute, value in element.attrib.items():
        _check_attribute(name, rule, attribute, value)
    text = "".join(element.itertext()).strip()
    if rule.needs_text and not text:
        raise TwimlError(12200, f"<{name}> is empty", strict=True)
    if _own_text(element) and not rule.mixed_text:
        raise TwimlError(12200, f"<{name}> may not contain text", strict=True)
    for child in element:
        if child.tag in rules and child.tag not in rule.children:
            raise TwimlError(12200, f"<{child.tag}> may not stand in <{name}>", strict=True)
    children = tuple(_verb(child, rules) for child in element)
    if (
        name == "Gather"
        and element.get("speechTimeout") == "auto"
        and not element.get("speechModel")
    ):
        raise TwimlError(13335, 'speechTimeout="auto" needs a speechModel', strict=True)
    return Verb(name, dict(element.attrib), text, children)


def _check_attribute(name: str, rule: VerbRule, attribute: str, value: str) -> None:
    plain = attribute.replace("{http://www.w3.org/XML/1998/namespace}", "xml:")
    pattern = rule.attributes.get(plain)
    if pattern is None:
        meant = [known for known in rule.attributes if known.lower() == plain.lower()]
        hint = f", meant {meant[0]!r}?" if meant else ""
        raise TwimlError(12200, f"<{name}> has no attribute {plain!r}{hint}", strict=True)
    if not pattern.fullmatch(value):
        raise TwimlError(12200, f"<{name} {plain}={value!r}> is not allowed", strict=True)


def _own_text(element: ElementTree.Element) -> str:
    tails = "".join(child.tail or "" for child in element)
    return ((element.text or "") + tails).strip()


def _meant(name: str, rules: Mapping[str, VerbRule]) -> str:
    meant = [known for known in rules if known.lower() == name.lower()]
    return f", meant <{meant[0]}>?" if meant else ""

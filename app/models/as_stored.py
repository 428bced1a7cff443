"""Documents for showing alone: what is asked for is read from what the database sent, when asked.

A page of a list shows fifty documents and changes none. To make each one with all its embedded
documents, ready to be changed and saved, took most of the time that such a page takes.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import FunctionType, MethodType
from typing import Any

from mongoengine import Document, EmbeddedDocument, EmbeddedDocumentField, ListField, QuerySet
from mongoengine.base import BaseField

_ANOTHER_CLASS = "_cls"


class AsStored:
    """Reads like a document of its model: fields, defaults, properties and methods that read.

    It cannot be changed or saved.
    """

    __slots__ = ("_kept", "_model", "_read")

    def __init__(self, model: type[Document | EmbeddedDocument], kept: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_model", model)
        object.__setattr__(self, "_kept", kept)
        object.__setattr__(self, "_read", {})

    def __getattr__(self, name: str) -> Any:
        if name in self._read:
            return self._read[name]
        field = self._model._fields.get("id" if name == "pk" else name)
        if field is None:
            return self._of_the_class(name)
        value = self._read[name] = _value(field, self._kept.get(field.db_field))
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name}: this {self._model.__name__} is for showing alone")

    def _of_the_class(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = inspect.getattr_static(self._model, name)
        if isinstance(found, property) and found.fget is not None:
            return found.fget(self)
        return MethodType(found, self) if isinstance(found, FunctionType) else found


def all_of(found: QuerySet) -> list[Any]:
    """All documents that were found, for reading alone."""
    return [AsStored(found._document, kept) for kept in found.as_pymongo()]


def first(found: QuerySet) -> Any:
    """The first document that was found, for reading alone; None where there is none."""
    kept = found.as_pymongo().first()
    return None if kept is None else AsStored(found._document, kept)


def _value(field: BaseField, kept: Any) -> Any:
    """A value as a document would have it: what is null or absent is the default."""
    if kept is None:
        return field.default() if callable(field.default) else field.default
    if isinstance(field, EmbeddedDocumentField):
        return _embedded(field, kept)
    if isinstance(field, ListField) and isinstance(field.field, EmbeddedDocumentField):
        return [_embedded(field.field, each) for each in kept]
    return field.to_python(kept)


def _embedded(field: EmbeddedDocumentField, kept: Any) -> Any:
    if kept is None or _ANOTHER_CLASS in kept:
        return field.to_python(kept)
    return AsStored(field.document_type, kept)

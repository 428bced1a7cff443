"""A second reader behind any address that speaks OpenAI's chat completions.

The request is the common core of what such servers accept: model, messages, and a strict JSON
schema for the answer (https://platform.openai.com/docs/guides/structured-outputs).

Of the HTTP clients at hand only aiohttp can bound a whole exchange: requests counts its timeout
anew with every byte, so that an answer in drips never ends.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from pydantic import BaseModel, Field, ValidationError
from requests.utils import get_environ_proxies, select_proxy

from app.gateways import NoOpinion, OpinionGiven, Question

LARGEST = 256 * 1024
"""Bytes of an answer; the longest true one has fewer than a tenth."""
MOST_FAILURES = 3
REST_SECONDS = 60.0
"""How long an address is left alone that failed so often in a row: answers must not queue up."""


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Answer(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class ChatCompletions:
    """Asks one model at one address."""

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key: str | None,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``base_url`` is what ``/chat/completions`` is added to; ``seconds`` bounds all of it."""
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._model = model
        self._headers = {"Accept-Encoding": "identity"}
        if api_key:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._seconds = seconds
        self._clock = clock
        self._failures = 0
        self._rests_until = 0.0

    def ask(self, question: Question) -> OpinionGiven | NoOpinion:
        """Ask once, as ``SecondReader.ask`` says.

        After a few failures in a row nothing is asked for a while (``resting``).
        """
        if self._clock() < self._rests_until:
            return NoOpinion("resting")
        body = self._bounded(question)
        self._failures = self._failures + 1 if isinstance(body, NoOpinion) else 0
        if self._failures >= MOST_FAILURES:
            self._failures = 0
            self._rests_until = self._clock() + REST_SECONDS
        return body if isinstance(body, NoOpinion) else _read(body)

    def _bounded(self, question: Question) -> bytes | NoOpinion:
        # A loop of its own, closed without waiting: a name that does not resolve holds a thread.
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(
                asyncio.wait_for(self._exchange(question), self._seconds)
            )
        except TimeoutError:
            return NoOpinion("timeout")
        except (aiohttp.ClientError, OSError, ValueError):
            return NoOpinion("unreachable")
        finally:
            loop.close()

    async def _exchange(self, question: Question) -> bytes | NoOpinion:
        proxy = select_proxy(self._url, get_environ_proxies(self._url))
        async with (
            aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._seconds),
                # What is sent packed in spite of our asking is not unpacked: it may be a bomb.
                auto_decompress=False,
            ) as session,
            session.post(
                self._url,
                json=self._request(question),
                headers=self._headers,
                # The customer's words go nowhere but to the address that was set.
                allow_redirects=False,
                proxy=proxy,
            ) as answer,
        ):
            if answer.status != 200:
                return NoOpinion("redirected" if 300 <= answer.status < 400 else "http-error")
            content = bytearray()
            async for chunk in answer.content.iter_chunked(16 * 1024):
                content += chunk
                if len(content) > LARGEST:
                    return NoOpinion("too-large")
            return bytes(content)

    def _request(self, question: Question) -> dict[str, Any]:
        return {
            "model": self._model,
            "messages": [
                {"role": "system", "content": question.instructions},
                {"role": "user", "content": question.data},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "second_opinion",
                    "strict": True,
                    "schema": dict(question.schema),
                },
            },
        }


def _read(body: bytes) -> OpinionGiven | NoOpinion:
    try:
        first = _Answer.model_validate_json(body).choices[0]
    except ValidationError:
        return NoOpinion("unreadable")
    if first.message.refusal:
        return NoOpinion("refused")
    if first.finish_reason == "content_filter":
        return NoOpinion("refused")
    if first.finish_reason == "length" or not first.message.content:
        return NoOpinion("unreadable")
    return OpinionGiven(first.message.content)

"""Asks one service one question: bounded in time and size, patient with a busy service, and clear when it fails.

Only what may pass by itself is asked again: too busy (429), a fault at the other side (5xx) and a time-out, with waits
that grow and vary, or the wait the service asks for. Everything else is said at once. Requests go to the service's own
address only: a redirect elsewhere is refused, and TLS certificates are checked.
"""

from __future__ import annotations

import json
import logging
import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NoReturn

import httpx
from babel.dates import format_date
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from quickscan.domain.errors import LookupFailedError
from quickscan.lookups.cache import AnswerCache, Kept
from quickscan.lookups.registers import Service

logging.getLogger("httpx").setLevel(logging.WARNING)  # or every address that somebody looks up stands in the log
USER_AGENT = "quickscan-optoppen"
WITHOUT = "De quick scan werkt ook zonder: vul het zelf in."
MOST_DIGITS = 18  # of a whole number: what 64 bits hold; ids are text
LATER = f"Probeer het later nog eens. {WITHOUT}"
TELL = f"Meld dit aan de beheerder. {WITHOUT}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost. Technical bounds: seconds, bytes and counts."""

    connect: float = 5
    read: float = 10  # between two parts of an answer
    total: float = 40  # one question, repeats and waits included
    size: int = 20_000_000  # after unpacking; the largest real answers (a page of 1,000 objects) are about 1.5 MB
    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 8
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said and when; None for something it does not know.

    A cached answer was kept before; it stands in when the service could not be asked anew.
    """

    content: Any
    day: date
    cached: bool = False
    stands_in: bool = False

    @property
    def note(self) -> str:
        """Return what a person should know about this answer, "" for one of this moment."""
        because = ", want de dienst gaf geen antwoord" if self.stands_in else ""
        return f"uit de cache van {write_day(self.day)}{because}" if self.cached else ""


class _TryLaterError(LookupFailedError):
    """A fault that may pass by itself; `after` is how many seconds the service asks to wait."""

    def __init__(self, where: str, problem: str, *, after: float | None = None) -> None:
        self.after = after
        super().__init__(where, problem, LATER, passing=True)


class Client:
    """Asks and remembers. Clock, sleep and chance are arguments, so that a test never waits."""

    def __init__(
        self,
        cache: AnswerCache,
        *,
        now: Callable[[], datetime],
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._cache, self._now, self._limits = cache, now, limits or Limits()
        self._sleep, self._monotonic, self._chance = sleep, monotonic, chance
        timeout = httpx.Timeout(self._limits.read, connect=self._limits.connect)
        headers = {"User-Agent": USER_AGENT, "Accept": "application/geo+json, application/json"}
        self._http = httpx.Client(timeout=timeout, headers=headers, follow_redirects=False)

    def ask(self, service: Service, path: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to one question, from the cache while that is fresh. 404 gives an Answer without content."""
        question = str(httpx.URL(service.address + path, params=parameters))
        return self.recall(service, question, lambda: self.fetch(service, path, parameters))

    def recall(self, service: Service, question: str, find: Callable[[], Any]) -> Answer:
        """Return what was kept under `question` while it is fresh, else what `find` returns, and keep that.

        When finding fails for a reason that may pass, an older answer stands in.
        """
        now = self._now()
        kept: Kept | None = self._cache.read(question, now=now)
        if kept and now - kept.at <= service.keep:
            return Answer(kept.content, kept.at.date(), cached=True)
        try:
            content = find()
        except LookupFailedError as error:
            if kept and error.passing:
                return Answer(kept.content, kept.at.date(), cached=True, stands_in=True)
            raise
        if content is not None:
            self._cache.write(question, content, at=now)
        return Answer(content, now.date())

    def fetch(
        self,
        service: Service,
        path: str,
        parameters: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the JSON a service answers with, None for 404; never from the cache. Raises LookupFailedError."""
        deadline = self._monotonic() + self._limits.total
        request = self._http.build_request("GET", service.address + path, params=parameters, headers=headers)

        def stop(state: RetryCallState) -> bool:
            return state.attempt_number >= self._limits.attempts or self._monotonic() + state.upcoming_sleep > deadline

        asking = Retrying(
            retry=retry_if_exception_type(_TryLaterError), stop=stop, wait=self._choose_wait, sleep=self._sleep, reraise=True
        )
        try:
            return asking(self._fetch_once, service, request, deadline)
        except httpx.TransportError as error:
            reached = not isinstance(error, httpx.ConnectError)
            problem = "de verbinding brak af" if reached else f"geen verbinding met {request.url.host}"
            raise LookupFailedError(service.label, problem, f"Controleer het netwerk. {WITHOUT}", passing=True) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise LookupFailedError(service.label, "het antwoord is niet te lezen", TELL) from error

    def _choose_wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _TryLaterError) and error.after is not None:
            return error.after
        longest = min(self._limits.first_wait * 2.0 ** (state.attempt_number - 1), self._limits.longest_wait)
        return longest * (0.5 + self._chance() / 2)

    def _fetch_once(self, service: Service, request: httpx.Request, deadline: float) -> Any:
        try:
            response = self._send(service, request)
            try:
                if not self._judge_status(service, response):
                    return None
                body = self._read(service, response, deadline)
            finally:
                response.close()
        except httpx.TimeoutException as error:
            raise _TryLaterError(service.label, "er kwam niet op tijd antwoord") from error
        return parse_answer(service, body)

    def _send(self, service: Service, request: httpx.Request) -> httpx.Response:
        """Send and follow redirects within the same host."""
        for _ in range(self._limits.redirects + 1):
            response = self._http.send(request, stream=True)
            following = response.next_request
            if following is None:
                return response
            response.close()
            if _origin(following.url) != _origin(request.url):
                problem = f"de dienst verwijst door naar een ander adres ({following.url.host}); dat is geweigerd"
                raise LookupFailedError(service.label, problem, TELL)
            request = following
        raise LookupFailedError(service.label, "de dienst blijft doorverwijzen", TELL)

    def _judge_status(self, service: Service, response: httpx.Response) -> bool:
        """Tell whether there is something to read; raises for everything that is neither found nor unknown."""
        status = response.status_code
        if status == HTTPStatus.OK:
            return True
        if status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND):
            return False
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise _TryLaterError(service.label, "de dienst is te druk (429)", after=self._read_wait(response))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _TryLaterError(service.label, f"er is een storing bij de dienst ({status})", after=self._read_wait(response))
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise LookupFailedError(service.label, f"de dienst geeft geen toegang ({status})", service.no_access or TELL)
        raise LookupFailedError(service.label, f"de dienst weigert de vraag ({status})", TELL)

    def _read_wait(self, response: httpx.Response) -> float | None:
        """Return the seconds of Retry-After, a number or a moment; None when it is absent or makes no sense."""
        given = response.headers.get("Retry-After", "").strip()
        if given.isdecimal():
            return float(given)
        try:
            return max(0.0, (parsedate_to_datetime(given) - self._now()).total_seconds())
        except (ValueError, TypeError):
            return None

    def _read(self, service: Service, response: httpx.Response, deadline: float) -> bytes:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().casefold()
        if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
            raise LookupFailedError(service.label, f"het antwoord is geen JSON maar '{kind or 'onbekend'}'", TELL)
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > self._limits.size:
            self._refuse_size(service)
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > self._limits.size:
                self._refuse_size(service)
            if self._monotonic() > deadline:
                raise _TryLaterError(service.label, "het antwoord kwam te langzaam binnen")
            parts.append(part)
        return b"".join(parts)

    def _refuse_size(self, service: Service) -> NoReturn:
        problem = f"het antwoord is groter dan {self._limits.size // 1_000_000} MB; dat is geweigerd"
        raise LookupFailedError(service.label, problem, TELL)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _read_whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(digits[:MOST_DIGITS])
    return int(digits)


def _read_fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits[:MOST_DIGITS])
    return number


def parse_answer(service: Service, body: bytes) -> Any:
    """Return the JSON in an answer; raises LookupFailedError, also for numbers and letters that nothing can hold."""
    try:
        content = json.loads(body, parse_constant=_refuse_constant, parse_int=_read_whole, parse_float=_read_fraction)
        if b"\\ud" in body.lower():  # half of a pair of such escapes is no letter
            json.dumps(content, ensure_ascii=False).encode()
        return content  # noqa: TRY300 - the check above is part of reading
    except (ValueError, RecursionError) as error:
        raise LookupFailedError(service.label, "het antwoord is afgebroken of beschadigd", LATER, passing=True) from error


def write_day(day: date) -> str:
    """Return a day as people here write it: 12 november 2026."""
    return format_date(day, "d MMMM yyyy", locale="nl_NL")

"""How a broker is asked over HTTP: patiently, and believed only when its answer is whole.

The brokers' clients differ in what they make of a failure: one loses the header that says how long
to wait, one has no time-out, one takes half an answer for a whole one. So each is given a session
of this module, which tries again, and from which only whole answers come.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from solutions.final_project.live.errors import BrokerError, NoAnswerError, RefusedError

Answer = TypeVar("Answer", requests.Response, httpx.Response)

TOO_MANY = 429
PASSING = {408, 425, TOO_MANY, 500, 502, 503, 504}  # statuses that may be gone at the next try


class PassingError(Exception):
    """A failure that may be gone at the next try.

    Attributes:
        status: of HTTP, 0 if there was no answer.
        wait: how long the broker asks to wait [s], None if it does not say.
    """

    def __init__(self, why: str, status: int = 0, wait: float | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.wait = wait


@dataclass(frozen=True)
class Patience:
    """How often to ask, and how long to wait.

    Attributes:
        tries: how often a request is sent.
        first_wait: before the second try [s]; it doubles from one try to the next.
        longest_wait: [s]. A broker that asks for more is not asked again in this run.
        timeout: how long to wait for an answer [s].
        sleep: does the waiting.
    """

    tries: int = 5
    first_wait: float = 1.0
    longest_wait: float = 60.0
    timeout: float = 30.0
    sleep: Callable[[float], None] = time.sleep

    def ask(self, send: Callable[[], Answer]) -> Answer:
        """Send a request until a whole answer comes back.

        Raises:
            NoAnswerError: no try had one.
            RefusedError: the broker wants another token, or a longer wait.
            BrokerError: the request itself is at fault, such as a name that the broker knows not.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(PassingError),
            stop=stop_after_attempt(self.tries),
            wait=self._wait,
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return retrying(self._once, send)
        except PassingError as error:
            why = f"{error}, at the last of {self.tries} tries"
            kind = RefusedError if error.status == TOO_MANY else NoAnswerError
            raise kind(why) from error

    def _once(self, send: Callable[[], Answer]) -> Answer:
        try:
            answer = send()
        except (requests.RequestException, httpx.TransportError) as error:
            raise PassingError(f"no answer ({type(error).__name__}: {error})") from error
        check(answer, self.longest_wait)
        return answer

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, PassingError) else None
        backing_off = wait_exponential(self.first_wait, max=self.longest_wait)
        return backing_off(state) if asked is None else asked


def check(answer: requests.Response | httpx.Response, longest_wait: float) -> None:
    """Accept an answer if it is whole, or raise what is wrong with it.

    Raises:
        PassingError, RefusedError, BrokerError: see `Patience.ask`.
    """
    status, where = answer.status_code, f"{answer.url}: status {answer.status_code}"
    if status in PASSING:
        wait = retry_after(answer)
        if wait is not None and wait > longest_wait:
            raise RefusedError(f"{where}; the broker asks to come back in {wait:.0f} s")
        raise PassingError(where, status, wait)
    if status in (401, 403):
        raise RefusedError(f"{where}; is the token right, and may it do this?")
    if status >= 400:
        raise BrokerError(f"{where}: {answer.text[:200]!r}")
    try:
        answer.json()
    except ValueError as error:
        raise PassingError(
            f"{answer.url}: the answer is no JSON, or not all of it: it ends in "
            f"{answer.text[-40:]!r}"
        ) from error


def retry_after(answer: requests.Response | httpx.Response) -> float | None:
    """Return how long the header Retry-After asks to wait [s], None if it does not say."""
    try:
        return Retry().parse_retry_after(answer.headers.get("Retry-After", ""))
    except InvalidHeader:
        return None


class Session(requests.Session):
    """A session of requests with patience."""

    def __init__(self, patience: Patience) -> None:
        super().__init__()
        self.patience = patience

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request as requests does, until a whole answer comes back."""
        kwargs["timeout"] = self.patience.timeout
        return self.patience.ask(lambda: super(Session, self).request(*args, **kwargs))


class HttpxClient(httpx.Client):
    """A client of httpx with patience."""

    def __init__(self, patience: Patience, base_url: str) -> None:
        super().__init__(base_url=base_url, timeout=patience.timeout, follow_redirects=True)
        self.patience = patience

    def send(self, *args: Any, **kwargs: Any) -> httpx.Response:
        """Send a request as httpx does, until a whole answer comes back."""
        return self.patience.ask(lambda: super(HttpxClient, self).send(*args, **kwargs))

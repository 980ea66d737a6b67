"""Observers of a pipeline on trial, which note what they hear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.course.common_probes import Trouble, kinds_of
from grader.course.ex04.replies import Heard


class Mailer:
    """An observer that is an object: it has no `__name__`, and no hash."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, send: Callable[..., object]) -> None:
        self.send = send

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        self.send(*args, **kwargs)


class Hearers:
    """Observers by name. `once` removes itself, `broken` fails; all note what they are told."""

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline
        self.heard: list[Heard] = []
        self.errors: list[list[str]] = []
        self.returned: list[bool] = []  # whether adding returned the observer
        names = ("first", "second", "broken", "once", "Ctrl-C")
        self.known: dict[str, Any] = {name: self._observer(name) for name in names}
        self.known["broken object"] = Mailer(self._observer("broken object"))

    def take(self, action: str, what: str, data: dict[str, Any] | None = None) -> None:
        """Add or remove the observer called `what`, or announce the event of that name."""
        try:
            if action == "announce":
                self.pipeline._announce(what, **(data or {}))
            elif action == "add":
                callback = self._find(what)
                self.returned.append(self.pipeline.add_observer(callback) is callback)
            else:
                self.pipeline.remove_observer(self._find(what))
            self.errors.append([])
        except NotImplementedError:
            raise
        except KeyboardInterrupt:
            self.errors.append(["KeyboardInterrupt"])
        except Exception as error:
            self.errors.append([*kinds_of(error), str(error)])

    def _find(self, name: str) -> Any:
        return self.method if name == "method" else self.known[name]

    def method(self, event: str, *data: Any, **spread: Any) -> None:
        self.heard.append(Heard("method", [event, *data], spread))

    def _observer(self, name: str) -> Callable[..., bool]:
        def observer(event: str, *data: Any, **spread: Any) -> bool:
            self.heard.append(Heard(name, [event, *data], spread))
            if name == "once":
                self.pipeline.remove_observer(observer)
            if name == "Ctrl-C":
                raise KeyboardInterrupt
            if name == "broken":
                raise Trouble("the mail server does not answer")
            if name == "broken object":
                raise OSError(111, "the mail server does not answer")
            return name == "second"

        return observer

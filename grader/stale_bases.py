"""Base classes that a notebook has defined anew, below classes that keep the earlier ones.

Python does not look a base class up again: when its cell is changed and run, a class that inherits
from it stays as it was until its own cell is run as well.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any


def note(namespace: dict[str, Any], names: Iterable[str]) -> str:
    """What is to be run again for the code of `names`, such as `LightCurve.bands`, to be current.

    Empty if there is nothing.
    """
    owners = {name.partition(".")[0] for name in names}
    found = dict.fromkeys(name for owner in sorted(owners) for name in _stale(owner, namespace))
    if not found:
        return ""
    classes = " and ".join(f"`{name}`" for name in found)
    if len(found) == 1:
        return (
            f"{classes} inherits from a class whose cell was run again later, and still has its "
            f"old methods. Run the cell of {classes} again, too."
        )
    return (
        f"{classes} inherit from a class whose cell was run again later, and still have its old "
        "methods. Run their cells again, too, in this order."
    )


def _stale(owner: str, namespace: dict[str, Any]) -> Iterator[str]:
    """The class and those of its bases that inherit from an earlier one, most general first."""
    for cls in reversed(_bases(namespace.get(owner))):
        now = namespace.get(cls.__name__)
        if any(_is_earlier(base, namespace) for base in _bases(now)[1:]):
            yield cls.__name__


def _bases(cls: Any) -> tuple[type, ...]:
    """The class and those it inherits from, most special first."""
    return inspect.getmro(cls) if inspect.isclass(cls) else ()


def _is_earlier(base: type, namespace: dict[str, Any]) -> bool:
    """Whether the notebook has defined this class, and then another one in its place."""
    now = namespace.get(base.__name__)
    if not inspect.isclass(now) or base in _bases(now):
        return False
    home = namespace.get("__name__")
    return base.__qualname__ == base.__name__ and base.__module__ == now.__module__ == home

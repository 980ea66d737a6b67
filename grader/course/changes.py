"""What has become of something that was given and should have stayed as it was."""

from __future__ import annotations

from typing import Any

from grader.expect import approx_equal, shown


def what_changed(before: Any, after: Any, name: str) -> str:
    """The first change in lists and dictionaries, in words: `data[3]` has the new key 'mjd'."""
    if isinstance(before, dict) and isinstance(after, dict):
        lost, new = before.keys() - after.keys(), after.keys() - before.keys()
        if lost or new:
            verb, key = (
                ("has lost the", min(lost, key=str)) if lost else ("has the new", min(new, key=str))
            )
            return f"`{name}` {verb} key {key!r}"
        places = list(before)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            return f"`{name}` has {len(after)} items instead of {len(before)}"
        if in_another_order(before, after):
            return f"`{name}` is in another order"
        places = list(range(len(before)))
    else:
        return f"`{name}` is {shown(after)} instead of {shown(before)}"
    for place in places:
        if not approx_equal(after[place], before[place]):
            return what_changed(before[place], after[place], f"{name}[{place!r}]")
    return f"`{name}` is not the same"


def in_another_order(before: list[Any], after: Any) -> bool:
    """Whether something else than this list is a list of the same items."""
    other = isinstance(after, list) and not approx_equal(after, before)
    return other and sorted(map(_as_text, before)) == sorted(map(_as_text, after))


def _as_text(value: Any) -> str:
    return repr(sorted(value.items(), key=str) if isinstance(value, dict) else value)

"""Other definitions take the place of the target's own, and nothing else is touched."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from grader.splice import defines, extract, pieces, splice

TARGET = '''\
import functools

LIMIT = 3


def first(x):
    """Say first."""
    return "first"  # a comment


@functools.cache
def cached(
    x,
):
    return "cached"


class Base:
    """A class."""

    kind = "base"

    def __init__(self, x):
        self.x = x

    @property
    def name(self):
        return "name"

    async def wait(self):
        return 1


class Child(Base):
    def more(self):
        return "more"


LAST = first(0)
'''


def run(source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(compile(source, "spliced", "exec"), namespace)
    return namespace


def spliced(replacement: str) -> dict[str, Any]:
    return run(splice(TARGET, textwrap.dedent(replacement)))


def test_a_function_is_replaced_in_its_place() -> None:
    got = spliced('def first(x):\n    return "other"\n')
    assert got["LAST"] == "other"
    text = splice(TARGET, 'def first(x):\n    return "other"\n')
    assert text == TARGET.replace(
        '    """Say first."""\n    return "first"  # a comment\n', '    return "other"\n'
    )


def test_decorators_go_and_come_with_their_function() -> None:
    plain = spliced('def cached(x):\n    return "plain"\n')
    assert plain["cached"](0) == "plain"
    assert not hasattr(plain["cached"], "cache_info")
    twice = spliced("@functools.cache\n@functools.cache\ndef first(x):\n    return 'c'\n")
    assert hasattr(twice["first"], "cache_info")


def test_a_method_is_replaced_and_the_rest_of_the_class_stays() -> None:
    got = spliced(
        """
        class Base:
            def __init__(self, x):
                self.x = -x
        """
    )
    base = got["Base"](5)
    assert (base.x, base.name, base.kind, got["Base"].__doc__) == (-5, "name", "base", "A class.")


def test_a_property_is_replaced_with_its_decorator() -> None:
    got = spliced("class Base:\n    def name(self):\n        return 'called'\n")
    assert got["Base"](0).name() == "called"
    got = spliced("class Base:\n    @property\n    def name(self):\n        return 'again'\n")
    assert got["Base"](0).name == "again"


def test_methods_are_added_at_the_end_of_their_class() -> None:
    got = spliced("class Base:\n    def __len__(self):\n        return 7\n")
    assert len(got["Base"](0)) == len(got["Child"](0)) == 7
    text = splice(TARGET, "class Child:\n    def __len__(self):\n        return 7\n")
    assert text.index("def __len__") > text.index("def more")
    assert text.index("def __len__") < text.index("LAST")


def test_constants_of_a_class_come_along() -> None:
    got = spliced(
        '''
        class Child:
            """Another text."""

            LIMITS = {
                "low": 1,
            }

            def more(self):
                return self.LIMITS
        '''
    )
    assert got["Child"](0).more() == {"low": 1}
    assert got["Child"].__doc__ is None


def test_functions_are_added_in_front() -> None:
    text = splice(TARGET, "def helper():\n    return 1\n")
    assert text.startswith("def helper():")
    assert run(text)["helper"]() == 1


def test_other_code_is_added_in_front_in_its_order() -> None:
    text = splice(TARGET, '"""What is wrong here."""\nimport math\nA = 1\nB = A + 1\n')
    assert text.startswith("import math\nA = 1\nB = A + 1\nimport functools")
    assert "What is wrong" not in text


def test_several_replacements_at_once() -> None:
    got = spliced(
        """
        def first(x):
            return "1\\n" * 3

        def cached(x):
            return helper()

        def helper():
            return "helped"

        class Base:
            def __init__(self, x):
                self.x = "longer"
                self.y = "than before"

            @property
            def name(self):
                return self.y

            def extra(self):
                return "extra"

        class Child:
            def more(self):
                return "less"
        """
    )
    child = got["Child"](0)
    assert got["LAST"] == "1\n1\n1\n"
    assert got["cached"](0) == "helped"
    assert (child.name, child.extra(), child.more()) == ("than before", "extra", "less")


def test_a_class_with_bases_or_decorators_is_replaced_as_a_whole() -> None:
    got = spliced("class Child(Base):\n    def less(self):\n        return 1\n")
    assert not hasattr(got["Child"], "more")
    got = spliced("import dataclasses\n@dataclasses.dataclass\nclass Base:\n    y: int = 3\n")
    assert got["Base"]().y == 3
    assert not hasattr(got["Base"], "name")


def test_an_async_method_is_replaced() -> None:
    got = spliced("class Base:\n    async def wait(self):\n        return 2\n")
    coroutine = got["Base"](0).wait()
    with pytest.raises(StopIteration) as end:
        coroutine.send(None)
    assert end.value.value == 2


def test_text_within_a_function_keeps_its_lines() -> None:
    replacement = 'class Base:\n    def name(self):\n        return """a\n\nb"""\n'
    assert spliced(replacement)["Base"](0).name().split() == ["a", "b"]


def test_an_empty_replacement_changes_nothing() -> None:
    assert splice(TARGET, "") == TARGET


def test_defines() -> None:
    there = ["first", "cached", "Base", "Base.name", "Base.__init__", "Base.wait", "Child.more"]
    assert all(defines(TARGET, name) for name in there)
    absent = ["LIMIT", "Base.kind", "Child.name", "name", "functools", "Base.first", ""]
    assert not any(defines(TARGET, name) for name in absent)


@pytest.mark.parametrize("name", ["first", "cached", "Base.name", "Base.__init__", "Child.more"])
def test_what_is_extracted_splices_back(name: str) -> None:
    part = extract(TARGET, name)
    assert defines(part, name)
    assert splice(TARGET, part) == TARGET


def test_extracting_what_is_not_there() -> None:
    with pytest.raises(KeyError):
        extract(TARGET, "Base.absent")


def test_pieces_are_named() -> None:
    known = {"Base", "Child"}
    members = ["Base.", "Base.__init__", "Base.name", "Base.wait"]
    assert [name for name, _ in pieces(TARGET, known)] == [
        *("", "", "first", "cached", *members, "Child", "")
    ]
    assert [name for name, _ in pieces(TARGET, known, whole=False)][-2:] == ["Child.more", ""]


def test_a_class_that_the_target_does_not_have_is_added_whole() -> None:
    got = spliced("class Helper:\n    size = 3\n    def double(self):\n        return 6\n")
    assert (got["Helper"].size, got["Helper"]().double()) == (3, 6)


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        splice(TARGET, "def f(:")

"""The ladder of feedback: the first rung that fails speaks, in a sentence of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Failure, Finding, Raised
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    as_number,
    difference,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    number,
    require,
    shown,
)
from grader.wire import OpaqueObject, Set, Table, Tensor

NAN = float("nan")
INF = float("inf")
TENSOR = Tensor.of([1.0, 2.0])


def raised(*kinds: str, message: str = "") -> Answer:
    return Answer(raised=Raised([*kinds, "Exception"], message, 3, "1 / 0"))


def key_of(failure: Failure) -> str | None:
    """The key by which a check names a failure; None if it speaks for itself."""
    return failure.key if isinstance(failure, Finding) else None


def verdict(answer: Answer, want: Any, *mistakes: Mistake, **options: Any) -> Failure:
    with pytest.raises(Failure) as failure:
        expect(answer, want, *mistakes, **options)
    return failure.value


# The rungs


LADDER = [
    (None, 1.5, "The result is None. Did you forget a `return`?"),
    (None, [1], "The result is None. Did you forget a `return`?"),
    ("1.5", 1.5, "The result is a str, '1.5'; it should be a number, 1.5 mag."),
    (True, 1.0, "The result is a bool, True; it should be a number, 1 mag."),
    ([1.5], 1.5, "The result is a list, [1.5]; it should be a number, 1.5 mag."),
    (OpaqueObject("generator"), 1.5, "The result is a generator; it should be a number, 1.5 mag."),
    (np.array([1.5]), 1.5, "The result is a NumPy array of shape (1,); it should be a number, "
     "1.5 mag."),
    (NAN, 1.5, "The result is NaN; it should be 1.5 mag."),
    (INF, 1.5, "The result is inf mag; it should be 1.5 mag."),
    (2.5, 1.5, "The result is 2.5 mag; it should be 1.5 mag."),
    (2, 1, "The result is 2 mag; it should be 1 mag."),
    (1.5, NAN, "The result is 1.5 mag; it should be NaN."),
    (1, True, "The result is 1 mag; it should be True."),
    ("r", "g", "The result is 'r'; it should be 'g'."),
    (5, "g", "The result is 5 mag; it should be 'g'."),
    (0, None, "The result is 0 mag; it should be None."),
    ((1, 2), [1, 2], "The result is a tuple, (1, 2); it should be a list, [1, 2]."),
    (Table({}, []), [1], "The result is a pandas DataFrame; it should be a list, [1]."),
    ([1], [1, 2], "The result is [1]; it should be [1, 2]."),
    ([1, 3], [1, 2], "`[1]` in the result is 3 mag; it should be 2 mag."),
    ([1, [2, 4]], [1, [2, 3]], "`[1][1]` in the result is 4 mag; it should be 3 mag."),
    ([None], [1], "`[0]` in the result is None; it should be a number, 1 mag."),
    ([1], {"a": 1}, "The result is a list, [1]; it should be a dict, {'a': 1}."),
    ({"b": 1}, {"a": 1}, "The result has no key 'a'; its keys are 'b'."),
    ({}, {"a": 1}, "The result has no key 'a'; it is empty."),
    ({"a": 1, "b": 2}, {"a": 1}, "The result has keys that should not be there: 'b'."),
    ({"a": 2}, {"a": 1}, "`['a']` in the result is 2 mag; it should be 1 mag."),
    ([1.0, 2.0], np.ones(2), "The result is a list, [1.0, 2.0]; it should be a NumPy array."),
    (np.ones(3), np.ones(2), "The result has shape (3,); it should have shape (2,)."),
    (np.array(["a"]), np.ones(1), "The result holds <U1; it should hold numbers."),
    (np.array([1j]), np.ones(1), "The result holds complex128; it should hold numbers."),
    (
        np.array([1, NAN, NAN]),
        np.array([1.0, 2.0, NAN]),
        "The result is NaN in 1 of 3 places where it should not be, first at `[1]`.",
    ),
    (np.array([[1, 2], [3, 5]]), np.array([[1.0, 2.0], [3.0, 4.0]]),
     "`[1, 1]` in the result is 5 mag; it should be 4 mag. 1 of 4 values differs."),
    (
        np.array([[1.0, INF, -INF]]),
        np.array([[1.0, 2.0, -INF]]),
        "The result is infinite in 1 of 3 places where it should not be, first at `[0, 1]`.",
    ),
    (np.array([INF]), np.array([-INF]), "The result is [inf] mag; it should be [-inf] mag."),
    (np.array(5), np.array(4), "The result is 5 mag; it should be 4 mag."),
    (TENSOR, 1.5, "The result is a tensor of shape (2,); it should be a number, 1.5 mag."),
    (
        Tensor.of(1.5),
        1.5,
        "The result is a tensor of no dimensions; it should be a number, 1.5 mag. "
        "`.item()` makes it one.",
    ),
    (TENSOR, np.ones(2), "The result is a tensor of shape (2,); it should be a NumPy array."),
    (TENSOR, [1.0, 2.0], "The result is a tensor of shape (2,); it should be a list, [1.0, 2.0]."),
    (1.5, Tensor.of(1.5), "The result is a float, 1.5; it should be a torch tensor."),
    ([1.0, 2.0], TENSOR, "The result is a list, [1.0, 2.0]; it should be a torch tensor."),
    (None, TENSOR, "The result is None. Did you forget a `return`?"),
    (
        np.array([1.0, 2.0]),
        TENSOR,
        "The result is a NumPy array of shape (2,); it should be a torch tensor.",
    ),
    (Tensor.of([[1.0, 2.0]]), TENSOR, "The result has shape (1, 2); it should have shape (2,)."),
    (Tensor.of([1, 2]), TENSOR, "The result holds int64; it should hold float32."),
    (
        Tensor.of([1.0, NAN]),
        Tensor.of([NAN, 1.0]),
        "The result is NaN in 1 of 2 places where it should not be, first at `[1]`.",
    ),
    (
        Tensor.of([INF, INF]),
        Tensor.of([INF, 1.0]),
        "The result is infinite in 1 of 2 places where it should not be, first at `[1]`.",
    ),
    (Tensor.of(NAN), Tensor.of(1.0), "The result is NaN; it should be 1 mag."),
    (Tensor.of(2.0), Tensor.of(1.0), "The result is 2 mag; it should be 1 mag."),
    (
        Tensor.of([[1.0, 2.0], [3.0, 4.001]]),
        Tensor.of([[1.0, 2.0], [3.0, 4.0]]),
        "`[1, 1]` in the result is 4.001 mag; it should be 4 mag. 1 of 4 values differs.",
    ),
    (Tensor.of([0, 7]), Tensor.of([0, 8]), "The result is [0, 7] mag; it should be [0, 8] mag."),
    (
        Tensor.of([True, True]),
        Tensor.of([True, False]),
        "The result is [True, True]; it should be [True, False].",
    ),
    (
        {"flux": Tensor.of([1.0])},
        {"flux": TENSOR},
        "`['flux']` in the result has shape (1,); it should have shape (2,).",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("got", "want", "says"), LADDER, ids=[line[2] for line in LADDER])
def test_each_rung_has_its_sentence(got: Any, want: Any, says: str) -> None:
    failure = verdict(Answer(got), want, unit="mag")
    assert failure.message == says
    assert failure.status == "failed"
    assert key_of(failure) is None


def test_an_exception_is_the_first_rung() -> None:
    failure = verdict(raised("ZeroDivisionError"), 1.5)
    assert failure.status == "error"
    assert failure.message == "Your code raised ZeroDivisionError (line 3 of the cell: `1 / 0`)."


def test_an_unwritten_part_is_missing() -> None:
    answer = raised("NotImplementedError", message="1.3 flux_to_magnitude: not written yet")
    failure = verdict(answer, 1.5)
    assert failure.status == "missing"
    assert failure.message.startswith("`flux_to_magnitude` is not written yet")


def test_what_the_value_is_called() -> None:
    failure = verdict(Answer(2.0), 1.0, what="the peak of the r band", unit="mag")
    assert failure.message == "The peak of the r band is 2 mag; it should be 1 mag."


AGREE = [
    *((1.0, 1), (1, 1.0), (1.0 + 1e-9, 1.0), (0.0, 1e-10), (NAN, NAN), (INF, INF), (-INF, -INF)),
    *(
        (True, True),
        ("g", "g"),
        (None, None),
        ([], []),
        ((), ()),
        ({}, {}),
        ([1, (2.0,)], [1, (2,)]),
    ),
    *(({"b": 1, "a": NAN}, {"a": NAN, "b": 1.0}), (np.array(2.0), 2.0), (np.array(2), 2)),
    *((np.array([1, 2]), np.array([1.0, 2.0])), (np.array([NAN, INF]), np.array([NAN, INF]))),
    *((np.zeros((0, 3)), np.zeros((0, 3))), (np.array([True]), np.array([1.0]))),
    (np.array([1.0], "float32"), np.array([1.0 + 1e-8])),
    *((TENSOR, TENSOR), (Tensor.of([1e-6, 1.00005]), Tensor.of([0.0, 1.0]))),
    *((Tensor.of([NAN, INF]), Tensor.of([NAN, INF])), (Tensor.of([1j]), Tensor.of([1j]))),
    *((Tensor.of(np.zeros((0, 3))), Tensor.of(np.zeros((0, 3)))), ([TENSOR], [TENSOR])),
    (Tensor.of([1.001], "float16"), Tensor.of([1.0], "float16")),
]


@pytest.mark.parametrize(("got", "want"), AGREE, ids=str)
def test_equal_values_agree(got: Any, want: Any) -> None:
    assert approx_equal(got, want)
    assert difference(got, want, "it") == ""
    expect(Answer(got), want)


DIFFER = [
    *(
        (1.0 + 1e-5, 1.0),
        (1, True),
        (True, 1),
        ("1", 1),
        (None, 0),
        (0, None),
        ("", None),
        ([], ()),
    ),
    *(
        ([1, 2], [2, 1]),
        ([], None),
        ({}, []),
        ({"a": 1}, {"a": 1, "b": 2}),
        (INF, -INF),
        (0, False),
    ),
    *(
        (np.zeros(2), np.zeros((2, 1))),
        (np.array([NAN]), np.array([0.0])),
        (1e-8, 0.0),
        (b"g", "g"),
    ),
    *((TENSOR, Tensor.of([1.0, 2.0], "float64")), (Tensor.of([1e-4]), Tensor.of([0.0]))),
    (Tensor.of([1.00001], "float64"), Tensor.of([1.0], "float64")),
    (Tensor.of([10**7 + 1]), Tensor.of([10**7])),
    *(
        (OpaqueObject("int beyond 64 bits"), 5),
        (Table({}, []), {}),
        (Set([1, 2]), [1, 2]),
        (1j, 1.0),
    ),
]


@pytest.mark.parametrize(("got", "want"), DIFFER, ids=str)
def test_different_values_do_not_agree(got: Any, want: Any) -> None:
    assert not approx_equal(got, want)
    assert difference(got, want, "it")
    assert verdict(Answer(got), want).message


def test_the_tolerance_can_be_widened() -> None:
    assert approx_equal(1.01, 1.0, rtol=0.1)
    assert approx_equal(np.array([1.01]), np.array([1.0]), rtol=0.1)
    assert approx_equal(0.01, 0.0, atol=0.1)
    assert approx_equal([Tensor.of([0.01])], [Tensor.of([0.0])], atol=0.1)
    assert not approx_equal(Tensor.of([1.00005]), Tensor.of([1.0]), rtol=1e-6, atol=0.0)
    expect(Answer(1.01), 1.0, rtol=0.1)
    verdict(Answer(1.01), 1.0)


STRANGE = [
    *(
        2**64 - 1,
        -(2**63),
        b"x",
        Set([1, [2]]),
        (),
        {"a": [None]},
        OpaqueObject("Star"),
        Table({}, []),
    ),
    *(Tensor.of(1.0), Tensor.of([True]), Tensor.of([1j, NAN]), Tensor.of(np.zeros((0, 2)))),
    *(np.array(["x"]), np.array([b"x"]), np.zeros((0,)), np.array(None, dtype="U1"), 1e308 * 10),
    *(np.zeros((0, 10**6)), np.zeros((1,) * 60), np.array(3, ">f8"), {None: 1, NAN: 2, True: 3}),
    *(OpaqueObject("\x1b[31m" * 99, "\n"), {"\x1b[2J\u202e": 1}, Table({"a": [Set([])]}, [()])),
    *(
        [2**64 - 1],
        {"a": -(2**63)},
        np.array([True]),
        np.zeros((2, 2)),
        "x" * 10_000,
        [[[[]]]],
    ),
]
WANTS = [1.5, 3, "g", None, True, [1], (1,), {"a": 1}, np.zeros(2), np.array(1.0), [], {}]
WANTS += [
    TENSOR,
    Tensor.of(1),
    Tensor.of([False, True]),
    {1, "g"},
    [{"a": [NAN]}],
    np.zeros((0, 2)),
]


@pytest.mark.parametrize("got", STRANGE, ids=range(len(STRANGE)))
def test_no_value_breaks_a_check(got: Any) -> None:
    """Whatever comes back, the verdict is a `Failure` with a message of readable length."""
    for want in WANTS:
        for mistakes in ((), (Mistake("other", want), Mistake("more", [7.0]))):
            if approx_equal(got, want):
                continue
            failure = verdict(Answer(got), want, *mistakes, unit="days")
            assert 0 < len(failure.message) < 500


def test_only_plain_values_are_compared() -> None:
    """A check that wants something else is a mistake of the check, not of the learner."""
    with pytest.raises(TypeError, match="checks do not compare values of type range"):
        approx_equal(range(1), range(1))


def test_a_set_is_compared_whatever_its_order() -> None:
    assert approx_equal(Set([2, 1.0]), {1, 2})
    assert approx_equal(Set([("g", 1.0 + 1e-9)]), {("g", 1.0)})
    assert approx_equal(Set([]), frozenset())
    for got, says in (
        ([1, 2], "The bands are a list, [1, 2]; they should be a set."),
        (Set([1, 2, 3]), "The bands have 3 items; they should have 2."),
        (Set([1]), "The bands do not hold 2."),
        (Set([1, [3]]), "The bands do not hold 2."),
    ):
        assert difference(got, {1, 2}, "the bands") == says
    assert kind_of(Set([1])) == shown(Set([1])) == "a set"


# Misconceptions


def test_a_misconception_is_matched_by_the_value_it_produces() -> None:
    sign = Mistake("sign", np.array([-1.0, -2.0]))
    other = Mistake("other", np.array([3.0, 3.0]))
    failure = verdict(Answer(np.array([-1.0, -2.0])), np.array([1.0, 2.0]), other, sign)
    assert (key_of(failure), failure.status) == ("sign", "failed")


def test_the_first_misconception_that_matches_speaks() -> None:
    two = [Mistake(slug, 2.0) for slug in ("first", "second")]
    assert key_of(verdict(Answer(2.0), 1.0, *two)) == "first"


def test_a_misconception_speaks_before_the_general_rungs() -> None:
    assert key_of(verdict(Answer(None), 1.0, Mistake("a", None))) == "a"
    assert key_of(verdict(Answer("x"), 1.0, Mistake("a", "x"))) == "a"
    found = verdict(raised("TypeError"), 1.0, Mistake("a", Raises("TypeError")))
    assert (key_of(found), found.status) == ("a", "error")


def test_a_right_answer_has_no_misconception() -> None:
    expect(Answer(1.0), 1.0, Mistake("a", 1.0), Mistake("b", True))


def test_no_misconception_no_slug() -> None:
    unlike = [
        Mistake("a", 3.0),
        Mistake("b", Raises("KeyError")),
        Mistake("c", False),
    ]
    assert key_of(verdict(Answer(2.0), 1.0, *unlike)) is None
    assert key_of(verdict(raised("TypeError"), 1.0, *unlike)) is None


def test_raises_matches_class_base_class_and_words() -> None:
    answer = raised("JSONDecodeError", "ValueError", message="no band 'z'")
    assert Raises("JSONDecodeError").matches(answer)
    assert Raises("ValueError", "band 'z'").matches(answer)
    assert Raises("Exception").matches(answer)
    assert not Raises("KeyError").matches(answer)
    assert not Raises("ValueError", "band 'y'").matches(answer)
    assert not Raises("ValueError").matches(Answer(1.0))


def test_a_value_is_no_misconception_of_one_who_raised() -> None:
    fail_if_recognised(raised("KeyError"), Mistake("none", None))
    with pytest.raises(Failure):
        fail_if_recognised(raised("KeyError"), Mistake("found", True))


def test_tolerance_holds_for_misconceptions_too() -> None:
    near = Mistake("near", 2.0)
    assert key_of(verdict(Answer(2.001), 1.0, near)) is None
    assert key_of(verdict(Answer(2.001), 1.0, near, rtol=0.01)) == "near"


def test_a_misconception_may_produce_a_tensor() -> None:
    wide = Mistake("keepdim", Tensor.of([[1.0], [2.0]]))
    assert key_of(verdict(Answer(Tensor.of([[1.0], [2.00001]])), TENSOR, wide)) == "keepdim"
    assert key_of(verdict(Answer(Tensor.of([[1.0], [2.1]])), TENSOR, wide)) is None


# A single number, be it a tensor or not


@pytest.mark.parametrize("got", [2.5, Tensor.of(2.5), np.array(2.5), Tensor.of(2.5, "float64")])
def test_a_loss_may_be_a_tensor_or_a_number(got: Any) -> None:
    assert number(Answer(got)) == 2.5
    expect(as_number(Answer(got)), 2.5)


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (TENSOR, "The loss is a tensor of shape (2,); it should be a single number."),
        (Tensor.of([2.5]), "The loss is a tensor of shape (1,); it should be a single number."),
        (Tensor.of(True), "The loss is a tensor of no dimensions; it should be a single number."),
        (True, "The loss is a bool; it should be a single number."),
        ("2.5", "The loss is a str; it should be a single number."),
        (None, "The loss is None. Did you forget a `return`?"),
    ],
    ids=str,
)
def test_what_is_no_single_number(got: Any, says: str) -> None:
    with pytest.raises(Failure) as failure:
        number(Answer(got), "the loss")
    assert failure.value.message == says
    assert as_number(Answer(got)).result is got


def test_an_exception_is_no_number() -> None:
    answer = raised("TypeError")
    assert as_number(answer) == answer
    with pytest.raises(Failure, match="TypeError"):
        number(answer)


# Errors that are wanted


def refused(answer: Answer, *mistakes: Mistake, naming: str = "") -> Failure:
    with pytest.raises(Failure) as failure:
        expect_error(answer, "ValueError", "a period of zero", *mistakes, naming=naming)
    return failure.value


def test_the_right_exception_is_accepted() -> None:
    expect_error(raised("ValueError"), "ValueError", "a period of zero")
    expect_error(raised("MyError", "ValueError"), "ValueError", "a period of zero")
    expect_error(raised("ValueError", message="period 0"), "ValueError", "x", naming="period")


def test_no_exception_says_what_came_instead() -> None:
    failure = refused(Answer([1.0]))
    assert failure.message == (
        "A period of zero must raise ValueError; your code returned [1.0]. "
        "Use `raise ValueError(...)`."
    )
    assert failure.status == "failed"


def test_another_exception_is_told() -> None:
    failure = refused(raised("ZeroDivisionError"))
    assert failure.message.startswith(
        "A period of zero must raise ValueError; your code raised Zero"
    )
    assert failure.status == "error"


def test_an_exception_that_does_not_name_the_trouble() -> None:
    failure = refused(raised("ValueError", message="wrong"), naming="flux_err")
    assert "should name 'flux_err'" in failure.message
    assert "'wrong'" in failure.message


def test_a_stub_does_not_count_as_an_error_raised_on_purpose() -> None:
    answer = raised("NotImplementedError", "RuntimeError", message="2.6 phase_fold: do")
    with pytest.raises(Failure) as failure:
        expect_error(answer, "RuntimeError", "x")
    assert failure.value.status == "missing"
    assert refused(answer).status == "missing"


def test_misconceptions_of_wanted_errors() -> None:
    swallowed = Mistake("swallowed", None)
    assert key_of(refused(Answer(None), swallowed)) == "swallowed"


def test_huge_results_instead_of_an_error() -> None:
    for got in ("x" * 100_000, [0] * 100_000, np.zeros(100_000)):
        assert len(refused(Answer(got)).message) < 300


def test_require() -> None:
    require(True, "never")
    with pytest.raises(Failure, match="slug") as failure:
        require(False, "slug", got=1)
    assert key_of(failure.value) == "slug"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        *(
            (None, "None"),
            ([], "a list"),
            (1, "an int"),
            (1.0, "a float"),
            (OpaqueObject("A"), "an A"),
        ),
        *(
            (Table({}, []), "a pandas DataFrame"),
            (np.zeros((2, 3)), "a NumPy array of shape (2, 3)"),
        ),
        *((Tensor.of(np.zeros((4, 5))), "a tensor of shape (4, 5)"),),
        (Tensor.of(1.0), "a tensor of no dimensions"),
        *((OpaqueObject("function"), "a function"), (OpaqueObject("ndarray"), "a ndarray")),
    ],
)
def test_kinds_are_named_as_one_speaks(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


def test_values_are_shown_short() -> None:
    assert shown(1.23456789) == "1.23457"
    assert shown("g") == "'g'"
    assert len(shown("x" * 1000)) == 120
    assert shown(OpaqueObject("Star", "<Star at 0x7f>")) == "a Star"
    assert shown(Tensor.of([[1.0, 0.1]])) == "tensor([[1. , 0.1]])"
    assert shown(Tensor.of(np.zeros((4, 5)))) == "a tensor of shape (4, 5)"


# Sentences that hold together


LONG = [{"mjd": 59000.5 + i, "flux": 10.0, "band": "g"} for i in range(5)]
SENTENCES = [
    (
        Tensor.of([[1.0, 2.0], [3.0, 4.0]]),
        Tensor.of([[0.0, 2.0], [3.0, 5.0]]),
        "the weights after an epoch",
        "`[0, 0]` in the weights after an epoch is 1; it should be 0. 2 of 4 values differ.",
    ),
    (5, "g", "the labels of two records", "The labels of two records are 5; they should be 'g'."),
    (np.ones(3), np.ones(2), "the logits", "The logits have shape (3,); they should have shape "
     "(2,)."),
    (2.0, 1.0, "the loss with alpha, gamma", "The loss with alpha, gamma is 2; it should be 1."),
    (2.0, 1.0, "what `embed` returns", "What `embed` returns is 2; it should be 1."),
    ([1, {"a": 2}], [1, {"a": 3}], "`lc[2:5]`", "`lc[2:5][1]['a']` is 2; it should be 3."),
    (
        [0, 0, 0, 0, [2]],
        [0, 0, 0, 0, [3]],
        "the list of calls",
        "`[4][0]` in the list of calls is 2; it should be 3.",
    ),
    (
        LONG[:3],
        LONG,
        "the table",
        "The table has 3 items; it should have 5. The first that is missing is `[3]`: "
        "{'mjd': 59003.5, 'flux': 10.0, 'band': 'g'}.",
    ),
    (
        LONG,
        LONG[:4],
        "the rows",
        "The rows have 5 items; they should have 4. The first that is too many is `[4]`: "
        "{'mjd': 59004.5, 'flux': 10.0, 'band': 'g'}.",
    ),
    (
        LONG[1:],
        LONG,
        "the table",
        "The table has 4 items; it should have 5. The first that differs is `[0]`: "
        "{'mjd': 59001.5, 'flux': 10.0, 'band': 'g'}.",
    ),
    ([], ["g"], "the result", "The result is []; it should be ['g']."),
    (4.000001, 4.0, "the peak", "The peak is 4.000001; it should be 4."),
    (np.zeros(9), np.ones(9), "the phase, sorted,", "`[0]` in the phase, sorted, is 0; it should "
     "be 1. 9 of 9 values differ."),
]  # fmt: skip


@pytest.mark.parametrize(("got", "want", "what", "says"), SENTENCES, ids=range(len(SENTENCES)))
def test_sentences_hold_together(got: Any, want: Any, what: str, says: str) -> None:
    assert difference(got, want, what, rtol=1e-12) == says

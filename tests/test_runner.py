"""The runner beside the learner's code: whatever that does, a report of plain values comes back."""

from __future__ import annotations

import builtins
import contextlib
import sys
import types
import warnings
from typing import Any

import pytest

from grader import answer, runner, shell
from grader.answer import Failure, Raised, read
from grader.course import probing
from grader.expect import approx_equal
from grader.runner import Runner, travelled
from grader.wire import Tensor

probing.load("1")


@pytest.fixture
def table() -> Runner:
    return Runner({"__name__": "learner"})


def run(table: Runner, source: str, number: int = 1) -> dict[str, Any]:
    """Run a cell. Nothing may be raised, and the report must be one that can travel."""
    escaped = ""
    try:
        reply = travelled(table.run_cell(number, source))
    except BaseException as error:  # printing such an error would bring pytest itself down
        escaped = type(error).__name__
    assert not escaped, f"{escaped} got out of the runner"
    assert "unsendable" not in reply
    return reply


def call(table: Runner, name: str, *args: Any, **kwargs: Any) -> answer.Answer:
    return read(travelled(table.probe("call", [name, *args], kwargs)))


# Tensors


def test_tensors_of_a_check_are_torchs_own_when_the_probe_is_called(table: Runner) -> None:
    run(table, "import torch\ndef f(*args, **kwargs):\n    x = args[0]\n"
               "    x += 1  # in place\n    return x, str(args), str(kwargs)")  # fmt: skip
    half = Tensor.of([1.5], "bfloat16")
    args = [Tensor.of([[0.5, 2.0]]), [Tensor.of(3), (half, "x")]]
    grown, *texts = call(table, "f", *args, mask={"m": Tensor.of([True]), "n": 1}).value
    assert approx_equal(grown, Tensor.of([[1.5, 3.0]]))
    assert texts == [
        "(tensor([[1.5000, 3.0000]]), [tensor(3), (tensor([1.5000], dtype=torch.bfloat16), 'x')])",
        "{'mask': {'m': tensor([True]), 'n': 1}}",
    ]


# Exceptions


def test_an_exception_is_reported_with_the_learners_own_line(table: Runner) -> None:
    run(table, "import json\n\ndef f(text):\n    # a comment\n    return json.loads(text)\n")
    raised = call(table, "f", "{").raised
    assert raised is not None
    assert (raised.kind, raised.line, raised.text) == (
        "JSONDecodeError",
        5,
        "return json.loads(text)",
    )
    assert raised.is_a("ValueError")
    assert raised.is_a("Exception")
    assert not raised.is_a("KeyError")
    assert str(raised).endswith("(line 5 of cell 1: `return json.loads(text)`)")


def test_the_innermost_of_the_learners_lines_counts(table: Runner) -> None:
    run(table, "def inner():\n    return {}['x']\n\ndef outer():\n    return inner()")
    raised = call(table, "outer").raised
    assert raised is not None
    assert (raised.line, raised.text) == (2, "return {}['x']")


def test_cells_are_told_apart_by_their_numbers(table: Runner) -> None:
    run(table, "def f():\n    1 / 0  # in cell 1", 1)
    run(table, "x = 1\n\n\ndef g():\n    f()", 2)
    raised = call(table, "g").raised
    assert raised is not None
    assert raised.text == "1 / 0  # in cell 1"


def test_an_exception_outside_the_learners_code_has_no_line(table: Runner) -> None:
    run(table, "def f(a): pass")
    raised = call(table, "f").raised
    assert raised is not None
    assert (raised.kind, raised.line, raised.text) == ("TypeError", 0, "")
    assert "(line" not in str(raised)


@pytest.mark.parametrize("source", ["def f(:", "x = = 1", "  x = 1", "'''open", "x = 1\0"])
def test_cells_that_are_not_python_are_reported(table: Runner, source: str) -> None:
    raised = read(run(table, f"a = 1\n{source}")).raised
    assert raised is not None
    assert raised.is_a("SyntaxError") or raised.is_a("ValueError")
    assert "a" not in table.namespace


def test_a_syntax_error_names_its_line(table: Runner) -> None:
    raised = read(run(table, "a = 1\nfor x in y\n    pass")).raised
    assert raised is not None
    assert (raised.line, raised.text) == (2, "for x in y")


ODD_ERRORS = {
    "no message": "raise ValueError",
    "message that raises": "class E(Exception):\n  def __str__(self): raise KeyError\nraise E",
    "message that exits": "class E(Exception):\n  def __str__(self): raise SystemExit\nraise E",
    "message that is no text": "class E(Exception):\n  def __str__(self): return 5\nraise E",
    "message that lies": "class T(str):\n  def __getitem__(self, i): raise KeyError\n"
    "class E(Exception):\n  def __str__(self): return T('x')\nraise E",
    "syntax error with an odd file": "raise SyntaxError('x', (5, 'a', None, 7))",
    "syntax error with an odd text": "raise SyntaxError('x', ('<cell 1>', 'a', None, 7))",
    "name that raises": "class M(type):\n  @property\n  def __name__(c): raise KeyError\n"
    "class E(Exception, metaclass=M): pass\nraise E",
    "system exit": "import sys; sys.exit('bye')",
    "quit": "quit(0)",
    "keyboard interrupt": "raise KeyboardInterrupt",
    "own base exception": "class E(BaseException): pass\nraise E",
    "generator exit": "raise GeneratorExit",
    "group": "raise ExceptionGroup('g', [ValueError(1)])",
    "recursion": "def f(): f()\nf()",
    "recursion in repr": "class A:\n  def __repr__(s): return repr(s)\nraise ValueError(A())",
    "a class that is none": "raise 5",
    "from nothing": "raise ValueError('x') from None",
    "memory": "x = [0] * 10**15",
    "assertion": "assert 1 == 2, 'not so'",
    "stop": "next(iter([]))",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_ERRORS)
def test_every_kind_of_exception_is_reported(table: Runner, name: str) -> None:
    reply = read(run(table, ODD_ERRORS[name]))
    assert isinstance(reply.raised, Raised)
    assert all(isinstance(kind, str) for kind in reply.raised.kinds)
    assert read(run(table, "x = 'still here'")).raised is None
    assert isinstance(answer.failure_of(reply.raised), Failure)


def test_exceptions_in_a_probe_are_reported_as_in_a_cell(table: Runner) -> None:
    run(table, "import sys\ndef leave(): sys.exit(3)\ndef stop(): raise KeyboardInterrupt")
    for name, kind in (("leave", "SystemExit"), ("stop", "KeyboardInterrupt")):
        reply = call(table, name)
        assert reply.raised is not None
        assert reply.raised.kind == kind
        with pytest.raises(Failure):
            _ = reply.value


@pytest.mark.parametrize(
    ("source", "status", "says"),
    [
        (
            "raise NotImplementedError('1.2 filter_lightcurve: do it')",
            "missing",
            "filter_lightcurve",
        ),
        ("raise NotImplementedError", "missing", "not written yet"),
        ("raise NotImplementedError('x' * 500)", "missing", "not written yet"),
        ("return f()", "error", "calls itself without end"),
        ("import sys; sys.exit()", "error", "Remove `exit()`"),
        (
            "return 1 / 0",
            "error",
            "ZeroDivisionError: division by zero (line 2 of cell 1: `return",
        ),
    ],
)
def test_the_verdict_on_an_exception(table: Runner, source: str, status: str, says: str) -> None:
    run(table, f"def f():\n    {source}")
    with pytest.raises(Failure) as verdict:
        _ = call(table, "f").value
    assert verdict.value.status == status
    assert says in verdict.value.message
    assert len(verdict.value.message) < 800


def test_long_messages_and_lines_are_cut(table: Runner) -> None:
    run(table, f"def f(): raise ValueError('x' * 10**6)  # {'y' * 10_000}")
    raised = call(table, "f").raised
    assert raised is not None
    assert len(raised.message) <= 600
    assert len(raised.text) <= 200


# What is printed and warned of


def test_what_is_printed_is_kept_and_bounded(table: Runner, capsys: Any) -> None:
    run(
        table,
        "def f(n):\n    print('flux', 1.5)\n    for i in range(n): print('x' * 1000)\n    return n",
    )
    assert call(table, "f", 0).printed == "flux 1.5\n"
    flood = table.probe("call", ["f", 500], {})
    assert len(flood["printed"]) == runner.MAX_PRINTED
    assert flood["value"] == 500
    assert capsys.readouterr().out == ""


def test_standard_error_is_swallowed(table: Runner, capsys: Any) -> None:
    reply = run(table, "import sys\nprint('oops', file=sys.stderr)\nprint('out')")
    assert reply["printed"] == "out\n"
    assert capsys.readouterr().err == ""


def test_what_was_printed_before_an_exception_is_kept(table: Runner) -> None:
    assert run(table, "print('so far')\n1 / 0")["printed"] == "so far\n"


@pytest.mark.parametrize(
    "source",
    ["import sys; sys.stdout.close()", "import sys; sys.stdout = None",
     "import sys; sys.stdout.write(5)", "import sys; sys.stdout.seek(0); print('x')",
     "import sys; del sys.stdout", "import sys; sys.stdout.getvalue = None"],
)  # fmt: skip
def test_a_mistreated_output_does_no_harm(table: Runner, source: str) -> None:
    before = sys.stdout
    run(table, source)
    assert sys.stdout is before
    assert run(table, "print('again')")["printed"] == "again\n"


def test_warnings_are_kept_and_bounded(table: Runner) -> None:
    source = "import warnings\nfor i in range({}): warnings.warn(f'careful {{i}}', RuntimeWarning)"
    assert run(table, source.format(1))["warned"] == ["RuntimeWarning: careful 0"]
    assert len(run(table, source.format(500))["warned"]) == 20


def test_a_warning_whose_text_raises_does_no_harm(table: Runner) -> None:
    source = """
import warnings
class W(UserWarning):
    seen = False
    def __str__(self):
        if self.seen: raise KeyError
        self.seen = True
        return "once"
warnings.warn(W())
"""
    run(table, source)
    assert read(run(table, "x = 1")).raised is None


def test_warnings_turned_into_errors_stay_the_learners_own(table: Runner) -> None:
    run(table, "import warnings\nwarnings.simplefilter('error')")
    assert read(run(table, "import warnings\nwarnings.warn('x')")).raised is None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("the tests' own", stacklevel=1)
    assert len(caught) == 1


# Names


def test_a_missing_name_is_no_exception_of_the_learners(table: Runner) -> None:
    with pytest.raises(Failure, match="`flux_to_magnitude` is not defined") as verdict:
        call(table, "flux_to_magnitude", 1.0)
    assert verdict.value.status == "missing"


def test_undefined_names(table: Runner) -> None:
    run(table, "def f(): pass\nx = 5\ng = lambda: 0")
    run(table, "class A:\n  def __len__(self): return 0\n  bands = property(len)")
    run(table, "class B(A):\n  def __init__(self): pass")
    there = ["f", "g", "A.__len__", "A.bands", "B.__init__", "B.__len__"]
    absent = ["x", "h", "A.duration", "A.__str__", "A.__init__", "C.bands", "f.name", "x.real"]
    assert table.undefined([*there, *absent]) == absent


STRANGE = {
    "a class that raises": "class X:\n  __class__ = property(lambda s: 1 / 0)\nLightCurve = X()",
    "a metaclass that raises": "class M(type):\n  def __getattribute__(c, n): raise KeyError(n)\n"
    "class LightCurve(metaclass=M): pass",
    "an order of bases that raises": "class M(type):\n  __mro__ = property(lambda c: 1 / 0)\n"
    "class LightCurve(metaclass=M): pass",
}


@pytest.mark.parametrize("name", STRANGE)
def test_looking_for_names_never_raises(table: Runner, name: str) -> None:
    run(table, STRANGE[name])
    assert table.undefined(["LightCurve.bands", "f"]) == ["LightCurve.bands", "f"]


# Code that is unkind to its surroundings


def test_names_of_builtins_taken_by_the_learner_disturb_no_probe(table: Runner) -> None:
    names = ["print", "len", "isinstance", "list", "dict", "type", "str", "repr", "getattr", "id"]
    run(table, "\n".join(f"{name} = None" for name in names) + "\ndef f(x): return x")
    assert call(table, "f", [1, 2]).value == [1, 2]


def test_a_builtin_print_that_is_replaced_disturbs_no_probe(
    table: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builtins, "print", builtins.print)  # put back afterwards
    run(table, "import builtins\nbuiltins.print = lambda *a: 1 / 0\ndef f(x): return x")
    assert call(table, "f", 3).value == 3


def test_inputs_are_copies_and_results_are_plain() -> None:
    table = Runner({"__name__": "learner"})
    run(table, "class L(list): pass\ndef f(x):\n    x.append(1)\n    return L(x)")
    given = [0]
    reply = travelled(table.probe("call", travelled(["f", given]), {}))
    assert type(reply["value"]) is list
    assert reply["value"] == [0, 1]
    assert given == [0]


def test_what_cannot_be_sent_is_said(table: Runner) -> None:
    run(table, f"def f(): return bytes({runner.wire.MAX_BYTES + 1})")
    with pytest.raises(Failure, match="could not be examined") as verdict:
        call(table, "f")
    assert verdict.value.status == "error"


def test_cells_may_await(table: Runner) -> None:
    run(table, "import asyncio\nawait asyncio.sleep(0)\nx = 5")
    assert table.namespace["x"] == 5


def test_cells_do_not_inherit_the_graders_own_future(table: Runner) -> None:
    run(table, "def f(x: int) -> str: pass\nkinds = f.__annotations__")
    assert table.namespace["kinds"] == {"x": int, "return": str}


def test_the_module_of_a_shell_is_main(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    table = Runner(vars(module := types.ModuleType("__main__")), shell=shell.make(module))
    run(
        table,
        "import pickle\nclass A: pass\nname = __name__\nagain = pickle.loads(pickle.dumps(A()))",
    )
    assert table.namespace["name"] == "__main__"
    assert type(table.namespace["again"]) is table.namespace["A"]


def test_exercises_may_have_probes_of_the_same_name() -> None:
    for number in ("6", "7"):
        probing.load(number)
        assert probing.find("logits", number).__module__ == f"grader.course.ex0{number}.probes"
    assert probing.find("call", "6") is probing.find("call", "7")


# Replies that nobody honest would send


MALFORMED = [
    *(None, 5, "text", [], {"raised": None}, {"raised": 5}, {"raised": {}}, {"missing": None}),
    *({"raised": {"kinds": 5, "message": 1, "line": "x", "text": None}}, {"warned": 5}),
    *({"raised": {"kinds": [], "message": "", "line": 1, "text": ""}}, {"unsendable": 5}),
    *({"value": 1, "warned": {"a": 1}}, {"printed": None}, {"printed": 5}, {}),
]


@pytest.mark.parametrize("reply", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_replies_are_verdicts_or_plain_answers(reply: Any) -> None:
    with contextlib.suppress(Failure):
        got = read(reply)
        assert isinstance(got.printed, str)
        assert all(isinstance(text, str) for text in got.warned)


def test_replies_nested_to_the_limit_are_verdicts_or_plain_answers() -> None:
    deep: Any = 1
    for _ in range(990):
        deep = [deep]
    for name in ("raised", "warned", "printed", "missing", "unsendable"):
        for reply in ({name: deep}, {name: {"kinds": deep, "message": deep, "line": 1, "text": 1}}):
            with contextlib.suppress(Failure):
                read(reply)

"""Hostile and hapless notebooks in the sandbox: no point unearned, and no other part harmed."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import notebooks
import numpy as np
import psutil
import pytest
from notebooks import EX1, EX2, Notebook

from grader import data_folder, exercise, fork_server, isolation, notebook, texts
from grader.answer import Failure, read
from grader.checking import GraderError, PartResult, run_checks
from grader.fork_server import SandboxError, WarmParent
from grader.notebook import Cell
from grader.session import Session, TimeLimits
from grader.wire import Tensor

pytestmark = pytest.mark.skipif(
    (reason := isolation.why_unavailable()) is not None, reason=f"no isolation here: {reason}"
)

ORDINARY = TimeLimits()
SHORT = TimeLimits(cell=1.0, part=1.0, submission=60.0)
SEED = 5
CORE = ["1.1", "1.2", "1.3", "1.4"]
ALL = [*CORE, "1.E1", "1.E2"]


class Lab:
    """One warm parent per exercise for all tests of this file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parents: dict[str, WarmParent] = {}

    def session(self, content: Notebook, slug: str = EX1, limits: TimeLimits = ORDINARY) -> Session:
        found = exercise.load(slug)
        path = notebooks.save(self.folder / "submission.ipynb", content)
        if found.number not in self.parents:
            self.parents[found.number] = WarmParent(found.number)
        return Session(self.parents[found.number], notebook.read(path, found), limits)

    def ran(self, content: Notebook, slug: str = EX1, limits: TimeLimits = ORDINARY) -> Session:
        """A session whose cells have all been run."""
        session = self.session(content, slug, limits)
        for _ in session.stops():
            pass
        session.begin(())
        return session

    def grade(
        self, content: Notebook, slug: str = EX1, limits: TimeLimits = ORDINARY, only: Any = None
    ) -> dict[str, PartResult]:
        with self.session(content, slug, limits) as session:
            results = run_checks(exercise.load(slug), session, SEED, only)
        return {result.part.id: result for result in results}

    def statuses(self, content: Notebook, **options: Any) -> dict[str, str]:
        return {part: result.status for part, result in self.grade(content, **options).items()}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab
    for parent in lab.parents.values():
        parent.close()


def reference_with(*cells: str, first: bool = False) -> Notebook:
    """The reference of Exercise 1, judged at its end, with more cells at the end or in front."""
    content = notebooks.without_checks(notebooks.filled(EX1))
    place = 0 if first else len(content["cells"])
    content["cells"][place:place] = [notebooks.code(cell) for cell in cells]
    return content


# What is right passes


@pytest.mark.slow
@pytest.mark.parametrize("slug", [EX1, EX2])
def test_the_reference_has_full_marks(lab: Lab, slug: str) -> None:
    results = lab.grade(notebooks.filled(slug), slug)
    assert {part: result.message for part, result in results.items() if not result.passed} == {}
    assert sum(r.points for r in results.values() if not r.part.bonus) == 10
    assert sum(r.points for r in results.values() if r.part.bonus) == 2


@pytest.mark.slow
@pytest.mark.parametrize("slug", [EX1, EX2])
def test_an_untouched_notebook_has_no_marks(lab: Lab, slug: str) -> None:
    results = lab.grade(notebooks.released(slug), slug)
    assert {result.status for result in results.values()} == {"missing"}
    assert sum(result.points for result in results.values()) == 0


def test_reordered_and_duplicated_cells_have_full_marks(lab: Lab) -> None:
    content = notebooks.filled(EX1)
    head = [cell for cell in content["cells"] if "import numpy" in "".join(cell["source"])]
    rest = [cell for cell in content["cells"] if cell not in head]
    content["cells"] = [*head, *reversed(rest), *rest]
    assert set(lab.statuses(content).values()) == {"passed"}


def test_a_released_notebook_with_a_part_in_a_cell_of_ones_own(lab: Lab) -> None:
    content = notebooks.released(EX1)
    content["cells"].append(
        notebooks.code(
            "def flux_to_magnitude(flux, zeropoint=25.0):\n"
            "    flux = np.asarray(flux, dtype=float)\n"
            "    with np.errstate(all='ignore'):\n"
            "        m = np.where(flux > 0, -2.5 * np.log10(flux) + zeropoint, np.nan)\n"
            "    return float(m) if m.ndim == 0 else m\n"
        )
    )
    statuses = lab.statuses(content)
    assert statuses.pop("1.3") == "passed"
    assert set(statuses.values()) == {"missing"}


def test_another_seed_draws_other_inputs(lab: Lab) -> None:
    """A table of the answers to one seed's inputs would be worth nothing with another."""
    spy = "seen = []\ndef tell(): return seen\ndef flux_to_magnitude(f, **_): seen.append(f)"
    drawn = []
    for seed in (1, 2, 2):
        with lab.session(reference_with(spy)) as session:
            run_checks(exercise.load(EX1), session, seed, "1.3")
            drawn.append(repr(session.ask("call", ("tell",), {})["value"]))
    assert drawn[0] != drawn[1]
    assert drawn[1] == drawn[2]


# Cells that break: the parts defined in other cells have their marks

DESTRUCTIVE = {
    "never ends": "while True: pass",
    "ends the process": "import os; os._exit(0)",
    "kills the process": "import os; os.kill(os.getpid(), 9)",
    "kills everything": "import os; os.kill(-1, 9)",
    "segmentation fault": "import ctypes; ctypes.string_at(0)",
    "aborts": "import os; os.abort()",
    "sys.exit": "import sys; sys.exit()",
    "exit": "raise SystemExit('enough')",
    "interrupt": "raise KeyboardInterrupt",
    "error": "1 / 0",
    "no Python": "def f(:",
    "memory at once": "hog = bytearray(8 * 2**30)",
    "memory of a list": "hog = [0] * 10**10",
    "recursion": "def f(): f()\nf()",
    "recursion in C": "x = []\nfor i in range(10**6): x = [x]\nrepr(x)",
    "flood": "while True: print('x' * 10**6)",
    "flood below": "import os\nfor i in range(1000): os.write(1, b'x' * 10**5)",
    "closes all files": "import os; os.closerange(0, 100)",
    "writes garbage to all files": """
import os
for fd in range(3, 100):
    try: os.write(fd, b'garbage' * 1000)
    except OSError: pass
""",
    "announces a message that never comes": """
import os
for fd in range(3, 100):
    try: os.write(fd, b'\\x00\\xff\\xff\\xff')
    except OSError: pass
""",
    "no builtins": "import builtins; builtins.__dict__.clear()",
    "len lies": "import builtins; builtins.len = lambda x: 0",
    "output is gone": "import sys; sys.stdout.close(); sys.stdout = None",
    "endless message": "class E(Exception):\n  def __str__(s):\n    while True: pass\nraise E",
    "ignores signals": """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass
""",
    "fills the disk": "for i in range(10**4):\n    open(f'f{i}', 'wb').write(bytes(10**6))",
    "message of a million": "raise ValueError('x' * 10**7)",
    "many warnings": "import warnings\nfor i in range(10**4): warnings.warn(f'careful {i}' * 1000)",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", DESTRUCTIVE)
def test_a_destructive_cell_costs_the_other_cells_nothing(lab: Lab, name: str) -> None:
    content = reference_with(DESTRUCTIVE[name], first=True)
    results = lab.grade(content, limits=SHORT, only="1.2" if name != "never ends" else None)
    assert {part: r.message for part, r in results.items() if not r.passed} == {}


HARMFUL = {
    "fork bomb": "import os\nwhile True: os.fork()",
    "threads": "import threading, time\n"
    "while True: threading.Thread(target=time.sleep, args=(99,)).start()",
    "import is gone": "import builtins; del builtins.__import__",
    "modules are gone": "import sys; sys.modules.clear()",
    "inspection is gone": "import inspect; inspect.isclass = inspect.getattr_static = None",
    "packing is gone": "import msgpack; msgpack.packb = msgpack.unpackb = lambda *a, **k: b'\\xc3'",
    "arrays are gone": "import numpy; numpy.ndarray = numpy.generic = None",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HARMFUL)
def test_harm_to_ones_own_process_is_no_trouble_of_the_graders(lab: Lab, name: str) -> None:
    """The learner's other cells may suffer too, as in a notebook; every part has its verdict."""
    content = notebooks.without_checks(notebooks.filled(EX2))
    content["cells"].append(notebooks.code(HARMFUL[name]))
    assert set(lab.grade(content, EX2, SHORT)) == {part.id for part in exercise.load(EX2).parts}


# Parts that break: the other parts have their marks

SIGNATURE = "def flux_to_magnitude(flux, zeropoint=25.0):\n    "
BROKEN = {
    "never ends": ("while True: pass", "timeout"),
    "ends the process": ("__import__('os')._exit(0)", "error"),
    "segmentation fault": ("__import__('ctypes').string_at(0)", "error"),
    "closes all files": ("__import__('os').closerange(0, 100)", "error"),
    "sys.exit": ("raise SystemExit(0)", "error"),
    "never-ending repr": (
        "return type('A', (), {'__repr__': lambda self: [0 for i in iter(int, 1)]})()",
        "timeout",
    ),
    "endless generator": ("return (i for i in iter(int, 1))", "failed"),
    "huge array": ("return np.zeros(3 * 10**6)", "error"),
    "huge nesting": ("x = ()\n    for i in range(10**5): x = (x,)\n    return x", "error"),
    "nesting": ("x = ()\n    for i in range(180): x = (x,)\n    return x", ("error", "failed")),
    "memory": ("return bytearray(8 * 2**30)", "error"),
    "text of no characters": ("return np.frombuffer(b'\\xff\\xff\\xff\\x7f', '<U1')", "error"),
    "more items than are read": ("return [{} for i in range(10**6)]", "error"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_part_costs_the_other_parts_nothing(lab: Lab, name: str) -> None:
    body, status = BROKEN[name]
    results = lab.grade(reference_with(SIGNATURE + body), limits=SHORT)
    assert "SECONDS" not in results["1.3"].message
    statuses = {part: result.status for part, result in results.items()}
    assert statuses.pop("1.3") in ([status] if isinstance(status, str) else status)
    assert statuses == dict.fromkeys([part for part in ALL if part != "1.3"], "passed")


SHOWN = {
    "message": "raise ValueError(EVIL)",
    "class": "raise type(EVIL, (Exception,), {})",
    "name": "raise NameError('x', name=EVIL)",
    "value": "return EVIL",
    "items": "return {EVIL: [EVIL] * 1000}",
    "type": "return type(EVIL[-300:], (), {})()",
    "description": "return type('A', (), {'__repr__': lambda self: EVIL})()",
    "columns": "import pandas; return pandas.DataFrame({EVIL: [1]})",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOWN)
def test_texts_of_learners_are_short_and_harmless(lab: Lab, name: str) -> None:
    """An exception's message of 3 MB made a page of 54 MB, and escapes reach a terminal."""
    evil = "EVIL = '\\x1b]0;title\\x07\\x1b[2J\\u202e\\x00\\r' * 10**5 + 'end' * 10**5"
    results = lab.grade(reference_with(evil, SIGNATURE + SHOWN[name]))
    message = results["1.3"].message
    assert not results["1.3"].passed
    assert 0 < len(message) <= texts.MAX_SHOWN
    assert set(message) & set("\x1b\u202e\x00\x07\r") == set()
    assert [part for part, result in results.items() if not result.passed] == ["1.3"]


def test_parts_of_an_endless_cell_are_timeouts_and_others_are_marked(lab: Lab) -> None:
    content = notebooks.filled(EX1)
    for cell in content["cells"]:
        if "def filter_lightcurve" in "".join(cell["source"]):
            cell["source"] = "while True: pass\ndef filter_lightcurve(data, **filters): return data"
    results = lab.grade(content, limits=SHORT)
    statuses = {part: result.status for part, result in results.items()}
    assert statuses == dict.fromkeys(ALL, "passed") | {"1.2": "timeout"}
    assert "did not end within 1 s" in results["1.2"].message


def test_parts_of_a_cell_that_raises_are_told_its_error(lab: Lab) -> None:
    content = notebooks.filled(EX1)
    for cell in content["cells"]:
        if "def filter_lightcurve" in "".join(cell["source"]):
            cell["source"] = "colour = undefined_name\ndef filter_lightcurve(data): return data"
    result = lab.grade(content)["1.2"]
    assert result.status == "error"
    assert "NameError" in result.message
    assert "colour = undefined_name" in result.message


@pytest.mark.slow
def test_many_endless_cells_use_up_the_time_for_cells_and_nothing_more(lab: Lab) -> None:
    """Each further cell has a little time, enough for definitions; each part has its own."""
    content = reference_with(*["while True: pass"] * 4, first=True)
    limits = TimeLimits(cell=1.2, part=1.0, submission=3.0)
    with lab.session(content, limits=limits) as session:
        results = run_checks(exercise.load(EX1), session, SEED)
        notes = session.notes
    assert {result.part.id: result.message for result in results if not result.passed} == {}
    assert notes == [
        "There was little time left for the rest of the notebook: the time went to cells 1 (1 s), "
        "2 (1 s), 3 (1 s), 4 (1 s)."
    ]


STRIKES = {
    "ends the process": "os._exit(1)",
    "writes garbage": "[os.write(fd, b'garbage') for fd in range(3, 9) if os.path.exists(f'/proc/"
    "self/fd/{fd}')]",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", STRIKES)
def test_a_thread_that_strikes_later_is_no_trouble_of_the_graders(lab: Lab, name: str) -> None:
    """After all cells have run, while the grader asks for names or for answers."""
    strike = f"def strike():\n    time.sleep(0.05)\n    {STRIKES[name]}"
    cell = f"import threading, time, os\n{strike}\nthreading.Thread(target=strike).start()"
    results = lab.grade(reference_with(cell, "time.sleep(0.03)"), limits=SHORT)
    assert set(results) == set(ALL)


@pytest.mark.slow
def test_asking_for_names_may_last_too_long(lab: Lab) -> None:
    content = notebooks.without_checks(notebooks.filled(EX2))
    trick = "import inspect\ninspect.getattr_static = lambda *a: [0 for i in iter(int, 1)]"
    content["cells"].append(notebooks.code(trick))
    results = lab.grade(content, slug=EX2, limits=SHORT)
    assert {result.status for result in results.values()} == {"timeout"}


# Forgery: nothing that a learner's process says earns a point it has not earned

EVERYTHING = """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __contains__ = __lt__
    def __hash__(self): return 0
    def __bool__(self): return True
    def __len__(self): return 1
    def __iter__(self): return iter([Yes()])
    def __getitem__(self, key): return Yes()
    def __call__(self, *args, **kwargs): return Yes()
    def __float__(self): return 1.0
    def __index__(self): return 1
    def __array__(self, *a, **k): return np.array(1.0)
    def __array_ufunc__(self, *a, **k): return True
    @property
    def __class__(self): return float
"""
OTHERS = {
    "list": """
class Yes(list):
    def __init__(self, *a, **k): pass
    def __eq__(self, other): return True
    def __len__(self): return 10**6
    def __iter__(self): return iter([1.0] * 24)
    def __call__(self, *a, **k): return self
""",
    "text": "class Yes(str):\n    __eq__ = __contains__ = lambda *a: True\n"
    "    __hash__ = str.__hash__\n"
    "    __call__ = lambda self, *a, **k: self",
    "float": "class Yes(float):\n    __eq__ = __lt__ = __gt__ = __sub__ = lambda *a: True\n"
    "    __hash__ = float.__hash__\n    __call__ = lambda self, *a, **k: self",
    "array": """
class Yes(np.ndarray):
    def __new__(cls, *a, **k): return np.zeros(24).view(cls)
    def __eq__(self, other): return True
    def __array_ufunc__(self, *a, **k): return np.ones(24, bool)
    def __array_function__(self, *a, **k): return True
    def __call__(self, *a, **k): return self
""",
}
NAMES = [name for part in exercise.load(EX1).parts for name in part.names]


def all_return(value: str) -> str:
    return "\n".join(f"def {name}(*args, **kwargs): return {value}" for name in NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["object", *OTHERS])
def test_objects_that_equal_everything_earn_nothing(lab: Lab, name: str) -> None:
    cells = [f"import numpy as np\n{OTHERS.get(name, EVERYTHING)}", all_return("Yes()")]
    results = lab.grade(notebooks.of(*cells))
    assert {result.points for result in results.values()} == {0.0}


PATCHES = {
    "comparisons": """
import math
for module in (np, math):
    for name in ('isclose', 'allclose', 'array_equal', 'all', 'isnan'):
        setattr(module, name, lambda *a, **k: True)
""",
    "modules": """
import sys, types
for name in ('pytest', '_pytest', 'grader', 'grader.expect', 'grader.course'):
    module = sys.modules[name] = types.ModuleType(name)
    module.check = module.expect = module.main = lambda *a, **k: True
""",
    "the grader": "import grader\ngrader.check = grader.hint = grader.prior = lambda *a: 'passed'\n"
    "print(grader.check('1.1'))",
    "builtins": "import builtins as b; b.isinstance = b.all = b.any = lambda *a: True",
    "everything in gc": "import gc\ngc.unfreeze()\nfor o in gc.get_objects():\n"
    "    if type(o) is dict and 'status' in o: o['status'] = 'passed'",
}


@pytest.mark.parametrize("name", PATCHES)
def test_patched_modules_earn_nothing(lab: Lab, name: str) -> None:
    content = notebooks.without_checks(notebooks.released(EX1))
    content["cells"].append(notebooks.code(PATCHES[name]))
    results = lab.grade(content, limits=SHORT)
    assert {result.points for result in results.values()} == {0.0}


HIJACK = """
import gc, types
gc.unfreeze()
for module in [o for o in gc.get_objects() if isinstance(o, types.ModuleType)]:
    if module.__name__ == 'grader.wire':
        wire = module
packed = wire.pack
CANNED = {canned}
def pack(value):
    return CANNED if isinstance(CANNED, bytes) else packed(CANNED)
wire.pack = pack
"""
RAISED = "{{'raised': {{'kinds': {}, 'message': '{}', 'line': 1, 'text': ''}}}}"
FORGED = [
    *("True", "[]", "{'value': True}", "{'value': None}", "{'value': 1.0}", "{'value': []}"),
    *("{'status': 'passed', 'points': 10}", "{'value': 'passed', 'printed': 'mean_flux 1'}"),
    *("{'raised': None}", "{'warned': 5}"),
    "{'value': {'same': True, 'raised': None, 'calls': 1, 'before': 0, 'callable': True}}",
    "{'value': {'is': 'LightCurve', 'value': True, 'data': [], 'metadata': {}, 'after': []}}",
    RAISED.format("['Skipped', 'Exception']", ""),
    RAISED.format("['KeyError', 'ValueError', 'TypeError', 'IndexError']", "mjd flux band gri"),
    *("{1: 2}", "np.zeros(3)", "[np.zeros(2), np.zeros((2, 2)), {}]", "{'raised': {'kinds': 5}}"),
    *("{'raised': {'kinds': np.zeros((0, 2))}}", "{'out_of_time': np.zeros(2), 'raised': 3}"),
    "{'raised': {'kinds': [[]], 'message': {}, 'line': float('inf'), 'text': 5, 'cell': 'x'}}",
    "{'raised': {'kinds': ['NameError'], 'name': np.zeros(2), 'message': '\\x1b[2J', 'line': -1}}",
    "{'notes': 5, 'lost': {}, 'changed': [[np.zeros(2)]], 'checked': [[]], 'missing': np.zeros(2)}",
    "{'printed': np.zeros(2), 'warned': {'a': 1}, 'unsendable': [['x' * 9000] * 99]}",
    *("b''", "b'\\x80\\x04\\x95.'", "b'\\x91' * 5000", "bytes(2**25)"),
]


CASES = [(EX1, canned) for canned in FORGED] + [(EX2, canned) for canned in FORGED[2:14:3]]


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "canned"), CASES, ids=range(len(CASES)))
def test_forged_replies_earn_nothing(lab: Lab, slug: str, canned: str) -> None:
    """The learner's process answers whatever it likes; none of it is a pass, nor any trouble."""
    content = notebooks.without_checks(notebooks.released(slug))
    content["cells"].append(notebooks.code(HIJACK.format(canned=canned)))
    results = lab.grade(content, slug=slug, limits=SHORT)
    assert {part: r.points for part, r in results.items() if r.points} == {}


def test_the_hijacking_of_replies_does_work(lab: Lab) -> None:
    """Otherwise the test above would prove nothing."""
    content = reference_with(HIJACK.format(canned="{'value': 'forged'}"))
    with lab.ran(content) as session:
        assert session.ask("call", ("flux_to_magnitude", 1.0), {}) == {"value": "forged"}


REPLACED_PROBES = """
import gc, types
gc.unfreeze()
probes = next(o._loaded['1'].__dict__ for o in gc.get_objects()
              if isinstance(o, types.ModuleType) and o.__name__ == 'grader.course.probing')

def decorated_call(learner, decorator, *args, **kwargs):
    print('mean_flux took 0.1 s')
    call = {'args': list(args), 'kwargs': kwargs}
    return {'callable': True, 'calls_before': 0, 'calls': [call], 'value': args[0]}

def decorated_names(learner, decorator):
    return {'name': 'mean_flux', 'doc': 'Mean of the fluxes.'}

def decorated_failure(learner, decorator, text):
    print('failing took 0.1 s')
    return {'raised': 'Trouble', 'same': True, 'n_calls': 1}

def timed_naps(learner, first, second):
    print('nap', first)
    print('nap', second)
    return {'first': first, 'second': second}

for probe in (decorated_call, decorated_names, decorated_failure, timed_naps):
    probes[probe.__name__] = probe
"""


@pytest.mark.xfail(
    strict=False,  # it acts out the questions that it knows; a new one may find it out
    reason="A decorator's behaviour is seen from within the learner's process: code that knows the "
    "probes can act out right behaviour for them instead of having it",
)
def test_replaced_probes_earn_nothing(lab: Lab) -> None:
    """The stub is untouched; only what the probes report of it is made up."""
    content = notebooks.without_checks(notebooks.released(EX1))
    content["cells"].append(notebooks.code(REPLACED_PROBES))
    assert lab.grade(content, only="1.1")["1.1"].points == 0


# Theft: what a learner's process can find

SPIES = {
    "the references": "import solutions",
    "this exercise's reference": f"import solutions.{EX1}",
    "the checks": "import grader.course.ex01.checks",
    "these checks": "import grader.course.ex01.checks.part_1",
    "the ladder": "import grader.expect",
    "the learner's commands": "from grader.learner import Kernel",
    "the build": "import grader.build",
    "the probes": "import grader.course.ex01.probes",
    "the checks, afresh": "import sys\n"
    "for n in list(sys.modules):\n  if 'grader' in n: del sys.modules[n]\n"
    "import grader.course.ex01.checks.part_1",
    "the checks by their file": f"open('{exercise.ROOT}/grader/course/ex01/checks/part_1.py')",
    "the reference by its file": f"open('{exercise.ROOT}/solutions/{EX1}.py')",
    "the root by path": f"import sys; sys.path.insert(0, '{exercise.ROOT}'); import grader.build",
    "the folder of exercises": f"import os; os.listdir({str(exercise.RELEASED)!r})",
    "the passwords": "open('/etc/passwd')",
    "the parent's files": "import os; os.listdir(f'/proc/{os.getppid()}/root')",
    "the judge's environment": "import os; print(os.environ['SECRET_OF_THE_JUDGE'])",
    "the network": "import socket; socket.create_connection(('127.0.0.1', 22), 1)",
}


@pytest.mark.parametrize("name", SPIES)
def test_what_must_not_be_reached_cannot_be(lab: Lab, name: str) -> None:
    theft = textwrap.indent(SPIES[name], "    ")
    spy = f"try:\n{theft}\nexcept BaseException: pass\nelse:\n    def trophy(): return 'stolen'"
    with lab.ran(reference_with(spy)) as session:
        assert session.undefined(["trophy", "flux_to_magnitude"]) == ["trophy"]


def test_the_memory_holds_no_check_and_no_answer(lab: Lab) -> None:
    spy = """
def spy():
    import gc, types
    gc.unfreeze()
    found = set()
    for thing in gc.get_objects():
        if isinstance(thing, types.ModuleType): found.add(thing.__name__)
        elif isinstance(thing, types.FunctionType): found.add(thing.__module__)
    ours = ('grader', 'solutions', '_pytest', 'pytest')
    return sorted(name for name in found if name and name.split('.')[0] in ours)
"""
    with lab.ran(reference_with(spy)) as session:
        found = session.ask("call", ("spy",), {})["value"]
    assert "grader.runner" in found  # the spy does see what is there
    kept = (
        *(
            "grader.runner",
            "grader.npy",
            "grader.wire",
            "grader.course",
            "grader.course.probing",
            "grader.course.common_probes",
            "grader.isolation",
            "grader.system_calls",
            "grader.file_view",
            "grader.resource_limits",
            "grader.fork_server_main",
            "grader",
        ),
        *("grader.shell", "grader.texts"),
    )
    allowed = (
        "grader.references",
        "grader.exercise",
        "grader.course.ex01",
        "grader.course.ex01.probes",
        "grader.course.ex01.replies",
    )
    assert [name for name in found if name not in kept + allowed] == []


SAMPLES = """
def samples():
    from grader import data_folder
    folder = data_folder()
    for path in (folder, folder.parent):
        try: (path / "new").touch()
        except OSError: pass
        else: raise AssertionError(f"{path} can be written to")
    around = sorted(path.name for path in folder.parent.iterdir())
    return str(folder), around, {path.name: path.read_bytes() for path in folder.iterdir()}
"""


def test_sample_files_can_be_read_and_nothing_beside_them(lab: Lab) -> None:
    with lab.ran(reference_with(SAMPLES)) as session:
        reply = session.ask("call", ("samples",), {})
    folder, around, content = read(reply).value
    assert Path(folder) == data_folder()
    assert content == {path.name: path.read_bytes() for path in data_folder().iterdir()}
    inside = {Path(sys.prefix).name} if Path(sys.prefix).parent == exercise.ROOT else set()
    assert set(around) == {"data", *inside}


REFERENCES = """
import gc, sys, types
def references():
    gc.unfreeze()
    names = {o.__module__ for o in gc.get_objects() if isinstance(o, types.FunctionType)}
    return sorted(str(name) for name in {*names, *sys.modules} if str(name)[:9] == 'solutions')
"""


@pytest.mark.parametrize(
    ("ask", "held"),
    [
        ("", []),
        ("prior = 1", []),
        ("n = '1'", []),
        ("prior('2', 'LightCurve')", []),
        ("prior('4', 'LightCurve')", []),
        ("from grader import prior\nf = prior('1', 'flux_to_magnitude')", [EX1]),
        ("from grader import prior\nfor n in ['ex01']: f = prior(n, 'flux_to_magnitude')", [EX1]),
    ],
)
def test_a_child_holds_the_references_that_its_notebook_asks_for(
    lab: Lab, ask: str, held: list[str]
) -> None:
    with lab.ran(notebooks.of(REFERENCES, ask), EX2) as session:
        assert session.ask("call", ("references",), {})["value"] == [
            f"solutions.{slug}" for slug in held
        ]


@pytest.mark.slow
def test_unusual_wishes_for_references_leave_no_processes_behind() -> None:
    """Each set of references is held by a process of its own; few of them are kept."""
    with contextlib.closing(WarmParent("10")) as parent:
        for wish in itertools.combinations(("1", "2", "3", "4"), 2):
            pid, sock = parent.fork(frozenset(wish))
            sock.close()
            parent.kill(pid)
        assert parent.server is not None
        layers = psutil.Process(parent.server.process.pid).children(recursive=True)
        assert len(layers) == fork_server.KEPT + fork_server.layer_of("10")  # and other layers


def test_learners_do_not_meet_in_one_place(lab: Lab) -> None:
    """A file or a name that one leaves behind is not there for the next."""
    leave = "import sys, os\nsys.note = 1\nopen('/tmp/note', 'w').write('1')\n"
    look = "import sys, os\ndef look(): return [hasattr(sys, 'note'), os.path.exists('/tmp/note')]"
    with lab.ran(notebooks.of(leave + look)) as session:
        assert session.ask("call", ("look",), {})["value"] == [True, True]
        with lab.ran(notebooks.of(look)) as other:
            assert other.ask("call", ("look",), {})["value"] == [False, False]


def test_the_commands_of_the_notebook_do_nothing_there(lab: Lab) -> None:
    cell = (
        "from grader import check, hint\nseen = [check('1.1'), hint('1.1')]\ndef f(): return seen"
    )
    with lab.ran(notebooks.of(cell)) as session:
        kinds = [thing.type for thing in session.ask("call", ("f",), {})["value"]]
        assert kinds == ["Unjudged", "SimpleNamespace"]


def test_prior_gives_the_reference_of_an_earlier_exercise(lab: Lab) -> None:
    cell = "from grader import prior\nf = prior('1', 'flux_to_magnitude')\ndef g(): return f(100.0)"
    with lab.ran(notebooks.of(cell), EX2) as session:
        assert session.ask("call", ("g",), {})["value"] == 20.0
    with lab.ran(notebooks.of(cell), EX1) as session:
        assert session.undefined(["f"]) == ["f"]


def test_magics_do_nothing_there(lab: Lab) -> None:
    magics = "%matplotlib inline\n!ls\nx = !ls\nget_ipython().run_line_magic('matplotlib', 'qt')"
    cell = f"{magics}\ndef f(): return 7"
    with lab.ran(notebooks.of(cell)) as session:
        assert session.ask("call", ("f",), {})["value"] == 7


# The parent


def kill(parent: WarmParent) -> None:
    """End the server and all its processes but the children, which have sessions of their own."""
    assert parent.server is not None
    os.killpg(parent.server.process.pid, signal.SIGKILL)
    parent.server.process.wait()


def test_a_parent_that_dies_is_the_graders_trouble(lab: Lab) -> None:
    """Neither a crash nor a learner's zero."""
    parent = WarmParent("1")
    path = notebooks.save(lab.folder / "x.ipynb", notebooks.filled(EX1))
    content = notebook.read(path, exercise.load(EX1))
    kill(parent)
    with pytest.raises((SandboxError, GraderError)), Session(parent, content, SHORT) as session:
        run_checks(exercise.load(EX1), session, SEED)
    parent.close()


def test_a_parent_that_dies_in_between_is_the_graders_trouble() -> None:
    parent = WarmParent("1")
    with pytest.raises((SandboxError, GraderError)):
        ask_a_dying_parent(parent)
    parent.close()


def ask_a_dying_parent(parent: WarmParent) -> None:
    with Session(parent, notebook.Notebook(), SHORT) as session:
        assert session.undefined(["f"]) == ["f"]
        kill(parent)
        for _ in range(2):
            with contextlib.suppress(Failure):
                session.ask("call", ("f",), {})


def test_without_walls_the_same_marks_are_given(lab: Lab) -> None:
    parent = WarmParent("1", isolated=False)
    path = notebooks.save(lab.folder / "x.ipynb", reference_with(SIGNATURE + "return 1.0"))
    with Session(parent, notebook.read(path, exercise.load(EX1)), SHORT) as session:
        results = run_checks(exercise.load(EX1), session, SEED)
    parent.close()
    assert [r.part.id for r in results if not r.passed] == ["1.3"]


# Exercises with torch


TRAINING = """
import os, time
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

class Net(nn.Module):
    def __init__(self, features, classes):
        super().__init__()
        self.gru = nn.GRU(features, 16, batch_first=True)
        self.encoder = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.head = nn.Sequential(nn.LayerNorm(16), nn.Dropout(0.1), nn.Linear(16, classes))

    def forward(self, x):
        return self.head(self.encoder(self.gru(x)[0]).mean(dim=1))

def train(x, y, epochs):
    started = time.process_time()
    torch.manual_seed(0)
    net = Net(x.shape[-1], int(y.max()) + 1)
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True, num_workers=0)
    losses = []
    for _ in range(epochs):
        for batch, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(batch), labels)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
        losses.append(loss.detach())
        scheduler.step()
    threads = len(os.listdir("/proc/self/task"))
    seconds = time.process_time() - started
    return {"logits": net.eval()(x), "dtype": str(x.dtype), "losses": torch.stack(losses),
            "threads": [torch.get_num_threads(), threads], "seconds": seconds}
"""


@pytest.fixture(scope="module")
def torch_parent() -> Iterator[WarmParent]:
    parent = WarmParent("5")
    yield parent
    parent.close()


def ran(parent: WarmParent, source: str) -> Session:
    """A session in which one cell has been run."""
    session = Session(parent, notebook.Notebook([Cell(1, source)]), ORDINARY)
    for _ in session.stops():
        pass
    session.begin(())
    return session


@pytest.mark.slow
def test_a_network_is_trained_inside_the_walls(torch_parent: WarmParent) -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, 64)
    light_curves = Tensor.of(rng.normal(labels[:, None, None], 0.3, (64, 20, 4)))
    arguments = ("train", light_curves, Tensor.of(labels), 8)
    with ran(torch_parent, TRAINING) as session:
        result, again = (read(session.ask("call", arguments, {})).value for _ in range(2))
    assert result["dtype"] == "torch.float32"
    assert result["logits"].dtype == "float32"
    assert result["logits"].shape == (64, 3)
    assert (result["logits"].array.argmax(axis=1) == labels).mean() > 0.9
    assert result["losses"].array[-1] < result["losses"].array[0] / 2
    assert result["threads"] == [1, 1]
    assert np.array_equal(again["logits"].array, result["logits"].array)
    assert result["seconds"] < 2 * again["seconds"] + 0.3  # what is slow at first, the parent did


@pytest.mark.slow
def test_a_tensor_that_is_too_large_costs_its_part_only(torch_parent: WarmParent) -> None:
    code = "import torch\ndef hoard(): return torch.ones(2**30).sum()\ndef one(): return 1"
    with ran(torch_parent, code) as session:
        answer = read(session.ask("call", ("hoard",), {}))
        assert answer.raised is not None
        assert answer.raised.is_a("RuntimeError")
        assert read(session.ask("call", ("one",), {})).value == 1

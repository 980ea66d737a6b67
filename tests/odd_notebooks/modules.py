"""Imports, modules of one's own, and definitions that are not at the margin."""

from __future__ import annotations

from odd_notebooks.draft import Draft, odd

FOLDER = "modules beside a notebook are brought along, folders of them are not"
SHELL = "the file is written by a shell command, which is not run"


def as_module(draft: Draft, part: str) -> str:
    """A part's source as a module that stands alone."""
    return f"from typing import Any\nimport numpy as np\nRecord = dict\n\n{draft.source(part)}\n"


@odd
def a_part_in_a_file_beside(draft: Draft) -> None:
    draft.files["lcfilter.py"] = as_module(draft, "1.2")
    draft.set("1.2", "from lcfilter import filter_lightcurve")


@odd
def a_part_in_a_package_beside(draft: Draft) -> None:
    draft.files["mytools/__init__.py"] = ""
    draft.files["mytools/magnitudes.py"] = as_module(draft, "1.3")
    draft.set(
        "1.3", "import mytools.magnitudes\nflux_to_magnitude = mytools.magnitudes.flux_to_magnitude"
    )


@odd
def a_sample_file_is_read(draft: Draft) -> None:
    draft.after(
        "check 1.1",
        "from grader import data_folder\nabout = (data_folder() / 'README.md').read_text()",
        "import pandas as pd\nsamples = pd.read_parquet(data_folder() / 'fink_alerts.parquet')",
    )


@odd
def a_part_in_a_file_that_the_notebook_writes(draft: Draft) -> None:
    draft.before("1.2", f"%%writefile lcfilter.py\n{as_module(draft, '1.2')}")
    draft.set("1.2", "from lcfilter import *")


@odd
def a_part_in_a_file_that_python_writes(draft: Draft) -> None:
    draft.before(
        "1.3", f"from pathlib import Path\nPath('mags.py').write_text({as_module(draft, '1.3')!r})"
    )
    draft.set(
        "1.3", "import importlib, mags\nimportlib.reload(mags)\nfrom mags import flux_to_magnitude"
    )


@odd
def a_part_in_a_folder_for_modules(draft: Draft) -> None:
    draft.before("1.3", "import os\nos.makedirs('src', exist_ok=True)")
    draft.before("1.3", f"%%writefile src/mags.py\n{as_module(draft, '1.3')}")
    draft.set("1.3", "import sys\nsys.path.insert(0, 'src')\nfrom mags import flux_to_magnitude")


@odd(less={"1.3": SHELL}, differs=SHELL)
def a_part_in_a_folder_that_the_shell_makes(draft: Draft) -> None:
    draft.before("1.3", "!mkdir -p src", f"%%writefile src/mags.py\n{as_module(draft, '1.3')}")
    draft.set("1.3", "import sys\nsys.path.append('src')\nfrom mags import flux_to_magnitude")


@odd
def a_part_in_a_file_executed(draft: Draft) -> None:
    draft.files["mags.py"] = as_module(draft, "1.3")
    draft.set("1.3", "with open('mags.py') as file:\n    exec(file.read())")


@odd
def a_file_called_like_a_module(draft: Draft) -> None:
    """`random.py` or `statistics.py` beside a notebook; it is imported by the notebook only."""
    draft.files["statistics.py"] = "mean = 'mine'\n"
    draft.after("check 1.4", "import statistics\nstatistics.mean")


@odd(less={"1.2": SHELL}, differs=SHELL)
def a_part_in_a_file_that_the_shell_writes(draft: Draft) -> None:
    draft.before("1.2", f"%%bash\ncat > lcfilter.py <<'END'\n{as_module(draft, '1.2')}\nEND")
    draft.set("1.2", "from lcfilter import filter_lightcurve")


@odd
def imports_that_bring_everything(draft: Draft) -> None:
    draft.foot(
        "imports",
        "from numpy import *\nfrom math import *\nfrom typing import *\nimport numpy as np",
    )


@odd
def imports_by_hand(draft: Draft) -> None:
    draft.head(
        "imports",
        "np = __import__('numpy')\nimport importlib\nmath = importlib.import_module('math')",
    )


@odd
def imports_where_they_are_used(draft: Draft) -> None:
    draft.edit("1.3", "    flux = np", "    import numpy as np\n    flux = np")
    draft.edit("imports", "import numpy as np\n", "")
    draft.head("given", "import numpy as np")


@odd
def definitions_inside_try(draft: Draft) -> None:
    for part, head, foot in (
        ("1.2", "try:", "\nexcept Exception:\n    raise"),
        ("1.3", "if True:", "\nelse:\n    flux_to_magnitude = None"),
        ("1.4", "for _ in range(1):", ""),
    ):
        body = "\n".join(f"    {line}" for line in draft.source(part).split("\n"))
        draft.set(part, f"{head}\n{body}{foot}")


@odd
def definitions_inside_with(draft: Draft) -> None:
    body = "\n".join(f"    {line}" for line in draft.source("1.3").split("\n"))
    draft.set("1.3", f"import warnings\nwith warnings.catch_warnings():\n{body}")


@odd
def definitions_by_exec(draft: Draft) -> None:
    draft.set("1.3", f"exec({draft.source('1.3')!r})")
    draft.set("1.2", f"code = {draft.source('1.2')!r}\neval(compile(code, 'mine', 'exec'))")


@odd
def definitions_by_global(draft: Draft) -> None:
    body = "\n".join(f"    {line}" for line in draft.source("1.3").split("\n"))
    draft.set("1.3", f"def define():\n    global flux_to_magnitude\n{body}\n\ndefine()")


@odd
def definitions_out_of_a_class(draft: Draft) -> None:
    body = "\n".join(f"    {line}" for line in draft.source("1.3").split("\n"))
    draft.set("1.3", f"class Tools:\n{body}\n\nflux_to_magnitude = Tools.flux_to_magnitude")


@odd
def a_function_within_a_function(draft: Draft) -> None:
    body = "\n".join(f"    {line}" for line in draft.source("1.2").split("\n"))
    draft.set(
        "1.2", f"def make():\n{body}\n    return filter_lightcurve\n\nfilter_lightcurve = make()"
    )


@odd
def names_by_walrus_and_match(draft: Draft) -> None:
    draft.head("1.2", "(limit := 3)\nmatch limit:\n    case int(low):\n        pass")


@odd
def annotations_only(draft: Draft) -> None:
    draft.head("1.2", "flux: float\nlimit: int = 3\n__annotations__")


@odd
def assertions_and_doctests(draft: Draft) -> None:
    draft.after(
        "1.3",
        "import doctest\ndoctest.testmod()",
        "assert flux_to_magnitude(100.0) == 20.0",
        "doctest.run_docstring_examples(flux_to_magnitude, globals())",
        "import unittest\n\nclass Test(unittest.TestCase):\n    def test(self):\n        pass\n\n"
        "unittest.main(argv=[''], exit=False)",
        "unittest.main()",
    )

"""Habits, detours and slips: what works in Jupyter, though nobody would write it on purpose."""

from __future__ import annotations

from odd_notebooks.draft import ALL_PARTS, IMPORTS, Draft, odd

WITHIN = "a part is judged below the cell that checks it, not in its middle"
EMPTY = "what `check` and `hint` give back is empty in the sandbox"
BESIDE = "a notebook that lies beside this one is not brought along"
MISUSED = "a cell magic that is not on the first line is passed over"


@odd
def builtins_hidden_above(draft: Draft) -> None:
    """Names such as `sum` and `type` used for numbers, before any check."""
    draft.foot(
        "given",
        "sum = max = min = id = type = input = filter = map = all = any = zip = range = str = 0\n"
        "object = hash = iter = next = vars = dir = repr = format = open = globals = bytes = 1",
    )


@odd
def names_of_the_shell_used(draft: Draft) -> None:
    draft.foot(
        "given", "display = print\nIn, Out = [], {}\nquit = exit = None\nlearner = probe = 1"
    )
    draft.after("check 1.4", "get_ipython = None")


@odd
def the_module_renamed(draft: Draft) -> None:
    draft.foot(
        "imports", "__name__ = 'lightcurves'\n__doc__ = 'Mine'\n__all__ = []\n__file__ = 'x'"
    )


@odd
def ligatures_in_names(draft: Draft) -> None:
    """Python takes them apart: this defines `flux_to_magnitude`."""
    draft.edit("1.3", "def flux_to_magnitude", "def \ufb02ux_to_magnitude")


@odd
def lonely_signs(draft: Draft) -> None:
    draft.before(
        "1.2", "%", "%%", "!", "?", "??", "\\", ";", ",", "/", "%%time", "%%capture", "..."
    )


@odd(more={"1.2": MISUSED}, differs=MISUSED)
def a_cell_magic_below_a_comment(draft: Draft) -> None:
    """In Jupyter the cell stops there."""
    draft.head("1.2", "# my filter\n%%time")


@odd
def cell_magics_one_inside_the_other(draft: Draft) -> None:
    draft.head("1.2", "%%capture kept_output\n%%time")
    draft.set("check 1.3", '%%capture card\ncheck("1.3")')


@odd
def cells_tagged_to_be_skipped(draft: Draft) -> None:
    """Tags mean something to other tools, not to Jupyter."""
    tags = ["skip-execution", "remove-cell", "hide-input", "raises-exception", "solution"]
    for cell in draft.cells:
        cell["metadata"]["tags"] = tags


@odd
def jupyter_is_looked_for(draft: Draft) -> None:
    """Common ways to find out whether this is a notebook."""
    draft.head(
        "imports",
        "if get_ipython().__class__.__name__ != 'ZMQInteractiveShell':\n"
        "    raise SystemExit('Open this in Jupyter.')\n"
        "if 'google.colab' in str(get_ipython()):\n"
        "    from google.colab import drive",
    )


@odd
def the_shell_set_up(draft: Draft) -> None:
    draft.head("imports", "%config ZMQInteractiveShell.ast_node_interactivity = 'all'\n2\n3")
    draft.before("1.1", "%config InteractiveShell.ast_node_interactivity = 'last_expr'")


@odd
def the_kernel_is_asked(draft: Draft) -> None:
    draft.after(
        "imports",
        "get_ipython().kernel.banner",
        "%connect_info",
        "import ipykernel\nipykernel.__version__",
        "from IPython import version_info\nversion_info[0] > 7",
        "import IPython\nIPython.get_ipython().config\nIPython.sys_info()",
    )


@odd
def formats_of_figures_chosen(draft: Draft) -> None:
    draft.foot(
        "imports",
        "from matplotlib_inline.backend_inline import set_matplotlib_formats\n"
        "set_matplotlib_formats('svg')\n"
        "import matplotlib_inline\n"
        "matplotlib_inline.backend_inline.set_matplotlib_formats('retina')",
    )


@odd
def formats_of_figures_chosen_on_top(draft: Draft) -> None:
    draft.head(
        "imports", "%config InlineBackend.figure_formats = ['svg']\n%config IPCompleter.greedy"
    )


@odd
def the_inline_backend_by_name(draft: Draft) -> None:
    draft.foot(
        "imports",
        "import matplotlib\n"
        "matplotlib.use('module://matplotlib_inline.backend_inline')\n"
        "plt.switch_backend('agg')\n"
        "plt.rcParams.update(plt.rcParamsDefault)\n"
        "matplotlib.rcParams['backend']",
    )


@odd
def all_kinds_of_displays(draft: Draft) -> None:
    draft.foot(
        "imports",
        "from IPython.display import (SVG, Audio, FileLink, IFrame, Javascript, JSON, Latex,\n"
        "    Math, Pretty, ProgressBar, Video, YouTubeVideo, display_html, publish_display_data)\n"
        "display(Javascript('1'), Math('x'), Latex('x'), JSON([1]), Pretty('p'))\n"
        "display(Audio([0.0, 0.1], rate=8000))\n"
        "publish_display_data({'text/plain': 'x'})\n"
        "bar = list(ProgressBar(2))",
    )


@odd(rescued=dict.fromkeys(ALL_PARTS, IMPORTS), differs=IMPORTS)
def colab_reads_a_file_in_the_imports(draft: Draft) -> None:
    draft.head(
        "imports",
        "from google.colab import drive\n"
        "drive.mount('/content/drive')\n"
        "%cd /content/drive/MyDrive\n"
        "import pandas as pd\n"
        "stars = pd.read_csv('/content/drive/MyDrive/stars.csv')",
    )


@odd(rescued=dict.fromkeys(ALL_PARTS, IMPORTS), differs=IMPORTS)
def a_package_is_installed_and_set_up_in_the_imports(draft: Draft) -> None:
    draft.head(
        "imports",
        "!pip install --quiet not-a-package-of-anybody\n"
        "import seaborn as sns, math\n"
        "sns.set_theme(style='ticks')\n"
        "palette = sns.color_palette('deep')\n"
        "plt_style = dict(palette=palette)",
    )


@odd(rescued=dict.fromkeys(ALL_PARTS, IMPORTS), differs=IMPORTS)
def everything_in_one_cell_below_a_missing_module(draft: Draft) -> None:
    everything = "\n".join("".join(cell["source"]) for cell in draft.cells)
    draft.notebook["cells"] = [draft.cells[0]]
    draft.set("setup", f"import seaborn\n{everything}")


@odd(less=dict.fromkeys(("1.2", "1.3"), EMPTY), differs=EMPTY)
def cards_used_as_values(draft: Draft) -> None:
    """Code that goes on with what `check` and `hint` give back."""
    draft.set("check 1.1", 'card = check("1.1")\nprint(card, card.points, len(card.results))')
    draft.foot("check 1.1", "assert card.results[0].passed")
    draft.foot("check 1.1", "".join(draft.take("1.2")["source"]))
    draft.head("1.3", 'print(hint("1.3").text)')


@odd(less={"1.3": WITHIN})
def checks_before_and_after_in_one_cell(draft: Draft) -> None:
    """Old and new version with a check between them."""
    right = draft.source("1.3")
    wrong = right.replace("-2.5", "2.5")
    draft.set("1.3", f'{right}\nprint(check("1.3"))\n{wrong}\nprint(check("1.3"))')
    draft.take("check 1.3")


@odd(less={"1.2": WITHIN})
def a_check_inside_a_magic(draft: Draft) -> None:
    draft.set("check 1.2", '%time print(check("1.2"))\nfilter_lightcurve = None')


@odd
def a_condition_around_a_check(draft: Draft) -> None:
    draft.set("check 1.2", 'if check("1.2").points == 3:\n    display(check("1.2"))\n    del np')
    draft.before("1.3", "import numpy as np")


@odd
def parts_of_other_kinds(draft: Draft) -> None:
    """A partial function, a vectorised one, a bound method."""
    draft.edit("1.3", "def flux_to_magnitude(flux", "def _convert(_unused, flux")
    draft.foot("1.3", "import functools\nflux_to_magnitude = functools.partial(_convert, None)")
    draft.set(
        "1.4", "class Pipeline:\n" + indented(draft.source("1.4")).replace("(\n", "(\n self,", 1)
    )
    draft.foot("1.4", "apply_magnitude_conversion = Pipeline().apply_magnitude_conversion")


def indented(source: str) -> str:
    return "\n".join(f"    {line}" for line in source.split("\n"))


@odd
def files_of_all_kinds(draft: Draft) -> None:
    draft.after(
        "imports",
        "import pickle, sqlite3, tempfile, gzip, pandas as pd\nfrom pathlib import Path\n"
        "pd.DataFrame({'mjd': [1.0]}).to_csv('a.csv')\nlen(pd.read_csv('a.csv'))\n"
        "np.save('a.npy', np.zeros(3))\nnp.load('a.npy', mmap_mode='r').shape\n"
        "plt.figure().savefig('a.png')\nPath('a.pkl').write_bytes(pickle.dumps([1]))\n"
        "with tempfile.TemporaryDirectory() as folder, gzip.open(f'{folder}/a.gz', 'wt') as file:\n"
        "    file.write('x')\n"
        "with tempfile.NamedTemporaryFile() as named:\n    named.write(b'x')\n"
        "book = sqlite3.connect('a.db')\nbook.execute('create table t (x)')\nbook.commit()\n"
        "Path('folder').mkdir()\nsorted(path.name for path in Path.cwd().iterdir())\nready = 1",
    )
    draft.head("1.2", "ready + 1")


@odd
def who_and_where(draft: Draft) -> None:
    draft.after(
        "imports",
        "import os, platform, socket, sys, datetime, zoneinfo, locale, uuid\n"
        "from pathlib import Path\n"
        "user, host = os.path.expanduser('~'), platform.node()\nPath.home(), os.cpu_count()\n"
        "socket.gethostname(), os.getpid(), sys.executable, sys.version_info, platform.platform()\n"
        "now = datetime.datetime.now(zoneinfo.ZoneInfo('Europe/Berlin')).astimezone()\n"
        "uuid.uuid4(), os.urandom(4), os.environ.get('HOME'), os.getcwd(), locale.getlocale()\n"
        "known = 1",
    )
    draft.head("1.2", "known + 1")


@odd
def who_am_i(draft: Draft) -> None:
    draft.foot("imports", "import getpass, os\nuser = getpass.getuser()\nos.makedirs('work')")


@odd
def pools_of_threads_and_processes(draft: Draft) -> None:
    draft.foot(
        "imports",
        "from concurrent.futures import ThreadPoolExecutor\nimport multiprocessing, os\n"
        "with ThreadPoolExecutor(4) as pool:\n    squares = list(pool.map(abs, range(-8, 8)))\n"
        "lock = multiprocessing.Lock()",
    )
    draft.edit(
        "1.4",
        "    return [",
        "    with ThreadPoolExecutor(2) as pool:\n        list(pool.map("
        "abs, [1, 2]))\n    return [",
    )


@odd
def a_pool_of_processes(draft: Draft) -> None:
    draft.foot(
        "imports",
        "import multiprocessing\ncontext = multiprocessing.get_context('fork')\n"
        "with context.Pool(2) as pool:\n    total = len(pool.map(abs, range(-8, 8)))",
    )


@odd
def a_fork(draft: Draft) -> None:
    draft.foot("imports", "import os\nif os.fork() == 0:\n    os._exit(0)\nos.wait()[1]")


@odd
def a_program_run(draft: Draft) -> None:
    draft.before(
        "1.2",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(1)'], check=True)",
        "subprocess.check_output('echo 1', shell=True)",
        "import os\nos.system('true')\nos.popen('echo 1').read()",
    )


@odd
def the_output_replaced_above(draft: Draft) -> None:
    draft.foot("given", "import sys\nsys.stdout = open('log.txt', 'w')\nsys.stderr = sys.stdout")


@odd
def profilers_left_on(draft: Draft) -> None:
    draft.foot(
        "given",
        "import gc, sys, tracemalloc\ntracemalloc.start()\ngc.disable()\n"
        "sys.setprofile(lambda *_: None)",
    )


@odd
def a_tracer_left_on(draft: Draft) -> None:
    draft.foot("given", "import sys\nsys.settrace(lambda *_: None)")


@odd(differs="an alarm set in one cell does not ring in the next: the grader has its own")
def a_timeout_of_ones_own(draft: Draft) -> None:
    """SIGALRM, which `check` uses as well."""
    draft.after(
        "imports",
        "import signal\n\ndef ring(*_):\n    raise TimeoutError('mine')\n\n"
        "signal.signal(signal.SIGALRM, ring)\nsignal.setitimer(signal.ITIMER_REAL, 0.05)",
        "try:\n    time.sleep(0.3)\nexcept TimeoutError:\n    rung = True",
        "assert rung",
    )


@odd
def modules_run_and_loaded(draft: Draft) -> None:
    draft.files["tool.py"] = (
        "import numpy as np\nlimit = 5\nif __name__ == '__main__':\n    ran = 1\n"
    )
    draft.files["my_extension.py"] = "def load_ipython_extension(ip):\n    ip.push({'loaded': 1})\n"
    draft.before("1.2", "%run -i tool.py\nran", "%run -n tool.py", "%run tool\nlimit")
    draft.before(
        "1.2", "%load_ext my_extension\nloaded", "import tool\nfrom tool import *", "%aimport x"
    )


@odd(less={"1.3": BESIDE}, differs=BESIDE)
def a_part_in_a_notebook_beside(draft: Draft) -> None:
    """`%run` takes notebooks too."""
    import json

    import notebooks

    other = notebooks.of(draft.source("imports"), draft.source("1.3"))
    draft.files["helpers.ipynb"] = json.dumps(other)
    draft.set("1.3", "%run helpers.ipynb")


@odd
def a_module_written_twice(draft: Draft) -> None:
    """Written, imported, written again with more in it, and reloaded."""
    lines = f"from typing import Any\nimport numpy as np\n\n{draft.source('1.3')}\n"
    draft.before(
        "1.3",
        "%load_ext autoreload\n%autoreload 2",
        "%%writefile mags.py\nversion = 1\n",
        "import mags\nmags.version",
        f"%%writefile mags.py\n{lines}\nversion = 22\n",
    )
    draft.set("1.3", "import importlib\nimportlib.reload(mags)\nfrom mags import flux_to_magnitude")


@odd(differs="`%store` has no database in the sandbox")
def values_stored(draft: Draft) -> None:
    draft.after(
        "imports",
        "limit = 3\n%store limit",
        "del limit",
        "%store -r limit\nlimit",
        "%store -z",
        "%save -f mine.py 1-2",
        "%bookmark here\n%bookmark -d here",
        "%dhist",
        "%tb",
        "%psource np.pad",
    )


@odd
def a_name_given_later(draft: Draft) -> None:
    """The function has a name of its own, and the part's name is an alias below the check."""
    draft.edit("1.2", "def filter_lightcurve", "def my_filter")
    draft.after(
        "check 1.2", "filter_lightcurve = my_filter", 'check("1.2")', "del filter_lightcurve"
    )


@odd
def code_that_asks_what_there_is(draft: Draft) -> None:
    draft.foot(
        "1.2",
        "if 'filter_lightcurve' in globals() and callable(filter_lightcurve):\n    there = 1\n"
        "try:\n    sample\nexcept NameError:\n    sample = []",
    )


@odd
def an_error_caught_by_hand(draft: Draft) -> None:
    draft.before(
        "1.2",
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    import traceback, sys\n"
        "    traceback.print_exc()\n    get_ipython().showtraceback()\n    sys.exc_info()",
    )

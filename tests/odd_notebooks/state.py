"""The process: its folder, threads, settings, and what else a notebook may change."""

from __future__ import annotations

from odd_notebooks.draft import ALL_PARTS, Draft, odd


@odd
def the_folder_changed(draft: Draft) -> None:
    draft.after(
        "imports",
        "import os\nos.makedirs('data/raw', exist_ok=True)\nos.chdir('data')",
        "%cd raw",
        "%cd -q ..",
        "%cd ~",
        "%cd /tmp",
        "%mkdir -p plots",
        "%pushd .",
        "%popd",
    )


@odd(more=dict.fromkeys(ALL_PARTS, "in Jupyter `check` needs a folder to work in"))
def the_folder_removed(draft: Draft) -> None:
    draft.after(
        "imports",
        "import os, shutil\nos.makedirs('gone')\nos.chdir('gone')\nshutil.rmtree(os.getcwd())",
    )


@odd
def files_written_and_read(draft: Draft) -> None:
    draft.after(
        "imports",
        "from pathlib import Path\nPath('limits.txt').write_text('0.0')",
        "%%writefile -a limits.txt\n\n",
        "FLOOR = float(Path('limits.txt').read_text())",
    )
    draft.edit("1.3", "flux > 0", "flux > FLOOR")


@odd
def a_file_read_inside_the_part(draft: Draft) -> None:
    """Written above, read at each call."""
    draft.after("imports", "with open('floor.txt', 'w') as file:\n    file.write('0')")
    draft.edit("1.3", "    flux = np", "    floor = float(open('floor.txt').read())\n    flux = np")
    draft.edit("1.3", "flux > 0", "flux > floor")


@odd
def a_table_beside_the_notebook(draft: Draft) -> None:
    """Data that the learner hands in with the notebook."""
    draft.files["stars.csv"] = "mjd,flux\n1.0,20.0\n"
    draft.after("imports", "import pandas as pd\nstars = pd.read_csv('stars.csv')\nlen(stars)")


@odd
def threads_left_running(draft: Draft) -> None:
    draft.after(
        "imports",
        "import threading, time as clock\nstop = threading.Event()\n\n"
        "def tick():\n    while not stop.wait(0.05):\n        pass\n\n"
        "ticking = threading.Thread(target=tick, daemon=True)\nticking.start()",
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\n"
        "list(pool.map(abs, [-1, -2]))",
    )


@odd
def a_process_started(draft: Draft) -> None:
    draft.after(
        "imports",
        "import subprocess\nsubprocess.run(['true'])",
        "import multiprocessing as mp\nmp.get_start_method()",
    )


@odd
def logging_set_up(draft: Draft) -> None:
    draft.foot(
        "imports",
        "import logging\nlogging.basicConfig(level=logging.DEBUG, force=True)\n"
        "log = logging.getLogger(__name__)\nlog.warning('ready')",
    )
    draft.edit("1.2", "    return kept", "    log.info('%d left', len(kept))\n    return kept")


@odd
def warnings_silenced(draft: Draft) -> None:
    draft.foot("imports", "import warnings\nwarnings.filterwarnings('ignore')")


@odd
def a_deep_recursion_allowed(draft: Draft) -> None:
    draft.foot("imports", "import sys\nsys.setrecursionlimit(50_000)")


@odd
def a_shallow_recursion_only(draft: Draft) -> None:
    draft.append("import sys\nsys.setrecursionlimit(120)")


@odd
def alarms_and_signals(draft: Draft) -> None:
    draft.after(
        "imports",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)",
        "signal.alarm(30)",
        "import faulthandler\nfaulthandler.enable()",
        "import gc\ngc.disable()",
    )


@odd
def a_locale_set(draft: Draft) -> None:
    draft.foot(
        "imports",
        "import locale, os\nlocale.setlocale(locale.LC_ALL, 'C')\n"
        "os.environ['TZ'] = 'UTC'\ntime.tzset()\nos.environ.clear()",
    )


@odd
def a_network_asked(draft: Draft) -> None:
    """Where no network is, a download fails, and the notebook goes on."""
    draft.after(
        "imports",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/stars.csv', timeout=1)",
    )


@odd
def names_deleted_as_it_goes(draft: Draft) -> None:
    draft.after("check 1.1", "del timing_decorator")
    draft.after("check 1.2", "del generate_sample_lightcurve, BAND_STYLES")


@odd
def a_great_list(draft: Draft) -> None:
    draft.after("imports", "big = np.zeros((1000, 1000, 8))", "del big", "text = 'x' * 10**7")


@odd
def much_printed(draft: Draft) -> None:
    draft.after(
        "imports",
        "for n in range(20_000):\n    print('line', n)",
        "print('x' * 10**6)",
        "import sys\nsys.stderr.write('to the error stream')\nsys.stdout.flush()",
        "sys.stdout.buffer.write(b'bytes') if hasattr(sys.stdout, 'buffer') else None",
    )


@odd
def garbage_with_a_finaliser(draft: Draft) -> None:
    draft.append(
        "class Noisy:\n    def __del__(self):\n        raise ValueError\n\nNoisy()\n"
        "class Odd:\n    def __repr__(self):\n        raise ValueError\n    def __getattr__"
        "(self, name):\n        raise RuntimeError(name)\n\nodd = Odd()\nodd",
        "class Html:\n    def _repr_html_(self):\n        raise ValueError\n\nHtml()",
        "class Equal:\n    def __eq__(self, other):\n        raise TypeError\n\nequal = Equal()",
    )

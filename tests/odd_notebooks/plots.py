"""Plots, with backends for windows and without."""

from __future__ import annotations

from odd_notebooks.draft import ALL_PARTS, Draft, odd

SCREEN = "where there is a screen, as at the learner's, it works"
FIGURE = "fig, ax = plt.subplots()\nax.plot([1, 2])\nplt.show()"


@odd(cold=True)
def a_window_backend_before_pyplot(draft: Draft) -> None:
    draft.head("imports", "import matplotlib\n\nmatplotlib.use('TkAgg')")


@odd
def a_window_backend_after_pyplot(draft: Draft) -> None:
    draft.edit(
        "imports",
        "import numpy as np",
        "plt.switch_backend\nimport matplotlib\n"
        "matplotlib.use('Qt5Agg', force=False)\nimport numpy as np",
    )


@odd
def a_window_backend_forced_after_pyplot(draft: Draft) -> None:
    draft.foot("imports", "import matplotlib\nplt.figure()\nmatplotlib.use('TkAgg')")


@odd(rescued=dict.fromkeys(ALL_PARTS, SCREEN), differs=SCREEN)
def a_window_backend_by_magic(draft: Draft) -> None:
    draft.head("imports", "%matplotlib tk\n# interactive")
    draft.before("1.2", "%matplotlib qt", "%matplotlib --list", "%matplotlib")


@odd(cold=True)
def a_window_backend_by_environment(draft: Draft) -> None:
    draft.head("imports", "import os\nos.environ['MPLBACKEND'] = 'TkAgg'")


@odd
def an_interactive_notebook_backend(draft: Draft) -> None:
    draft.before("1.2", "%matplotlib notebook", "%matplotlib widget", "%matplotlib ipympl")


@odd
def pylab(draft: Draft) -> None:
    """`%pylab` puts all of NumPy and pyplot among the names."""
    draft.before("1.2", "%pylab inline --no-import-all", "%matplotlib inline")


@odd
def plots_all_over(draft: Draft) -> None:
    draft.foot("imports", "plt.ion()\nplt.style.use('ggplot')\nplt.rcParams['figure.dpi'] = 60")
    draft.after("1.2", FIGURE, "plt.plot([1, 2]);", "plt.gcf()", "plt.close('all')")
    draft.after(
        "1.4",
        "from IPython import display as shown\nfor n in range(2):\n    plt.clf()\n"
        "    plt.plot([n])\n    shown.display(plt.gcf())\n    shown.clear_output(wait=True)",
    )


@odd
def a_plot_inside_the_part(draft: Draft) -> None:
    draft.edit(
        "1.4",
        "    return [",
        "    plt.figure()\n    plt.plot([r['flux'] for r in data])\n    plt.show()\n    return [",
    )


@odd
def an_animation(draft: Draft) -> None:
    draft.after(
        "1.4",
        "from matplotlib.animation import FuncAnimation\nfig, ax = plt.subplots()\n"
        "moving = FuncAnimation(fig, lambda n: ax.plot([n]), frames=2)\nmoving.to_jshtml()",
    )


@odd
def a_style_that_is_missing(draft: Draft) -> None:
    draft.foot("imports", "plt.style.use('seaborn-v0_8-whitegrid')\nplt.style.use('seaborn')")


@odd
def text_set_by_tex(draft: Draft) -> None:
    draft.foot("imports", "plt.rcParams['text.usetex'] = True\nplt.rc('font', family='serif')")


@odd
def a_progress_bar(draft: Draft) -> None:
    draft.foot("imports", "from tqdm import tqdm, trange\nfrom tqdm.notebook import tqdm as bar")
    draft.edit("1.4", "for record in data", "for record in tqdm(data)")
    draft.after(
        "1.4",
        "for n in bar(range(3)):\n    pass",
        "from tqdm.auto import tqdm as auto\nsum(auto([1, 2]))",
    )


@odd
def tables(draft: Draft) -> None:
    draft.foot("imports", "import pandas as pd\npd.set_option('display.max_rows', 500)")
    draft.after(
        "1.4",
        "table = pd.DataFrame(generate_sample_lightcurve(3))\ntable.head()",
        "table.style.highlight_max()",
        "table.describe()\ntable.info()",
        "table.plot(x='mjd', y='flux')",
    )

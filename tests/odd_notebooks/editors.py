"""Notebooks with what the editors and services write into them."""

from __future__ import annotations

import hashlib
from typing import Any

from odd_notebooks.draft import Draft, odd

PYTHON = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.11.7",
}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def ids(draft: Draft, length: int) -> list[str]:
    """A made-up id for every cell."""
    return [hashlib.sha1(str(n).encode()).hexdigest()[:length] for n in range(len(draft.cells))]


def mark(draft: Draft, metadata: list[dict[str, Any]]) -> None:
    """Give every cell this metadata and nothing else, as tools do that know no other."""
    for cell, new in zip(draft.cells, metadata, strict=True):
        name = cell["metadata"]["name"]
        cell["metadata"] = {"name": name, **new}


@odd
def saved_by_colab(draft: Draft) -> None:
    """Ids live in the metadata; format 4.0; a form and a title line in one cell."""
    draft.head("1.2", '# @title Filter a light curve { display-mode: "form" }\nlimit = 3 # @param')
    mark(
        draft,
        [
            {
                "id": one,
                "colab": {"base_uri": "https://localhost:8080/", "height": 34},
                "outputId": f"{one}-0",
                "executionInfo": {
                    "status": "ok",
                    "timestamp": 1718000000000,
                    "user_tz": -120,
                    "elapsed": 12,
                    "user": {"displayName": "", "userId": ""},
                },
            }
            for one in ids(draft, 12)
        ],
    )
    for cell in draft.cells:
        cell.pop("id", None)
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    draft.notebook["metadata"] = {
        "colab": {"provenance": [], "gpuType": "T4", "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "accelerator": "GPU",
    }
    draft.notebook["nbformat_minor"] = 0


@odd
def saved_by_vs_code(draft: Draft) -> None:
    """CR LF in the cells that were edited; a language for each cell."""
    for part in draft.parts:
        draft.set(part, draft.source(part).replace("\n", "\r\n").splitlines(keepends=True))
    mark(draft, [{"vscode": {"languageId": "python"}} for _ in draft.cells])
    draft.notebook["metadata"] = {
        "kernelspec": {**KERNEL, "display_name": ".venv (3.11.7)"},
        "language_info": PYTHON,
        "orig_nbformat": 4,
        "vscode": {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b"}},
    }
    draft.notebook["nbformat_minor"] = 2


@odd
def saved_by_kaggle(draft: Draft) -> None:
    """Sources are strings, nothing has an id, and Kaggle's own first cell walks its folders."""
    draft.before(
        "setup",
        "# This Python 3 environment comes with many libraries installed\n"
        "import numpy as np # linear algebra\n"
        "import pandas as pd # data processing\n\n"
        "import os\n"
        "for dirname, _, filenames in os.walk('/kaggle/input'):\n"
        "    for filename in filenames:\n"
        "        print(os.path.join(dirname, filename))\n",
    )
    for cell, one in zip(draft.cells, ids(draft, 40), strict=True):
        name = cell["metadata"].get("name", "")
        when = "2024-06-11T14:40:44.877528Z"
        cell["metadata"] = {
            "name": name,
            "_uuid": one,
            "_cell_guid": f"{one[:8]}-{one[8:12]}",
            "execution": {"iopub.status.busy": when, "shell.execute_reply": when},
            "papermill": {"duration": 0.009513, "exception": False, "status": "completed"},
            "trusted": True,
        }
        cell["source"] = "".join(cell["source"])
        cell.pop("id", None)
    draft.notebook["metadata"] = {
        "kaggle": {
            "accelerator": "none",
            "dataSources": [],
            "dockerImageVersionId": 30699,
            "isGpuEnabled": False,
            "isInternetEnabled": True,
            "language": "python",
            "sourceType": "notebook",
        },
        "kernelspec": KERNEL,
        "language_info": {**PYTHON, "version": "3.10.13"},
        "papermill": {"default_parameters": {}, "exception": None, "version": "2.5.0"},
    }
    draft.notebook["nbformat_minor"] = 4


@odd
def saved_by_jupyterlab_4(draft: Draft) -> None:
    """Hidden inputs and outputs, slides, and the times of running."""
    for number, cell in enumerate(draft.cells):
        cell["execution_count"] = number + 1
        cell["metadata"].update(
            editable=True,
            jupyter={"outputs_hidden": True, "source_hidden": number % 2 == 0},
            slideshow={"slide_type": "subslide"},
            tags=[],
            execution={"iopub.execute_input": "2026-03-01T10:00:00.000000Z"},
        )
    draft.notebook["metadata"] = {
        "kernelspec": {**KERNEL, "display_name": "Python 3 (ipykernel)"},
        "language_info": PYTHON,
        "widgets": {
            "application/vnd.jupyter.widget-state+json": {
                "state": {},
                "version_major": 2,
                "version_minor": 0,
            }
        },
    }


@odd
def saved_by_classic_notebook(draft: Draft) -> None:
    """Format 4.2 without ids, with a table of contents and the times of cells."""
    mark(
        draft,
        [
            {
                "ExecuteTime": {"start_time": "2019-05-06T07:08:09", "end_time": "2019-05-06"},
                "collapsed": True,
                "scrolled": False,
                "hide_input": False,
                "run_control": {"frozen": False, "read_only": False},
            }
            for _ in draft.cells
        ],
    )
    for cell in draft.cells:
        cell.pop("id", None)
    draft.notebook["metadata"] = {
        "anaconda-cloud": {},
        "kernelspec": {**KERNEL, "display_name": "Python [conda env:astro]"},
        "language_info": {**PYTHON, "version": "3.7.3"},
        "toc": {"base_numbering": 1, "nav_menu": {}, "toc_window_display": True},
        "varInspector": {"cols": {"lenName": 16}, "window_display": False},
    }
    draft.notebook["nbformat_minor"] = 2


@odd
def saved_by_pycharm(draft: Draft) -> None:
    """PyCharm and DataSpell mark each cell `#%%`, and end their lines as the system does."""
    mark(
        draft,
        [
            {
                "pycharm": {"name": "#%%\n", "is_executing": False},
                "collapsed": False,
                "jupyter": {"outputs_hidden": False},
                "ExecuteTime": {"start_time": "2024-02-01T10:00:00.1Z"},
            }
            for _ in draft.cells
        ],
    )
    draft.every(lambda source: f"#%%\n{source}".replace("\n", "\r\n"))
    draft.notebook["metadata"] = {"kernelspec": KERNEL, "language_info": PYTHON}
    draft.notebook["nbformat_minor"] = 0


@odd
def saved_by_deepnote(draft: Draft) -> None:
    """An id and the time of running in the metadata; advertising at the end."""
    mark(
        draft,
        [
            {
                "tags": [],
                "cell_id": one,
                "deepnote_cell_type": "code",
                "deepnote_to_be_reexecuted": False,
                "execution_millis": 3,
                "execution_start": 1718000000000,
                "source_hash": one[:8],
            }
            for one in ids(draft, 32)
        ],
    )
    draft.append(
        {
            "cell_type": "markdown",
            "source": "<a style='text-decoration:none' href='https://deepnote.com'>Created in</a>",
            "metadata": {"created_in_deepnote_cell": True, "deepnote_cell_type": "markdown"},
        }
    )
    draft.notebook["metadata"] = {
        "deepnote": {"is_reactive": False},
        "deepnote_execution_queue": [],
        "deepnote_notebook_id": "9c3d1f52",
        "orig_nbformat": 2,
    }
    draft.notebook["nbformat_minor"] = 2


@odd(whole=True)
def formatted_and_tagged_by_extensions(draft: Draft) -> None:
    """Quotes, blank lines and a semicolon changed by a formatter; `%%` lines of a linter's tool."""
    draft.every(
        lambda source: (
            source.replace('check("', "check('").replace('")', "')")
            if source.startswith("check(")
            else f"{source}\n\n\n"
        )
    )
    for cell in draft.cells:
        cell["metadata"]["tags"] = ["parameters", "hide-input"]


@odd
def without_any_metadata(draft: Draft) -> None:
    """A tool that cleans notebooks has left the cells' sources and nothing else."""
    for cell in draft.cells:
        cell.pop("id", None)
        name = cell["metadata"]["name"]
        cell["metadata"] = {"name": name}
    draft.notebook["metadata"] = {}


@odd
def with_ids_twice(draft: Draft) -> None:
    """Cells that were copied as text have the same id."""
    for cell in draft.cells:
        cell["id"] = "part-1-2"


@odd
def without_execution_in_order(draft: Draft) -> None:
    """Run from bottom to top, some cells never."""
    for number, cell in enumerate(draft.cells):
        cell["execution_count"] = None if number % 3 == 0 else 40 - number


@odd
def with_outputs_of_megabytes(draft: Draft) -> None:
    """A picture, a table and a long log that nobody cleared."""
    draft.cell("1.2")["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": ["flux 20.1\n"] * 50_000},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBO" * 500_000}},
    ]


@odd
def with_attachments(draft: Draft) -> None:
    """A picture pasted into a Markdown cell, and raw cells for a converter."""
    draft.before(
        "1.2",
        {
            "cell_type": "markdown",
            "source": "![image.png](attachment:image.png)",
            "attachments": {"image.png": {"image/png": "iVBORw0KGgo="}},
            "metadata": {},
        },
        {
            "cell_type": "raw",
            "source": ".. math:: x^2",
            "metadata": {"format": "text/restructured"},
        },
    )


@odd
def in_three_hundred_cells(draft: Draft) -> None:
    """Somebody tried out a great deal."""
    draft.before("1.2", *(f"trial_{n} = {n} + 1" for n in range(290)))


@odd
def with_empty_cells(draft: Draft) -> None:
    """Empty cells, cells of blanks, and cells with a comment only."""
    for part in draft.parts:
        draft.before(part, "", "   \n\t\n", [], "# tried something here", "\n\n")

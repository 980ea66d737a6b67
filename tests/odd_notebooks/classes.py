"""Exercises made of classes, and networks."""

from __future__ import annotations

import functools

from odd_notebooks.draft import EX2, Draft, odd

EX4, EX6 = "ex04_pipeline_patterns", "ex06_photometry_networks"
classes = functools.partial(odd, slug=EX2)
pipelines = functools.partial(odd, slug=EX4)
networks = functools.partial(odd, slug=EX6)


@classes
def classes_as_released(draft: Draft) -> None:
    """Nothing odd."""


@classes
def a_class_annotated_with_itself(draft: Draft) -> None:
    draft.head("imports", "from __future__ import annotations")
    draft.edit(
        "2.1",
        'def __add__(self, other: "ObservationTable")',
        "def __add__(self, other: ObservationTable)",
    )


@classes
def a_class_in_timed_cells_of_windows(draft: Draft) -> None:
    for part in ("2.1", "2.5"):
        draft.head(part, "%%time")
    draft.every(lambda source: source.replace("\n", "\r\n"))


@classes
def methods_added_in_later_cells(draft: Draft) -> None:
    """The class is opened again: `class LightCurve(LightCurve)`, and a method is assigned."""
    source = draft.source("2.3")
    start = source.index("    def __str__")
    end = source.index("    @property\n    def bands")
    draft.set("2.3", source[:start] + source[end:])
    draft.before("check 2.3", f"class LightCurve(LightCurve):\n{source[start:end]}")


@classes
def a_method_assigned(draft: Draft) -> None:
    draft.after(
        "2.3",
        "def show(self):\n    return f'{type(self).__name__}(object_id="
        "{self.object_id!r}, n_observations={len(self)})'\n\nLightCurve.__repr__ = show",
    )


@classes
def a_dataclass_beside(draft: Draft) -> None:
    draft.before(
        "2.1",
        "from dataclasses import dataclass, field\n\n@dataclass(slots=True)\n"
        "class Point:\n    mjd: float = 0.0\n    flux: list = field(default_factory=list)",
        "from enum import Enum\n\nclass Band(Enum):\n    g = 1",
        "from typing import NamedTuple\n\nclass Pair(NamedTuple):\n    x: float",
        "import abc\n\nclass Base(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...",
    )


@classes
def objects_made_before_the_class_changed(draft: Draft) -> None:
    draft.after("2.3", "old = LightCurve(SAMPLE)")
    again = draft.source("2.1"), draft.source("2.3")
    draft.after("check 2.1", *again, "isinstance(old, LightCurve)")


@classes
def a_class_written_over_by_its_copy(draft: Draft) -> None:
    draft.after("check 2.7", draft.stub("2.1"), draft.stub("2.3"), draft.stub("2.5"))


@classes
def the_parent_written_again_below(draft: Draft) -> None:
    """A new `LightCurve` below: the child still has the old one for its parent."""
    draft.after("check 2.4", draft.source("2.3"))


@classes
def the_grandparent_written_again_below(draft: Draft) -> None:
    draft.after("check 2.4", draft.source("2.1"))


@classes
def a_class_inside_if(draft: Draft) -> None:
    body = "\n".join(f"    {line}" for line in draft.source("2.1").split("\n"))
    draft.set("2.1", f"if True:\n{body}")


@classes
def pandas_displayed_and_changed(draft: Draft) -> None:
    draft.foot(
        "imports", "pd.options.mode.copy_on_write = True\npd.set_option('display.width', 40)"
    )
    draft.after("2.3", "display(LightCurve(SAMPLE).data)", "LightCurve(SAMPLE)")


@classes
def names_of_the_module_hidden(draft: Draft) -> None:
    draft.after("check 2.7", "math = copy = 5", "COLUMNS = ['nothing']", "pd = None")


@pipelines
def pipelines_as_released(draft: Draft) -> None:
    """Nothing odd."""


@pipelines
def logging_of_ones_own(draft: Draft) -> None:
    draft.head("imports", "import logging\nlogging.basicConfig(level='DEBUG')\n%matplotlib inline")
    draft.foot("imports", "logging.disable(logging.NOTSET)")


@pipelines
def logging_disabled_further_down(draft: Draft) -> None:
    draft.append("logging.disable(logging.CRITICAL)", "asyncio.run = None")


@pipelines
def a_pipeline_awaited(draft: Draft) -> None:
    draft.append(
        "records = [invent_record('CV', 1)]\nprocessor = ZTFProcessor()\n"
        "pipeline = AstronomyPipeline(processor, SimpleTransientClassifier(ZEROPOINTS))\n"
        "labels = await pipeline.process_async(records)\nlabels"
    )


@pipelines
def time_used_again_in_a_pipeline(draft: Draft) -> None:
    draft.after("check 4.4", "time = 3.0", "math, Counter = 0, None")


@networks
def networks_on_a_gpu_if_there_is_one(draft: Draft) -> None:
    draft.foot(
        "imports",
        "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n"
        "torch.manual_seed(0)\ntorch.backends.cudnn.deterministic = True",
    )
    draft.head("6.3", "%%time")


@networks
def networks_timed_and_with_a_bar(draft: Draft) -> None:
    draft.head("imports", "%load_ext autoreload\n%autoreload 2\n%matplotlib inline")
    draft.edit(
        "6.4",
        "for features, labels in dataloader:",
        "for features, labels in tqdm(dataloader, leave=False):",
    )
    draft.append("F = None", "torch.set_default_dtype(torch.float64)", "nn = observed = 3")

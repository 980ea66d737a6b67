"""What a learner would type to see what the probes of the final project have seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from grader.course.lines import called, source

Observations = list[dict[str, Any]]
Results = list[dict[str, Any]]
Files = dict[str, Observations | tuple[str, str]]

SURVEY = (
    "class SurveyLightCurve(TransientLightCurve):\n    def __init__(self, data, object_id, survey):"
    "\n        super().__init__(data, object_id)\n        self.survey = survey\n\n"
)
FOLDER = "import tempfile\n\nfolder = Path(tempfile.mkdtemp())\n"
LIGHT_CURVE = """
def lc(name, *rows):
    keys = 'mjd', 'flux', 'flux_err', 'band'
    return TransientLightCurve([dict(zip(keys, row)) for row in rows], name)

"""
READ = """
paths = []
def read(path):
    paths.append(path.relative_to(folder).as_posix())
    if isinstance(files[paths[-1]], Exception):
        raise files[paths[-1]]
    return files[paths[-1]]

pipeline.read = read
"""
WRITE = """for name in files:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.mkdir() if name.endswith('/') else path.touch()
"""


ONE = "[{'mjd': 60000.0, 'flux': 50.0, 'flux_err': 5.0, 'band': 'r'}]"

SAVED = """\
from tempfile import mkdtemp

torch.manual_seed(8)
sizes = dict(input_dim=6, d_model=8, nhead=2, num_layers=1, time_embed_dim=2, num_classes={number})
model = BayesianTransformerEncoder(**sizes)
weights, config = save_model(mkdtemp(), model, sizes, {temperature}, {classes})
torch.manual_seed(9)
"""

CLASSIFIER = """\
from tempfile import mkdtemp

sizes = dict(input_dim=6, d_model=8, nhead=2, time_embed_dim=2, num_classes={number})
model = BayesianTransformerEncoder(**sizes)
paths = save_model(mkdtemp(), model, sizes, {temperature}, {classes})
classifier = ProductionTransientClassifier(*paths{further})

class Prepared:
    rows = {rows}

    def preprocess_for_inference(self, lightcurve):
        {found}

classifier.pipeline = Prepared()
"""

FOUND = "return self.rows[lightcurve.object_id]"
FOUND_BY_TYPE = "return self.rows[lightcurve.transient_type]"
FOUND_OR_NOT = """found = self.rows[lightcurve.object_id]
        if isinstance(found, str):
            raise ValueError(found)
        return found"""

ORACLE = """
class Oracle:
    samples = {samples}
    asked = []

    def forward_with_uncertainty(self, features, times, lengths, *, n_samples=100):
        self.asked.append((features, times, lengths, n_samples))
        return summarise(self.samples[:, features[:, 0, 1].long()])

"""

POOLED = """
class Pooled(nn.Dropout):
    first = {first}
    second = {second}

    def forward(self, features, times, lengths):
        self.gradients = torch.is_grad_enabled()
        number = torch.arange(features.shape[1])
        weight = (number < lengths[:, None]) * (1 + 0.25 * number)
        rows = torch.cat([features, times], dim=-1) * weight[..., None]
        hidden = torch.tanh(rows.sum(dim=1) / lengths[:, None] @ self.first)
        return nn.functional.dropout(hidden, self.p, training=True) @ self.second

"""

SENDER = """\
import builtins

outcomes, sent, logs = {outcomes}, [], []

def send(alert):
    error = outcomes.pop(0) if outcomes else None
    if error:
        raise getattr(builtins, error)('down')
    sent.append(alert['object_id'] if isinstance(alert, dict) else alert)

"""

AGING = """\
class Aging:
    answers = {answers}
    asked = []

    def classify_with_uncertainty(self, lightcurves):
        self.asked.append([(lc.object_id, lc.data['mjd'].tolist()) for lc in lightcurves])
        said = [self.answers.get(lc.object_id, [None] * 99)[len(lc)] for lc in lightcurves]
        return [{{'refused': '', 'predicted': a}} if a else {{'refused': 'too few'}} for a in said]

"""


def record_read(record: dict[str, Any]) -> str:
    return f"record = {source(record)}\nread_lasair(record)"


def text_read(lines: list[str], object_id: str) -> str:
    text = "\n".join(lines)
    return f'text = """{text}"""\nread_forced_photometry(text, {source(object_id)})'


def new_pipeline(*args: Any) -> str:
    return called("ZTFDataPipeline", *args)


def two_pipelines(first: tuple[str, str], second: tuple[str, str], problem: str) -> str:
    makes = (called("ZTFDataPipeline", *args) for args in (first, second))
    made = "".join(
        f"{name} = {make}\n" for name, make in zip(("first", "second"), makes, strict=True)
    )
    return f"{made}first.problems[{problem!r}] = 'cut off'\nfirst, second"


def fetched(data_source: str, nights: list[Files], *args: Any) -> str:
    fetch = called("pipeline.fetch_recent_transients", *args)
    first, *later = map(_files, nights)
    again = "".join(f"{fetch}\n{files}" for files in later)
    made = f"pipeline = ZTFDataPipeline({data_source!r}, folder)\n"
    return f"{FOLDER}{LIGHT_CURVE}{first}{WRITE}{made}{READ}{again}{fetch}"


def _files(files: Files) -> str:
    held = "".join(_file(name, content) for name, content in files.items())
    return f"files = {{\n{held}}}\n"


def _file(name: str, content: Observations | tuple[str, str]) -> str:
    """The line of a file: its name, and the light curve or the exception that reading it gives."""
    if isinstance(content, tuple):
        kind, message = content
        return f"    {name!r}: {kind}({message!r}),\n"
    stem = name.rpartition("/")[2].partition(".")[0]
    rows = "".join(f", {source(tuple(obs.values()))}" for obs in content)
    return f"    {name!r}: lc({stem!r}{rows}),\n"


def fetched_from(kind: str, name: str) -> str:
    make = f"(folder / {name!r}).touch()\n" if kind == "file" else ""
    fetch = f"ZTFDataPipeline('lasair', folder / {name!r}).fetch_recent_transients()"
    return f"{FOLDER}{make}{fetch}"


def interrupted(kind: str) -> str:
    read = f"def read(path):\n    raise {kind}('the program is to end')\n\n"
    fetch = (
        "try:\n    pipeline.fetch_recent_transients(7, 60000.0)\n    came = ''\n"
        f"except {kind}:\n    came = {kind!r}\n\ncame"
    )
    made = "(folder / 'ZTF18abc.json').touch()\npipeline = ZTFDataPipeline('lasair', folder)\n"
    return f"{FOLDER}{made}{read}pipeline.read = read\n{fetch}"


def _made(data: Observations, kind: str, metadata: dict[str, Any]) -> str:
    further = "".join(f", {key}={source(value)}" for key, value in metadata.items())
    own = SURVEY if kind == "SurveyLightCurve" else ""
    return f"{own}lc = {kind}({source(data)}{further})\n"


def averaged(data: Observations, kind: str = "TransientLightCurve", **metadata: Any) -> str:
    return f"{_made(data, kind, metadata)}ZTFDataPipeline.nightly(lc)"


def rows_of(data: Observations, object_id: str) -> str:
    made = _made(data, "TransientLightCurve", {"object_id": object_id})
    return f"{made}ZTFDataPipeline().preprocess_for_inference(lc)"


def evaluated(
    val: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    *min_precision: float,
) -> str:
    further = "".join(f", {source(each)}" for each in min_precision)
    return (
        f"val = {called('Answers', *val)}\ntest = {called('Answers', *test)}\n"
        f"evaluate(val, test{further})"
    )


def _saved(classes: list[str], temperature: float) -> str:
    return SAVED.format(
        number=len(classes), temperature=source(temperature), classes=source(classes)
    )


def loaded(classes: list[str], temperature: float, *n_samples: int) -> str:
    further = "".join(f", {source(each)}" for each in n_samples)
    made = _saved(classes, temperature)
    return f"{made}ProductionTransientClassifier(str(weights), str(config){further})"


def two_loaded() -> str:
    made = _saved(["A", "B"], 1.5)
    first = "first = ProductionTransientClassifier(weights, config, 7)\n"
    again = _saved(["C", "D", "E"], 2.5).partition("\n\n")[2]
    return f"{made}{first}{again}ProductionTransientClassifier(weights, config, 9)\nfirst"


FAULTS = {
    "flipped": "weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))",
    "cut": "weights.write_bytes(content[: len(content) // 2])",
    "abbreviated": (
        "checksum = json.loads(config.read_text())['sha256']\n"
        "config.write_text(config.read_text().replace(checksum, checksum[:12]))"
    ),
    "weights": "weights.unlink()",
    "config": "config.unlink()",
}


def loaded_from_faulty(fault: str) -> str:
    return (
        f"{_saved(['A', 'B'], 1.5)}content = weights.read_bytes()\n{FAULTS[fault]}\n"
        "ProductionTransientClassifier(weights, config)"
    )


def _classifier(
    classes: list[str],
    temperature: float,
    rows: dict[str, torch.Tensor | str],
    *n_samples: int,
) -> str:
    texts = any(isinstance(each, str) for each in rows.values())
    found = FOUND_BY_TYPE if any("#" in key for key in rows) else FOUND
    return CLASSIFIER.format(
        number=len(classes),
        temperature=source(temperature),
        classes=source(classes),
        rows=_compact(rows),
        found=FOUND_OR_NOT if texts else found,
        further="".join(f", {source(each)}" for each in n_samples),
    )


def _compact(rows: Any) -> str:
    """The source of rows, in which whole numbers have no point, as long as others have one."""
    return re.sub(r"(?<=\d)\.0(?=[,\])])", "", source(rows)).replace("float('nan')", "math.nan")


def classified(
    classes: list[str],
    temperature: float,
    rows: dict[str, torch.Tensor | str],
    samples: torch.Tensor,
    lost: Sequence[str] = (),
) -> str:
    names = f"[*Prepared.rows, {', '.join(map(source, lost))}]" if lost else "Prepared.rows"
    name = "name.partition('#')[0], name" if any("#" in key for key in rows) else "name"
    return (
        f"{_classifier(classes, temperature, rows, samples.shape[0])}"
        f"{ORACLE.format(samples=source(samples))}classifier.model = Oracle()\n"
        f"lightcurves = [TransientLightCurve({ONE}, {name}) for name in {names}]\n"
        "classifier.classify_with_uncertainty(lightcurves)"
    )


def explained(
    classes: list[str],
    temperature: float,
    rows: torch.Tensor,
    weights: tuple[torch.Tensor, torch.Tensor],
    predicted: str,
    p: float = 0.5,
) -> str:
    first, second = map(source, weights)
    return (
        f"{_classifier(classes, temperature, {'SN': rows})}"
        f"{POOLED.format(first=first, second=second)}"
        f"classifier.model = Pooled({source(p)}).eval()\ntorch.manual_seed(10)\n"
        f"lightcurve = TransientLightCurve({ONE}, 'SN')\n"
        f"classifier.explain_prediction(lightcurve, {source({'predicted': predicted})})"
    )


def alerted(thresholds: dict[str, float], *calls: Results) -> str:
    made = f"system = TransientAlertSystem({source(thresholds)})\n"
    asked = (f"results = {source(each)}\nsystem.make_alerts(results)" for each in calls)
    return made + "\n".join(asked)


def two_systems(thresholds: tuple[dict[str, float], dict[str, float]], results: Results) -> str:
    one, other = map(source, thresholds)
    return (
        f"one, other = {one}, {other}\n\ndef fail(alert):\n    raise OSError('down')\n\n"
        "first = TransientAlertSystem(one, fail, [].append)\n"
        "second = TransientAlertSystem(other, len, print)\n"
        f"first.process_classifications({source(results)})\n"
        "one['CV'] = other['CV'] = 0.001\nfirst, second"
    )


def processed(thresholds: dict[str, float], outcomes: list[str | None], *calls: Results) -> str:
    made = f"system = TransientAlertSystem({source(thresholds)}, send, logs.append)\n"
    asked = [f"system.process_classifications({source(results)})" for results in calls]
    return SENDER.format(outcomes=source(outcomes)) + made + "\n".join(asked)


def processed_with_mistake(
    thresholds: dict[str, float], outcomes: list[str | None], results: Results
) -> str:
    made = f"system = TransientAlertSystem({source(thresholds)}, send)\n"
    asked = f"system.process_classifications({source(results)})"
    return SENDER.format(outcomes=source(outcomes)) + made + asked


def left_by_mistake(thresholds: dict[str, float], error: str, results: Results) -> str:
    return (
        f"{SENDER.format(outcomes=source([None, error]))}"
        f"system = TransientAlertSystem({source(thresholds)}, send)\ntry:\n"
        f"    system.process_classifications({source(results)})\nexcept {error}:\n    pass\n"
        "system.waiting"
    )


def kept(name: str, *args: Any) -> str:
    letters = "abc"[: len(args)]
    values = (f"{letter} = {source(arg)}\n" for letter, arg in zip(letters, args, strict=True))
    return f"{''.join(values)}{name}({', '.join(letters)})"


def by_age(
    observations: dict[str, Observations],
    answers: dict[str, list[str | None]],
    labels: list[str],
    ages: Sequence[float],
) -> str:
    rows = {name: [tuple(obs.values()) for obs in data] for name, data in observations.items()}
    return (
        f"{AGING.format(answers=source(answers))}rows = {_compact(rows)}\n"
        "keys = 'mjd', 'flux', 'flux_err', 'band'\n"
        "data = {name: [dict(zip(keys, row)) for row in rows[name]] for name in rows}\n"
        "lightcurves = [TransientLightCurve(data[name], name) for name in rows]\n"
        f"oracle = Aging()\naccuracy_by_age(oracle, lightcurves, {source(labels)}, {source(ages)})"
    )

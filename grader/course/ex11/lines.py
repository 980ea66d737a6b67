"""What a learner would type to see what the probes of the final project have seen."""

from __future__ import annotations

from typing import Any

from grader.course.lines import called, source

Observations = list[dict[str, Any]]
Files = dict[str, Observations | tuple[str, str]]

SURVEY = (
    "class SurveyLightCurve(TransientLightCurve):\n    def __init__(self, data, object_id, survey):"
    "\n        super().__init__(data, object_id)\n        self.survey = survey\n\n"
)
READ = """
paths = []
def read(path):
    paths.append(path.relative_to(pipeline.folder).as_posix())
    if isinstance(files[paths[-1]], Exception):
        raise files[paths[-1]]
    return files[paths[-1]]

pipeline.read = read
"""


def record_read(record: dict[str, Any]) -> str:
    return f"record = {source(record)}\nread_lasair(record)"


def text_read(lines: list[str], object_id: str) -> str:
    text = "\n".join(lines)
    return f'text = """{text}"""\nread_forced_photometry(text, {source(object_id)})'


def new_pipeline(*args: Any) -> str:
    return called("ZTFDataPipeline", *args)


def fetched(source_name: str, nights: list[Files], *args: Any) -> str:
    return ""


def fetched_from(kind: str, name: str) -> str:
    make = f"(folder / {name!r}).touch()\n" if kind == "file" else ""
    return (
        f"import tempfile\n\nfolder = Path(tempfile.mkdtemp())\n{make}"
        f"ZTFDataPipeline('lasair', folder / {name!r}).fetch_recent_transients()"
    )


def _made(data: Observations, kind: str, metadata: dict[str, Any]) -> str:
    further = "".join(f", {key}={source(value)}" for key, value in metadata.items())
    own = SURVEY if kind == "SurveyLightCurve" else ""
    return f"{own}lc = {kind}({source(data)}{further})\n"


def averaged(data: Observations, kind: str = "TransientLightCurve", **metadata: Any) -> str:
    return f"{_made(data, kind, metadata)}ZTFDataPipeline.nightly(lc)"


def rows_of(data: Observations, object_id: str) -> str:
    made = _made(data, "TransientLightCurve", {"object_id": object_id})
    return f"{made}ZTFDataPipeline().preprocess_for_inference(lc)"

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


def record_read(record: dict[str, Any]) -> str:
    return f"record = {source(record)}\nread_lasair(record)"


def text_read(lines: list[str], object_id: str) -> str:
    text = "\n".join(lines)
    return f'text = """{text}"""\nread_forced_photometry(text, {source(object_id)})'


def new_pipeline(*args: Any) -> str:
    return called("ZTFDataPipeline", *args)


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

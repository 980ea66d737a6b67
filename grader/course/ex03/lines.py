"""What a learner would type to see what the probes of Exercise 3 have seen.

Where a probe has a survey of its own for no other reason than to have some processor, the lines
take that of ZTF, whose `__init__` is given.
"""

from __future__ import annotations

from typing import Any

from grader.course.ex03.forms import COUNTS
from grader.course.lines import called, source

Entry = dict[str, Any]

NUMPY = {"float32, int64": ("np.float32", "np.int64"), "int64, float32": ("np.int64", "np.float32")}
OTHERS = {"SkyMapper": ("g", 25.0, 4.0), "ATLAS": ("o", 23.9, 2.0), "chime": ("g", 25.0, 1.0)}
"""Surveys: a band, its zero point and the cadence."""
PROCESS = "    def process_lightcurve(self, raw_data):\n        return raw_data\n\n"
GAIA = (
    "class OrbitalProcessor(SurveyProcessor):\n    @abstractmethod\n    def orbit(self):\n"
    f"        pass\n\n{PROCESS}class GaiaProcessor(OrbitalProcessor):\n    def __init__(self):\n"
    "        super().__init__(SurveyConfig('Gaia', ['G'], {'G': 25.7}, 30.0))\n\n"
    "    def orbit(self):\n        return 'L2'\n\n"
    "class GaiaNIRProcessor(GaiaProcessor):\n    pass\n\n"
)
MADE = "processor = ZTFProcessor()\n"
SURVEYS = (
    "made = []\n\ndef survey(name):\n    class Survey(SurveyProcessor):\n"
    "        def __init__(self):\n"
    "            made.append(type(self).__name__.removesuffix('Processor'))\n"
    "            super().__init__(SurveyConfig(name, ['g'], {'g': 25.0}, 1.0))\n\n"
    "        def process_lightcurve(self, raw_data):\n            return raw_data\n\n"
    "    Survey.__name__ = f'{name}Processor'\n    return Survey\n\n"
    "surveys = [survey(name) for name in ('SkyMapper', 'ATLAS', 'chime', 'Gaia')]\n\n"
    "class GaiaNIRProcessor(surveys[-1]):\n    pass\n\n"
)


def validated(flux: Any, flux_err: Any, how: str = "class") -> str:
    values = [source(flux), source(flux_err)]
    if how in NUMPY:
        values = [f"{kind}({value})" for kind, value in zip(NUMPY[how], values, strict=True)]
    owner = "ZTFProcessor()" if how == "object" else "SurveyProcessor"
    return f"{owner}.validate_photometry({', '.join(values)})"


def _survey(name: str) -> str:
    """The definition of a survey's class, and of those that it is built on."""
    if name in ("Gaia", "GaiaNIR", "Orbital"):
        return GAIA
    if name == "SkyMapperNIR":
        deeper = "class SkyMapperNIRProcessor(SkyMapperProcessor):\n    pass\n\n"
        return _survey("SkyMapper") + deeper
    band, zeropoint, cadence = OTHERS[name]
    config = called("SurveyConfig", name, [band], {band: zeropoint}, cadence)
    return (
        f"class {name}Processor(SurveyProcessor):\n    def __init__(self):\n"
        f"        super().__init__({config})\n\n{PROCESS}"
    )


def made_by_name(name: str, on: str = "", among: str = "") -> str:
    known = {each.lower(): each for each in (*OTHERS, "Gaia", "GaiaNIR", "Orbital", "SkyMapperNIR")}
    asked = name.strip().lower()
    needed = among or ("" if asked in ("ztf", "lsst") else known.get(asked, "SkyMapper"))
    defined = "".join(_survey(each) for each in dict.fromkeys((on, needed)) if each)
    call = called(f"{on or 'Survey'}Processor.from_survey_name", name)
    return f"{defined}type({call}).__name__"


def made_twice(name: str) -> str:
    call = called("SurveyProcessor.from_survey_name", name)
    return f"{SURVEYS}first = {call}\nsecond = {call}\nmade"


def configured() -> str:
    return "processor = LSSTProcessor()\nprocessor.config"


def processed(
    survey: str,
    *records: Entry,
    zeropoints: dict[str, float] | None = None,
    bands: list[str] | None = None,
) -> str:
    code = f"processor = {survey}Processor()\n"
    for name, value in (("zeropoints", zeropoints), ("bands", bands)):
        code += "" if value is None else f"processor.config.{name} = {source(value)}\n"
    *earlier, last = records
    code += "".join(f"{called('processor.process_lightcurve', each)}\n" for each in earlier)
    return f"{code}record = {source(last)}\ncurve = processor.process_lightcurve(record)\ncurve"


def counts_of_broken(survey: str, broken: Entry) -> str:
    return (
        f"processor = {survey}Processor()\ntry:\n"
        f"    {called('processor.process_lightcurve', broken)}\n"
        f"except ValueError:\n    pass\n\n{COUNTS}"
    )


def statistic(name: str, batches: list[tuple[int, int]], peek: bool = False) -> str:
    other = "other = ZTFProcessor()\nother._count(1000, 500)\n" if batches else ""
    look = f"processor.{name}\n" if peek else ""
    counts = "".join(f"{called('processor._count', *each)}\n{look}" for each in batches)
    return f"{other}{MADE}{counts}processor.{name}"


def begun(before: tuple[int, int]) -> str:
    return (
        f"{MADE}config, before = processor.config, repr(processor.config)\n"
        f"processor.note = 'kept'\n{called('processor._count', *before)}\n"
        "with processor as entered:\n    in_batch = processor.in_batch\n"
        f"    counts = {COUNTS}\n\n"
        "counts"
    )


def batch(before: tuple[int, int], inside: list[tuple[int, int]], fail: str = "") -> str:
    counts = (
        "".join(f"    {called('processor._count', *each)}\n" for each in inside) or "    pass\n"
    )
    made = f"{MADE}{called('processor._count', *before)}\n"
    if not fail:
        return f"{made}with processor:\n{counts}\nprocessor.in_batch"
    own = "class Trouble(Exception):\n    pass\n\n" if fail == "Trouble" else ""
    inner = f"with processor:\n{counts}    raise {fail}('the disk is full')\n"
    return (
        f"{own}{made}arrived = ''\ntry:\n    {inner.rstrip().replace(chr(10), chr(10) + '    ')}\n"
        "except BaseException as error:\n    arrived = type(error).__name__\n\narrived"
    )


def nested(*inside: tuple[int, int]) -> str:
    counts = "".join(f"    {called('processor._count', *each)}\n" for each in inside)
    return (
        f"{MADE}kinds = []\nwith processor:\n{counts}    try:\n        processor.__enter__()\n"
        "    except Exception as error:\n"
        "        kinds = [each.__name__ for each in type(error).__mro__]\n"
        f"    counts = {COUNTS}\n"
        "    in_batch = processor.in_batch\n\nkinds"
    )

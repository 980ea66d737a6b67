"""Source that shows another side of an answer of Exercise 3 than the last line of its lines."""

from __future__ import annotations

NAMELESS = "others = [SkyMapperProcessor]  # without a name of its own\ndel SkyMapperProcessor\n{}"
REDEFINED = (
    "{{}}\nold = {name}Processor\n\nclass {name}Processor(old):\n    pass\n\n"
    "type(SurveyProcessor.from_survey_name({name!r})) is old"
)
OF_UNKNOWN = (
    "made.clear()\ntry:\n    SurveyProcessor.from_survey_name('Hubble')\n"
    "except ValueError:\n    pass\n\nmade"
)

COUNTS = "[processor._processed_count, processor._accepted, processor._rejected]"
CALLS = (
    "calls = []\nprocessor._count = lambda *given: calls.append(list(given))\n"
    "processor.process_lightcurve(record)\ncalls"
)
FLUX = "{}.data['flux'].tolist()"
SET_UP = (
    "all(\n    hasattr(processor, name)\n    for name in"
    " ('config', 'in_batch', '_processed_count', '_accepted', '_rejected')\n)"
)
KEPT = "processor.config is config and repr(config) == before"

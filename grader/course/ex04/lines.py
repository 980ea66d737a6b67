"""What a learner would type to see what the probes of Exercise 4 have seen."""

from __future__ import annotations

from typing import Any

from grader.course.ex04 import typed
from grader.course.lines import called as call_of  # not the probe `called`
from grader.course.lines import source

Record = dict[str, Any]

WITHOUT = {
    "features_of_each": "what it asks is asked again, one by one, if an answer is not right",
    "predicted_all": "what it asks is asked again, one by one, if an answer is not right",
    "predicted_each": "what it asks is asked again, one by one, if an answer is not right",
}
"""Probes without lines, and why."""
A_LINE = 3  # observations


def set_up() -> str:
    return (
        f"{typed.UNTOUCHED}first = AstronomyPipeline._setup_logging()\n"
        "handlers = [[isinstance(each, logging.StreamHandler), each.level] "
        "for each in logger.handlers]\nlevel = logger.level\n"
        "second = AstronomyPipeline._setup_logging()\n"
        "dict(\n    name=first.name, is_root=first is root,\n"
        "    is_known=first is logging.getLogger(first.name), level=level, handlers=handlers,\n"
        "    n_after_second=len(logger.handlers), second=type(second).__name__,\n"
        "    n_root_handlers=len(root.handlers), root_level=root.level,\n"
        "    disabled=root.manager.disable,\n)"
    )


def set_up_beside_root() -> str:
    return """\
logger, root = logging.getLogger('astronomy_pipeline'), logging.getLogger()
AstronomyPipeline._setup_logging()

def state():
    return root.level, [(each, each.level, each.formatter) for each in root.handlers]

def set_up(n_handlers, n_of_root, level, level_of_root):
    logger.handlers = [logging.NullHandler() for _ in range(n_handlers)]
    root.handlers = [logging.NullHandler() for _ in range(n_of_root)]
    logger.setLevel(level)
    root.setLevel(level_of_root)
    before = state()
    AstronomyPipeline._setup_logging()
    return len(logger.handlers), logger.level, state() == before

others, _, _ = set_up(1, 0, logging.NOTSET, logging.WARNING)
beside, level, kept = set_up(0, 1, logging.NOTSET, logging.DEBUG)
alone, other_level, kept_too = set_up(0, 0, logging.WARNING, logging.WARNING)
dict(
    others=others, beside=beside, alone=alone, levels=(level, other_level),
    root_kept=kept and kept_too,
)"""


def session(fails: str = "") -> str:
    watched = f"{typed.FLAGGED}{typed.PIPELINE}{typed.ANNOUNCED}\npipeline = Pipeline(None, None)\n"
    if not fails:
        return (
            f"{watched}with pipeline.batch_processing_session() as yielded:\n"
            "    inside, log_inside = pipeline.in_session, list(log)\n\n"
            "dict(\n    yields=yielded, inside=inside, after=pipeline.in_session,\n"
            "    log_inside=log_inside, log=log, events=events,\n)"
        )
    own = "" if fails in typed.FAILURES else typed.TROUBLE
    return (
        f"{watched}{own}\nfailure = {typed.FAILURES.get(fails, f'Trouble({fails!r})')}\n"
        "raised, same = '', True\ntry:\n"
        "    with pipeline.batch_processing_session():\n        raise failure\n"
        "except BaseException as error:\n"
        "    raised, same = type(error).__name__, error is failure\n\n"
        "dict(raised=raised, same=same, after=pipeline.in_session, log=log, events=events)"
    )


def session_in_session() -> str:
    return f"""\
{typed.FLAGGED}{typed.PIPELINE}{typed.ANNOUNCED}
def attempt(of):
    try:
        with of.batch_processing_session():
            return []
    except Exception as error:
        return type(error).__name__

pipeline, other = Pipeline(None, None), Pipeline(None, None)
with pipeline.batch_processing_session():
    log.clear()
    events.clear()
    kinds, new_log, new_events = attempt(pipeline), list(log), list(events)
    another, inside = attempt(other), pipeline.in_session

dict(
    kinds=kinds, inside=inside, new_log=new_log, new_events=new_events,
    another=another, again=attempt(pipeline),
)"""


def _raising(records: list[Any]) -> str:
    """The lines of a stand-in that raise what records ask for."""
    given = [record for record in records if record is not None]
    kinds = {
        "of_disk": "OSError(28, raw_data['raises'])",
        "usual": "ValueError(raw_data['raises'])",
    }
    lines = [
        f"        if {key!r} in raw_data:\n            raise {made}\n"
        for key, made in kinds.items()
        if any(key in record for record in given)
    ]
    asked = {record["raises"] for record in given if "raises" in record}
    if "KeyboardInterrupt" in asked:
        lines.append("        if 'raises' in raw_data:\n            raise KeyboardInterrupt\n")
    elif asked:
        lines.append(
            "        if 'raises' in raw_data:\n            raise Trouble(raw_data['raises'])\n"
        )
    return "".join(lines)


def _typed(records: list[Any], *left_out: str) -> str:
    """The source of records, without what a stand-in does not look at."""
    few = [
        {key: value for key, value in record.items() if key not in left_out}
        if record is not None
        else None
        for record in records
    ]
    rows = "".join(f"    {source(each)},\n" for each in few)
    return f"[\n{rows}]" if rows else "[]"


def _surveyed(records: list[Any]) -> str:
    """The lines up to a pipeline with stand-ins for all but `classify_safely` and the call."""
    raising = (typed.GUARD if None in records else "") + _raising(records)
    trouble = typed.TROUBLE.lstrip() + "\n" if "Trouble" in raising else ""
    return f"{trouble}{typed.SURVEY.format(raising=raising)}{typed.ALONE}"


def called(records: list[Any], before: list[Any] | None = None) -> str:
    first = f"first = pipeline({_typed(before, 'candidates')})\n" if before else ""
    stops = any("KeyboardInterrupt" in each.values() for each in records if each)
    return (
        f"{_surveyed(records)}records = {_typed(records, 'candidates')}\n{first}"
        f"{typed.ATTEMPT if stops else 'pipeline(records)'}"
    )


def classified(record: Record, position: int) -> str:
    return f"{_surveyed([record])}pipeline.classify_safely({source(record)}, {position})"


def one_by_one(*records: Record) -> str:
    given = list(records)
    if any("raises" in each for each in given):
        return f"{typed.FAILING}records = [\n{''.join(map(_failing, given))}]\n" + (
            typed.OUTCOMES.format(failure="record['raises']")
        )
    at_a_loss = any(each.get("label") == "raise" for each in given)
    predicted = "raise failure" if at_a_loss else "return lightcurve.transient_type"
    few = typed.FEWER if any("empty" in each or not each for each in given) else ""
    made = typed.CURVES.format(fewer=few, predicted=predicted)
    if at_a_loss:
        outcomes = typed.OUTCOMES.format(failure="failure")
        return f"{typed.AT_A_LOSS}{made}records = {_typed(given, 'candidates')}\n{outcomes}"
    if len(given) == 1:
        return f"{made}record = {source(given[0])}\npipeline.process_and_classify(record)"
    call = "[pipeline.process_and_classify(record) for record in records]"
    return f"{made}records = {_typed(given, 'candidates')}\n{call}"


def _failing(record: Record) -> str:
    """The source of a record with the exception that the processor is to raise."""
    text = source(record["raises"])
    usual = f"ValueError({text})" if "usual" in record else f"Trouble({text})"
    error = f"OSError(28, {text})" if "of_disk" in record else usual
    return f"    {{'objectId': {source(record['objectId'])}, 'raises': {error}}},\n"


def processed_async(
    records: list[Record], *limit: int, before: tuple[list[Record], int] | None = None
) -> str:
    unseen = ("candidates", "patience", "seconds", "needs_loop")
    earlier = f"{_typed(before[0], *unseen)}, max_concurrent={before[1]}" if before else ""
    first = f"run_async(pipeline.process_async({earlier}))\n" if before else ""
    further = "".join(f", {each}" for each in limit)
    return (
        f"{typed.SLOW}records = {_typed(records, *unseen)}\n{first}"
        f"run_async(pipeline.process_async(records{further}))"
    )


def observed(steps: list[list[Any]]) -> str:
    names = [name for name in typed.OBSERVERS if any(step[1] == name for step in steps)]
    plain = any(name in ("first", "second") for name in names)
    made = "".join(typed.OBSERVERS[name] for name in names)
    begin = (
        f"{typed.LOG}heard = []\n{typed.TROUBLE * ('broken' in names)}{typed.PIPELINE}"
        f"\npipeline = Pipeline(None, None)\n\n{typed.OBSERVER * plain}{made}"
    )
    if "Ctrl-C" in names:
        return f"{begin}pipeline.add_observer(interrupt)\n{typed.INTERRUPTED}"
    calls = [_step(*step) for step in steps]
    if steps[0][0] == "remove":
        tried = [each.replace("pipeline.remove_observer", "remove") for each in calls]
        tried = [each if "remove" in each else f"{each}\nerrors.append([])" for each in tried]
        return f"{begin}{typed.REMOVED}errors = []\n" + "\n".join(tried) + "\ndict(errors=errors)"
    if all(step[0] == "add" for step in steps):
        returned = ", ".join(f"{_step(*step)} is {_name(step[1])}" for step in steps)
        return f"{begin}dict(returned=[{returned}])"
    return f"{begin}" + "\n".join(calls) + "\ndict(heard=heard, log=log)"


def _name(observer: str) -> str:
    return typed.TYPED.get(observer, observer)


def _step(action: str, what: str, data: dict[str, Any] | None = None) -> str:
    if action == "announce":
        return call_of("pipeline._announce", what, **(data or {}))
    return f"pipeline.{action}_observer({_name(what)})"


def features_of_second(first: list[Any], second: list[Any], zeropoints: dict[str, float]) -> str:
    one, other = (
        _curve(each)
        .replace("light_curve", name)
        .replace("keys = ('mjd', 'flux', 'flux_err', 'band')\n", "")
        for each, name in ((first, "first"), (second, "second"))
    )
    return (
        f"keys = 'mjd', 'flux', 'flux_err', 'band'\n{one}{other}"
        f"classifier = {_classifier(zeropoints)}\nclassifier.features(first)\n"
        "classifier.features(second)"
    )


def left_alone(method: str, observations: list[Any]) -> str:
    planned = (
        "classifier.features = lambda lightcurve: dict.fromkeys(\n"
        "    ('rise_time', 'decline_rate', 'amplitude', 'colour', 'episodes'), 1.0\n)\n"
        if method == "predict"
        else ""
    )
    return (
        f"{_curve(observations)}classifier = {_classifier(None)}\n{planned}"
        f"classifier.{method}(light_curve)"
    )


def features(observations: list[Any], zeropoints: dict[str, float] | None = None) -> str:
    return f"{_curve(observations)}{_classifier(zeropoints)}.features(light_curve)"


def predicted(
    observations: list[Any],
    planned: dict[str, float] | None = None,
    zeropoints: dict[str, float] | None = None,
) -> str:
    if planned is None:
        return f"{_curve(observations)}{_classifier(zeropoints)}.predict(light_curve)"
    return (
        f"{_curve(observations)}features = {source(planned)}\n\n"
        f"classifier = {_classifier(zeropoints)}\n"
        "classifier.features = lambda lightcurve: features  # so that only the rules count\n"
        "classifier.predict(light_curve)"
    )


def _classifier(zeropoints: dict[str, float] | None) -> str:
    return call_of("SimpleTransientClassifier", *([zeropoints] if zeropoints else []))


def _curve(observations: list[Any]) -> str:
    """The lines that make a light curve, with a few observations in each."""
    rows = [source(tuple(each.values())) for each in observations]
    lines = [", ".join(rows[i : i + A_LINE]) for i in range(0, len(rows), A_LINE)]
    listed = "".join(f"    {line},\n" for line in lines)
    return (
        f"rows = [\n{listed}]\nkeys = ('mjd', 'flux', 'flux_err', 'band')\n"
        "light_curve = TransientLightCurve([dict(zip(keys, row)) for row in rows], 'ZTF')\n\n"
    )

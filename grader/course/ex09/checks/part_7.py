"""Checks of 9.7, What to try, and what cannot be built."""

from __future__ import annotations

import re
from typing import Any

from grader.answer import Answer, Finding, Subject
from grader.course import common_probes
from grader.course.ex09 import probes
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)

SPACE: dict[str, dict[str, Any]] = {
    "d_model": {"values": [128, 256, 512]},
    "nhead": {"values": [4, 8, 16]},
    "num_layers": {"values": [3, 6, 9]},
    "learning_rate": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-2},
    "time_embed_dim": {"values": [32, 64, 128]},
    "dropout": {"distribution": "uniform", "min": 0.1, "max": 0.5},
    "batch_size": {"values": [16, 32, 64]},
    "focal_loss_gamma": {"distribution": "uniform", "min": 1.0, "max": 3.0},
}


def as_lists(value: Any) -> Any:
    """The same with tuples as lists: W&B makes no difference."""
    if isinstance(value, list | tuple):
        return [as_lists(item) for item in value]
    if isinstance(value, dict):
        return {key: as_lists(item) for key, item in value.items()}
    return value


def test_sweep_config(learner: Subject) -> None:
    """The description of the sweep is the published one"""
    got = as_lists(learner.ask(common_probes.call, "create_sweep_config").value)
    if not isinstance(got, dict):
        raise Finding("returns-dict", got=kind_of(got))
    metric = got.get("metric")
    name = metric.get("name") if isinstance(metric, dict) else None
    found = name is None or approx_equal(name, "val_f1_rare_events")
    require(found, "metric-never-logged", got=shown(name))
    minimised = isinstance(metric, dict) and approx_equal(metric.get("goal"), "minimize")
    require(not minimised, "minimised")
    parameters = got.get("parameters")
    if isinstance(parameters, dict):
        for parameter, want in SPACE.items():
            check_parameter(parameter, parameters.get(parameter), want)
    want = {
        "method": "bayes",
        "metric": {"name": "val_f1_rare_events", "goal": "maximize"},
        "parameters": SPACE,
    }
    expect(Answer(got), want, what="the sweep's dict")


def check_parameter(name: str, got: Any, want: dict[str, Any]) -> None:
    """One parameter of the sweep has the published range."""
    require(got is not None, "parameter-missing", name=name)
    require(isinstance(got, dict), "values-without-key", name=name, got=kind_of(got))
    if name == "learning_rate":
        distribution = got.get("distribution")
        even = distribution is None or approx_equal(distribution, "uniform")
        require(not even, "linear-learning-rate")
        require(not approx_equal(distribution, "log_uniform"), "exponents-for-values")
    same = set(got) != set(want) or approx_equal(got, want)
    require(same, "ranges-changed", name=name, got=shown(got), want=shown(want))
    expect(Answer(got), want, what=f"the parameter `{name}`")


def test_new_dictionary(learner: Subject) -> None:
    """Each call returns a new dictionary"""
    got = learner.ask(probes.two_configs).value
    first = as_lists(got.first)
    if not is_plain(first):
        raise Finding("returns-dict", got=kind_of(first))
    second = as_lists(got.second)
    shared = shared_part(first, second)
    require(shared is None or shared == "", "shared-dictionary~inside", path=shared)
    require(approx_equal(second, first), "shared-dictionary")


def shared_part(first: Any, second: Any, path: str = "") -> str | None:
    """Where the second dictionary is empty since the first one was emptied; None if nowhere."""
    if first and isinstance(first, dict | list) and isinstance(second, dict | list) and not second:
        return path
    if isinstance(first, dict) and isinstance(second, dict):
        inside = (shared_part(first[k], second[k], f"{path}[{k!r}]") for k in first if k in second)
        return next((each for each in inside if each is not None), None)
    return None


def is_plain(value: Any) -> bool:
    """Whether a value has only parts that JSON has."""
    if isinstance(value, list | dict):
        return all(map(is_plain, value.values() if isinstance(value, dict) else value))
    return value is None or isinstance(value, str | int | float)


def verdict(answer: Answer[Any], config: dict[str, Any]) -> str | None:
    """What `infeasible` says: a sentence or None."""
    fail_if_recognised(
        answer,
        Mistake("missing-key-crashes", Raises("KeyError"), config=shown(config)),
        Mistake("missing-key-crashes~none", Raises("TypeError", "NoneType"), config=shown(config)),
        Mistake("raised-for-returned", Raises("ValueError")),
    )
    got = answer.value
    require(not isinstance(got, bool), "bool-returned", got=got)
    if got is not None and not isinstance(got, str):
        raise Finding("returns-sentence-none", got=kind_of(got))
    return got


def test_feasible(learner: Subject, rng: Rng) -> None:
    """There is no reason against what can be built"""
    nhead = int(rng.choice([4, 8, 16]))
    d_model = nhead * int(rng.integers(9, 30))
    odd = {"d_model": d_model, "nhead": nhead, "time_embed_dim": nhead + 1}
    for config in (
        {**odd, "dropout": 0.2, "architecture": "transformer"},
        {"d_model": d_model, "nhead": nhead, "time_embed_dim": d_model - 1},
        {"d_model": d_model, "nhead": nhead},
        {"d_model": d_model, "time_embed_dim": 2},
        {"hidden_size": 64},
        {"nhead": 3, "time_embed_dim": 8},
    ):
        got = verdict(learner.ask(common_probes.call, "infeasible", config), config)
        require(got is None, "feasible-refused", config=shown(config), got=got)


@gate
def test_infeasible(learner: Subject, rng: Rng) -> None:
    """What cannot be built has a reason that names both numbers"""
    nhead, d_model = 8, 8 * int(rng.integers(9, 30))
    larger = d_model + int(rng.integers(1, 50))
    too_large = reason(learner, {"d_model": d_model, "nhead": nhead, "time_embed_dim": larger})
    require(bool(too_large), "too-large-accepted", d_model=d_model, time_embed_dim=larger)
    equal = reason(learner, {"d_model": d_model, "nhead": nhead, "time_embed_dim": d_model})
    require(bool(equal), "equal-accepted", number=d_model)
    uneven = reason(learner, {"d_model": d_model + 3, "nhead": nhead, "time_embed_dim": 16})
    require(bool(uneven), "heads-forgotten", d_model=d_model + 3, nhead=nhead)
    without = reason(learner, {"d_model": d_model + 4, "nhead": nhead})
    fields = {
        "d_model": d_model + 4,
        "other": "nhead",
        "number": nhead,
        "missing": "time_embed_dim",
    }
    require(bool(without), "rule-skipped", **fields)
    no_heads = reason(learner, {"d_model": d_model, "time_embed_dim": larger})
    fields = {"d_model": d_model, "other": "time_embed_dim", "number": larger, "missing": "nhead"}
    require(bool(no_heads), "rule-skipped", **fields)
    both = reason(learner, {"d_model": d_model + 1, "nhead": nhead, "time_embed_dim": larger + 1})
    fields = {"d_model": d_model + 1, "nhead": nhead, "time_embed_dim": larger + 1}
    require(bool(both), "both-rules-broken", **fields)
    check_numbers(too_large, d_model, larger)
    check_numbers(uneven, d_model + 3, nhead)
    check_numbers(without, d_model + 4, nhead)
    check_numbers(no_heads, d_model, larger)


def reason(learner: Subject, config: dict[str, int]) -> str:
    """What `infeasible` says against a configuration; empty if nothing."""
    return verdict(learner.ask(common_probes.call, "infeasible", config), config) or ""


def check_numbers(got: str, *numbers: int) -> None:
    """A reason names the numbers that do not fit."""
    first, second = numbers
    named = {str(first), str(second)} <= set(re.findall(r"\d+", got))
    require(named, "numbers-not-named", got=got, first=first, second=second)

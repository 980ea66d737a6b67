"""Sweeps without a server: the same dictionary on Optuna, real runs of W&B offline, and a kill."""

from __future__ import annotations

import inspect
import json
import math
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import optuna
import pytest
import wandb
from children import run_in_child
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from solutions import ex09_experiment_tracking as ex09

pytestmark = pytest.mark.slow

KEYLESS = {"WANDB_API_KEY": None, "WANDB_MODE": None, "NETRC": os.devnull}
LEAN = {"WANDB_X_SAVE_REQUIREMENTS": "false", "WANDB_X_DISABLE_STATS": "true"}
SWEEP: dict[str, Any] = {
    "method": "bayes",
    "metric": {"name": "score", "goal": "maximize"},
    "parameters": {
        "width": {"values": [4, 8, 12]},
        "rate": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-2},
        "dropout": {"distribution": "uniform", "min": 0.1, "max": 0.5},
        "layers": {"distribution": "int_uniform", "min": 1, "max": 6},
    },
    "early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 2},
}
ADVANCED: dict[str, Any] = {  # the space that is published for Exercise 10
    "architecture": {"values": ["transformer", "lstm", "cnn_lstm", "resnet_transformer"]},
    "d_model": {"distribution": "int_uniform", "min": 64, "max": 512},
    "nhead": {"values": [2, 4, 8, 16]},
    "num_layers": {"distribution": "int_uniform", "min": 2, "max": 12},
    "time_encoding": {"values": ["time2vec", "sinusoidal", "learned"]},
    "time_embed_dim": {"distribution": "int_uniform", "min": 16, "max": 128},
    "weight_decay": {"distribution": "log_uniform_values", "min": 1e-6, "max": 1e-2},
    "dropout": {"distribution": "uniform", "min": 0.05, "max": 0.4},
    "mc_dropout": {"values": [True, False]},
}


@pytest.fixture(autouse=True)
def without_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYLESS.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)


def score(config: Mapping[str, Any], epoch: int) -> float:
    """How good a training would be: a smooth function with a best place, growing with time."""
    height = -abs(math.log10(config["rate"]) + 3) - config["dropout"] + 0.01 * config["width"]
    return height + 0.1 * epoch - 0.02 * config["layers"]


def rehearse(config: Mapping[str, Any], should_stop: Any = None) -> dict[str, float]:
    """A training that opens no run."""
    for epoch in range(6):
        value = score(config, epoch)
        if should_stop(epoch, value):
            break
    return {"score": value, "epochs": epoch + 1}


def too_wide(config: Mapping[str, Any]) -> str | None:
    wide = config["width"] == 12 and config["layers"] > 3
    return f"width 12 with {config['layers']} layers" if wide else None


def sweep(folder: Path, count: int, train: Any = rehearse, **changes: Any) -> Any:
    return ex09.run_sweep(SWEEP | changes, train, count, storage=folder, refuse=too_wide, seed=3)


# A sweep of twelve trials with real runs is killed and goes on


def records_of(folder: Path) -> list[dict[str, Any]]:
    (file,) = folder.glob("*.wandb")
    command = [wandb.util.get_core_path(), "leet", "inspect", "--no-observability", "--json"]
    command += ["--run-file", str(file), str(folder.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_killed_sweep_goes_on(tmp_path: Path) -> None:
    """Twelve trials, each a real run offline; in the sixth the program is killed."""
    wandb.teardown()  # a child must not talk to the service that other tests' runs have started
    log = tmp_path / "trained.jsonl"

    def train(config: Mapping[str, Any], should_stop: Any = None) -> dict[str, float]:
        with log.open("a") as lines:
            lines.write(json.dumps(config) + "\n")
        with ex09.WandBExperimentTracker("a-test") as tracker:
            tracker.start_experiment(config)
            for epoch in range(4):
                value = score(config, epoch)
                tracker.log_metrics({"score": value}, step=epoch)
                if epoch == 1 and len(log.read_text().splitlines()) == 6:
                    os.kill(os.getpid(), signal.SIGKILL)
                if should_stop(epoch, value):
                    break
        return {"score": value}

    assert run_in_child(lambda: sweep(tmp_path, 12, train), **LEAN) == -signal.SIGKILL
    assert len(log.read_text().splitlines()) == 6
    assert run_in_child(lambda: sweep(tmp_path, 12, train), **LEAN) == 0

    study = optuna.load_study(study_name="astro-sweep", storage=f"sqlite:///{tmp_path}/sweep.db")
    table = ex09.sweep_table(study)
    states = Counter(table["state"])
    assert states["finished"] + states["stopped early"] == 12
    assert states["interrupted"] == 1
    assert states["stopped early"] > 0

    trained = [json.loads(line) for line in log.read_text().splitlines()]
    assert trained[5] == trained[6], "the trial that was interrupted comes first"
    times = Counter(json.dumps(config, sort_keys=True) for config in trained)
    assert sorted(times.values()) == [*[1] * 11, 2], "nothing that had finished is repeated"

    done = table[table["state"].isin(["finished", "stopped early"])]
    folders = {path.name.rsplit("-", 1)[1]: path for path in tmp_path.glob("wandb/offline-run-*")}
    assert set(folders) == set(table["run_id"].dropna())
    for trial in done.itertuples():
        records = records_of(folders[trial.run_id])
        (run,) = (record["run"] for record in records if record["type"] == "run")
        assert run["run_group"] == "astro-sweep"
        assert run["config"]["update"]["rate"] == pytest.approx(trial.rate)
        rows = [r["history"]["item"]["score"] for r in records if r["type"] == "history"]
        assert rows[-1] == pytest.approx(trial.score)
        assert [r["exit"].get("exit_code", 0) for r in records if r["type"] == "exit"] == [0]


# The same without runs


def parameters(table: Any) -> list[tuple]:
    kept = table[table["state"] != "interrupted"]
    return list(kept[list(SWEEP["parameters"])].itertuples(index=False, name=None))


@pytest.mark.parametrize("method", ["random", "bayes"])
def test_an_interruption_changes_nothing(tmp_path: Path, method: str) -> None:
    """The trials are those of a sweep that ran without a break."""
    whole = sweep(tmp_path / "whole", 9, method=method)
    sweep(tmp_path / "parts", 3, method=method)

    def interrupted(config: Mapping[str, Any], should_stop: Any) -> dict[str, float]:
        should_stop(0, score(config, 0))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(tmp_path / "parts", 9, interrupted, method=method)
    parts = sweep(tmp_path / "parts", 9, method=method)
    assert Counter(parts["state"])["interrupted"] == 1
    assert parameters(parts) == parameters(whole)


def test_a_finished_sweep_trains_nothing(tmp_path: Path) -> None:
    first = sweep(tmp_path, 5)
    again = sweep(tmp_path, 5, lambda **_: pytest.fail("trained again"))
    assert again.equals(first)


def test_a_study_of_another_description_is_refused(tmp_path: Path) -> None:
    sweep(tmp_path, 1)
    with pytest.raises(ValueError, match="another description"):
        sweep(tmp_path, 2, method="random")


def test_refused_configurations_are_noted_and_not_trained(tmp_path: Path) -> None:
    seen = []

    def train(config: Mapping[str, Any], should_stop: Any) -> dict[str, float]:
        seen.append(config)
        return rehearse(config, should_stop)

    table = sweep(tmp_path, 15, train, method="random")
    refused = table[table["state"] == "refused"]
    assert len(refused) > 0
    assert all(reason.startswith("width 12 with") for reason in refused["reason"])
    assert len(seen) == 15
    assert not any(too_wide(config) for config in seen)


def test_a_space_without_anything_feasible_comes_to_an_end(tmp_path: Path) -> None:
    grid = {"method": "grid", "parameters": {"width": {"values": [1, 2]}}, "early_terminate": None}
    table = ex09.run_sweep(
        SWEEP | grid, rehearse, 9, storage=tmp_path, refuse=lambda config: "never"
    )
    assert list(table["state"]) == ["refused", "refused"]


def test_a_training_that_fails_is_noted_and_raised(tmp_path: Path) -> None:
    def broken(config: Mapping[str, Any], should_stop: Any) -> dict[str, float]:
        raise MemoryError("the network is too large")

    with pytest.raises(MemoryError):
        sweep(tmp_path, 3, broken)
    table = sweep(tmp_path, 3)
    assert table["reason"].dropna().tolist()[0] == "MemoryError: the network is too large"
    assert (table["state"] == "failed").sum() == 1
    assert table["score"].notna().sum() == 3


def test_a_metric_that_no_training_gives_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="looks for 'f1'"):
        sweep(tmp_path, 3, metric={"name": "f1", "goal": "maximize"})


# The translation


def test_grid_is_every_combination_once(tmp_path: Path) -> None:
    choices = {
        "width": {"values": [4, 12]},
        "layers": {"distribution": "int_uniform", "min": 2, "max": 4},
        "rate": {"value": 1e-3},
        "dropout": {"values": [0.1]},
    }
    table = sweep(tmp_path, 99, method="grid", parameters=choices, early_terminate=None)
    points = list(zip(table["width"], table["layers"], table["state"], strict=True))
    assert points == [
        (4, 2, "finished"),
        (4, 3, "finished"),
        (4, 4, "finished"),
        (12, 2, "finished"),
        (12, 3, "finished"),
        (12, 4, "refused"),
    ]


def test_grid_refuses_what_is_continuous() -> None:
    with pytest.raises(ValueError, match="rate"):
        ex09.grid_of(SWEEP)


def test_every_published_distribution_has_its_counterpart() -> None:
    """Both published spaces; the ranges are not changed on the way."""
    spaces = {**ADVANCED, **ex09.create_sweep_config()["parameters"]}
    for name, spec in (*ADVANCED.items(), *spaces.items()):
        found = ex09.to_distribution(name, spec)
        if "values" in spec:
            assert found == CategoricalDistribution(spec["values"])
        elif spec["distribution"] == "int_uniform":
            assert found == IntDistribution(spec["min"], spec["max"])
        else:
            log = spec["distribution"] == "log_uniform_values"
            assert found == FloatDistribution(spec["min"], spec["max"], log=log)


def test_a_learning_rate_is_even_in_its_logarithm() -> None:
    rate = {"rate": ex09.to_distribution("rate", SWEEP["parameters"]["rate"])}
    samplers = [ex09.sampler_of("random", seed) for seed in range(90)]
    rates = [optuna.create_study(sampler=each).ask(rate).params["rate"] for each in samplers]
    counts, _ = np.histogram(np.log10(rates), [-5, -4, -3, -2])
    assert counts.sum() == 90
    assert counts.min() > 15


def test_what_the_server_would_infer() -> None:
    assert ex09.to_distribution("x", {"min": 1, "max": 5}) == IntDistribution(1, 5)
    assert ex09.to_distribution("x", {"min": 1.0, "max": 5.0}) == FloatDistribution(1.0, 5.0)
    assert ex09.to_distribution("x", {"value": None}) == CategoricalDistribution([None])


@pytest.mark.parametrize(
    "spec",
    [
        {"distribution": "normal", "min": 0, "max": 1},
        {"values": [1, 2], "probabilities": [0.9, 0.1]},
        {"distribution": "q_uniform", "min": 0, "max": 1, "q": 0.1},
        {"distribution": "uniform", "min": 0},
    ],
)
def test_what_has_no_counterpart_is_refused(spec: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="parameter x"):
        ex09.to_distribution("x", spec)


def test_unknown_methods_and_rules_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="annealing"):
        sweep(tmp_path, 1, method="annealing")
    with pytest.raises(ValueError, match="median"):
        ex09.pruner_of({"early_terminate": {"type": "median"}})


# Early termination: the brackets that W&B's documentation gives


@pytest.mark.parametrize(
    ("rule", "brackets"),
    [
        ({"min_iter": 3}, [3, 9, 27]),
        ({"min_iter": 2, "eta": 2}, [2, 4, 8, 16]),
        ({"max_iter": 27, "s": 2}, [3, 9, 27]),
    ],
)
def test_brackets_of_hyperband(rule: dict[str, Any], brackets: list[int]) -> None:
    """A worse run is stopped at the first bracket that it reaches; a better one never."""
    pruner = ex09.pruner_of({"early_terminate": {"type": "hyperband", **rule}})
    study = optuna.create_study(direction="maximize", pruner=pruner)

    def stopped_at(value: float, better_until: int = 0) -> int | None:
        trial = study.ask()
        for step in range(1, 30):
            trial.report(9.0 if step <= better_until else value, step)
            if trial.should_prune():
                study.tell(trial, state=TrialState.PRUNED)
                return step
        study.tell(trial, value)
        return None

    assert stopped_at(1.0) is None, "the first one has nobody to compare with"
    assert stopped_at(0.5) == brackets[0]
    assert stopped_at(2.0) is None
    assert stopped_at(0.5, better_until=brackets[0]) == brackets[1]


def test_early_termination_ends_a_run(tmp_path: Path) -> None:
    table = sweep(tmp_path, 12)
    stopped = table[table["state"] == "stopped early"]
    assert set(stopped["epochs"]) <= {2, 4}
    assert len(stopped) > 2
    assert (table[table["state"] == "finished"]["epochs"] == 6).all()


# With a server, and the plot


def test_with_a_key_the_sweep_is_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls are those that the real functions take; the dictionary goes there unchanged."""
    calls: list[tuple[str, dict[str, Any]]] = []
    real = {name: inspect.signature(getattr(wandb, name)) for name in ("sweep", "agent", "Api")}

    def recorder(name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            calls.append((name, dict(real[name].bind(*args, **kwargs).arguments)))
            return "abc123" if name == "sweep" else Api()

        return call

    class Run:
        id, state = "r1", "finished"
        config, summary = {"width": 4}, {"score": 0.5}

    class Api:
        def sweep(self, path: str) -> Any:
            assert path == "a-sweep/abc123"
            return type("Sweep", (), {"runs": [Run()]})

    monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
    for name in real:
        monkeypatch.setattr(wandb, name, recorder(name))
    config = ex09.create_sweep_config()
    trained = []
    table = ex09.run_sweep(config, lambda: trained.append(1), 7, name="a-sweep")
    assert [name for name, _ in calls] == ["sweep", "agent", "Api"]
    assert calls[0][1] == {"sweep": config, "project": "a-sweep"}
    agent = calls[1][1]
    assert (agent["sweep_id"], agent["count"], agent["project"]) == ("abc123", 7, "a-sweep")
    agent["function"]()
    assert trained == [1], "the agent calls the training without arguments"
    assert table[["state", "width", "score", "run_id"]].to_numpy().tolist() == [
        ["finished", 4, 0.5, "r1"]
    ]


def test_plot_has_a_line_for_each_trial_with_a_result(tmp_path: Path) -> None:
    table = sweep(tmp_path, 8)
    fixed = {"parameters": {**SWEEP["parameters"], "num_epochs": {"value": 6}}}  # has no axis
    figure = ex09.plot_sweep(table.assign(num_epochs=6), SWEEP | fixed)
    (ax,) = figure.axes
    lines = [line for line in ax.lines if len(line.get_ydata()) == 5]
    assert len(lines) == 8
    heights = np.array([line.get_ydata() for line in lines])
    assert heights.min() >= -1e-9
    assert heights.max() <= 1 + 1e-9
    assert heights[-1, -1] == pytest.approx(1), "the best one is drawn last, and at the top"
    dashed = sum(line.get_linestyle() == "--" for line in lines)
    assert dashed == (table["state"] == "stopped early").sum()
    plt.close(figure)

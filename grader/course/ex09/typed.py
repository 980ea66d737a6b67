"""Stand-ins as a learner would type them, for the lines of Exercise 9."""

from __future__ import annotations

OLDER = """\
for name in ('other.txt', 'model.safetensors', 'checkpoint.json'):
    (folder / name).write_text('an older one')
"""
SAVED = """\
from grader.course.ex09.stand_ins import {imports}  # a small network, with these weights

folder = {path}
{older}model = network({weights}{strided})
{prepared}config = {config}
returned = save_checkpoint({folder}, model, config, {epoch}, {metrics})
returned"""
LOADED = """\
from grader.course.ex09.stand_ins import network, write_checkpoint  # ours, with such weights

stored = network({weights})
folder = write_checkpoint(tempfile.mkdtemp(), stored, {notes})
{removed}model = network({into}{misfit})
"""
STARTED = """\
from grader.course.ex09.stand_ins import Watch  # takes notes in place of W&B

watch, tracker = Watch(globals()), WandBExperimentTracker({project})
config = {config}
watch.opened(tracker.start_experiment, config{name}{key})"""
TRACKED = """\
from grader.course.ex09.stand_ins import {imports}  # a tracker whose run only takes notes

"""
BLOCK = """\
with tracked(globals()) as (tracker, run):
    with tracker as entered:
        pass

dict(entered=entered is tracker, exit_codes=run.finished, run_is_reset=tracker.run is None)"""
FAILING_BLOCK = """\
came_through = False
with tracked(globals()) as (tracker, run):
    try:
        with tracker:
            raise {error}
    except {error}:
        came_through = True

dict(came_through=came_through, exit_codes=run.finished, run_is_reset=tracker.run is None)"""
FINISHED = """\
with tracked(globals()) as (tracker, run):
    tracker.finish_experiment({exit_code})

dict(exit_codes=run.finished, run_is_reset=tracker.run is None)"""
FINISHED_INSIDE = """\
with tracked(globals()) as (tracker, run), tracker:
    tracker.finish_experiment()
    raise Trouble

'nothing was raised'"""
LOGGED = """\
with tracked(globals()) as (tracker, run):
{calls}
run.history"""
ARTIFACTS = """\
from grader.course.ex09.stand_ins import network, tracked  # its run only takes notes

models = [
{models}]
config = {config}
with tracked(globals(), config) as (tracker, run):
    run.id = {run_id}
    returned = [
{calls}    ]

run.versions"""
PICTURED = """\
keys = 'mjd', 'flux', 'flux_err', 'band'
data = [
{rows}]
lightcurves = [TransientLightCurve([dict(zip(keys, row)) for row in rows], 'a') for rows in data]
probabilities = {probabilities}
labels = {labels}
with tracked(globals()) as (tracker, run):
    run.log({{'loss': 1.0}}, step=3)
    tracker.log_light_curve_predictions(lightcurves, probabilities, labels{n})

logged(run, 'light_curve_predictions')"""
TRAINED = """\
from grader.course.ex09.stand_ins import rehearse  # help(rehearse) says what it does

logits = [  # of the network, for every object: before the first epoch, and after each
{logits}]
labels = {labels}
{config}{chosen}rehearse(train_with_wandb, logits, labels{given}{script})"""
SCRIPTED = """\
from grader.course.ex09.stand_ins import metric_of  # a metric with a script, see help(metric_of)

"""
RESAMPLED = """\
from grader.course.ex09.stand_ins import resampled  # help(resampled) says what it does

resampled(ModelRegistry, {n}, seed={seed})"""
REGISTRY = """\
from grader.course.ex09.stand_ins import TriedRegistry  # help(TriedRegistry) says what it does

labels = {labels}
registry = TriedRegistry(ModelRegistry)
steps = [
{steps}]
[step.current for step in steps]"""

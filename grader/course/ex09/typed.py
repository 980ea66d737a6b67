"""Stand-ins as a learner would type them, for the lines of Exercise 9."""

from __future__ import annotations

NETWORK = """\
weight = torch.tensor({weights})
model = nn.Linear({columns}, {rows})
model.weight = nn.Parameter({weight})
model.bias = nn.Parameter(weight.sum(dim=1), requires_grad=False)
"""
TIED = """\
total = weight.sum()
model.twin = model.weight
model.part = nn.Identity()
model.part.register_buffer('mean', total.clone())
model.register_buffer('seen', total.clone())
model.register_buffer('passing', total.clone(), persistent=False)
model.register_buffer('fine', total.double() / 3)
model.register_buffer('count', torch.tensor(2**40 + 1))
"""
OLDER = """\
for name in ('other.txt', 'model.safetensors', 'checkpoint.json'):
    (folder / name).write_text('an older one')
"""
SAVED = """\
config, given = {config}, {config}
model.train({training})
{parts}modes = [module.training for module in model.modules()]
before = copy.deepcopy(model.state_dict())
returned = save_checkpoint({folder}, model, given, {epoch}, {metrics})
same = [torch.equal(value, before[name]) for name, value in model.state_dict().items()]
dict(
    returned='the folder' if returned == folder else str(returned), unchanged=all(same),
    same_mode=[module.training for module in model.modules()] == modes,
    config_kept=given == config{others},
)"""
WRITTEN = """\
folder = Path(tempfile.mkdtemp())
stored = torch.tensor({weights})
save_file({{'weight': stored, 'bias': stored.sum(dim=1)}}, folder / 'model.safetensors')
(folder / 'checkpoint.json').write_text(json.dumps({notes}), encoding='utf-8')
"""
LOADED = """\
model.part = nn.Identity()
model.train({training}).part.train({other})
returned = load_checkpoint({folder}, model)
is_model = isinstance(returned, nn.Module)
dict(
    notes=None if is_model else returned, returned_model=is_model,
    weights=dict(model.state_dict()), training=model.training,
    part_kept=model.part.training is {other},
    taught=[each.requires_grad for each in model.parameters()],
)"""
STARTED = """\
from unittest.mock import Mock, patch

init, login, returned = Mock(), Mock(), []

def opened(tracker, *args, **variables):
    init.reset_mock()
    with patch.dict(os.environ), patch.multiple(wandb, init=init, login=login):
        for name in ('WANDB_API_KEY', 'WANDB_MODE', 'WANDB_BASE_URL'):
            os.environ.pop(name, None)
        os.environ.update({{'NETRC': os.devnull}} | variables)
        returned.append(tracker.start_experiment(*args))
    return [{{'config': {{}}}} | call.kwargs for call in init.call_args_list]

config, project = {config}, {project}
given, tracker = copy.deepcopy(config), WandBExperimentTracker(project)
dict(runs=opened(tracker, given{name}{key}))"""
FINISHED_RUN = """\
class Run:
    def __init__(self):
        self.codes = []

    def finish(self, exit_code=0, quiet=None):
        self.codes.append(int(exit_code or 0))

tracker = WandBExperimentTracker()
tracker.run = run = Run()
"""
BLOCK = """\
entered = came_through = False
try:
    with tracker as as_tracker:
        entered = as_tracker is tracker
{fails}{excepts}
dict(
    entered=entered, came_through=came_through, exit_codes=run.codes,
    run_is_reset=tracker.run is None,
)"""
FINISHED = """\
from unittest.mock import patch

with patch.multiple(wandb, run=run, finish=run.finish):
    tracker.finish_experiment({exit_code})
codes, is_reset = list(run.codes), tracker.run is None
other, following = Run(), Run()
with patch.multiple(wandb, run=other, finish=other.finish):
    tracker.finish_experiment()  # of another run, which is not the tracker's
with patch.multiple(
    wandb, init=lambda *_, **__: following, run=following, finish=following.finish
):
    tracker.start_experiment({{}}, 'another')
    tracker.finish_experiment()
dict(
    exit_codes=codes, run_is_reset=is_reset, others_left=not other.codes,
    next_codes=following.codes,
)"""
FINISHED_INSIDE = """\
class Trouble(Exception):
    pass

with tracker:
    tracker.finish_experiment()
    raise Trouble

'nothing was raised'"""
RUN = """\
class Run:  # keeps rows as W&B does
    def __init__(self, step=0):
        self.id, self.config, self.summary = hex(id(self)), {}, {}
        self.step, self.calls, self.rows = step, [], {str(step): {'loss': 1.0}} if step else {}

    def log(self, data, step=None, commit=None):
        self.calls.append([data, step])
        if step is not None and step < self.step:
            return  # it is dropped
        self.step = self.step if step is None else step
        self.rows.setdefault(str(self.step), {}).update(data)
        self.step += step is None if commit is None else commit

"""
LOGGED = """\
tracker, errors = WandBExperimentTracker(), []
tracker.run = run = Run()
for entry in ({entries}):
{again}    try:
        tracker.log_metrics(*entry)
        errors.append(None)
    except Exception as error:
        errors.append([type(error).__name__, str(error)])

dict(calls=run.calls, rows=run.rows, errors=errors)"""
ANOTHER_RUN = """\
    if not entry:
        tracker.run = Run()
        errors.append(None)
        continue
"""
ARTIFACTS = """\
class Run:
    id, name, config, artifacts = {run_id}, 'misty-dawn-7', {config}, []

    def log_artifact(self, artifact, *_, aliases=None, **__):
        self.artifacts.append([artifact, list(aliases or [])])
        return artifact

tracker = WandBExperimentTracker()
tracker.run = run = Run()

def log(weights, epoch, metrics):
    weight = torch.tensor(weights)
    model = nn.Linear({columns}, {rows})
    model.weight = nn.Parameter(weight)
    model.bias = nn.Parameter(weight.sum(dim=1), requires_grad=False)
    return tracker.log_model_checkpoint(model, epoch, metrics)

checkpoints = [
{checkpoints}]
[log(*each) for each in checkpoints]"""
IN_ROW = """\
dict(
    keys=sorted({{key for data, _ in run.calls for key in data}}), times=len(run.calls),
    step=run.step, in_row={key} in run.rows['3'],
)"""
PICTURED = """\
from unittest.mock import Mock, patch

keys = 'mjd', 'flux', 'flux_err', 'band'
data = [
{rows}]
lightcurves = [
    TransientLightCurve([dict(zip(keys, row)) for row in rows], 'an object') for rows in data
]
probabilities = {probabilities}
tracker, figures = WandBExperimentTracker(), []
tracker.run = run = Mock(step=3)

def log():
    with patch.object(wandb, 'Image', lambda figure, **_: figures.append(figure)):
        tracker.log_light_curve_predictions(lightcurves, probabilities, {labels}{n})

log()"""
SCRIPTED = """\
class Scripted:  # the candidate's predictions, all 1, lose a few times
    def __init__(self, n_lost, first=5, swapped=False):
        self.n_lost, self.first, self.swapped, self.n_asked = n_lost, first, swapped, 0

    def __call__(self, labels, predictions):
        if self.swapped:
            labels, predictions = predictions, labels
        if set(labels.tolist()) != {2}:
            return 2.0
        if set(predictions.tolist()) != {1}:
            return 0.5
        self.n_asked += 1
        return 0.0 if 0 <= self.n_asked - self.first < self.n_lost else 1.0

"""
RESAMPLED = """\
n, drawn = {n}, []

def metric(labels, predictions):
    if max(labels.max(), predictions.max()) < n:
        return 0.0
    drawn.append((labels % n).tolist())  # of the candidate
    return 1.0

registry = ModelRegistry(tempfile.mkdtemp(), {{'m': metric}}, n_bootstrap=5, seed={seed})
before = repr(np.random.get_state(legacy=False))
registry.is_better(np.arange(n), np.arange(n) + n, np.arange(n))
dict(drawn=drawn, by_global=repr(np.random.get_state(legacy=False)) != before)"""
REGISTRY = """\
place = Path(tempfile.mkdtemp())
remove = shutil.rmtree
{opened}
def consider(weight, {better}*classes):
{verdict}    folder = Path(tempfile.mkdtemp())
    save_file({{'weight': torch.tensor([weight])}}, folder / 'model.safetensors')
    (folder / 'checkpoint.json').write_text('{{}}')
    try:
        return registry.consider(folder, *(np.array([*map(int, each)]) for each in classes))
    finally:
        remove(folder, True)
"""
STEP = """
def step(action, *args):
    try:
        told = dict(returned=action(*args))
    except Exception as error:
        told = dict(error=[type(error).__name__])
    file = registry.current and registry.current / 'model.safetensors'
    return told | dict(current=file and load_file(file)['weight'].item())

"""
VERDICT = "    registry.is_better = lambda *_: better\n"
ROLLBACK = """
def rollback():
    return registry.rollback() == registry.current
"""
OPENED = """\
registry = ModelRegistry(place, {'accuracy': lambda a, b: np.mean(a == b)}, 20)
"""
REOPEN = f"""
def reopen():
    global registry
    {OPENED}
reopen()
"""
KEPT = """\
held, usual = {}, step

def kept():
    return all(load_file(file)['weight'].item() == held[file] for file in held)

def step(*args):
    told = usual(*args)
    held.setdefault(registry.current / 'model.safetensors', told['current'])
    return told

"""

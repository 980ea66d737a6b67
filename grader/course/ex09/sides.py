"""Which side of an answer a check of Exercise 9 judges, as source for `showing`."""

from __future__ import annotations

TENSORS = "load_file(folder / 'model.safetensors')"
READ_NOTES = "json.loads((folder / 'checkpoint.json').read_text('utf-8'))"
ENTRIES = "{{}}\nentries = run.artifacts[{}][0].manifest.entries\n"
PICKLED = """\
{}
import zipfile

files = [each for a, _ in run.artifacts for each in a.manifest.entries.values()]
any(zipfile.is_zipfile(each.local_path) for each in files)"""
THERE = """\
def state(entry):
    return dict(format='there' if Path(entry.local_path).exists() else 'gone')

{}
dict(artifacts=[
    dict(files={name: state(entry) for name, entry in a.manifest.entries.items()})
    for a, _ in run.artifacts
])"""
AS_LOGGED = """\
{}
dict(artifacts=[
    dict(
        name=a.name.split(':')[0], type=a.type, aliases=aliases, metadata=a.metadata,
        files=sorted(a.manifest.entries),
    )
    for a, aliases in run.artifacts
])"""
RETURNED = "dict(returned=[each is a for each, (a, _) in zip({}, run.artifacts)])"
MODES = """\
usual, same = tracker.log_model_checkpoint, []

def logged(model, epoch, metrics):
    model.part = nn.Identity()
    model.train(epoch == 0).part.train(epoch != 0)
    usual(model, epoch, metrics)
    same.append([model.training, model.part.training] == [epoch == 0, epoch != 0])

tracker.log_model_checkpoint = logged
{}
dict(training=all(same))"""
UNCHANGED = """\
usual, same = tracker.log_model_checkpoint, []

def logged(model, *args):
    before = copy.deepcopy(model)
    usual(model, *args)
    pairs = zip(before.parameters(), model.parameters())
    same.extend(torch.equal(a, b) and a.requires_grad == b.requires_grad for a, b in pairs)

tracker.log_model_checkpoint = logged
{}
dict(unchanged=all(same))"""
KINDS = (
    "{}\n['a path' if isinstance(a, (str, Path)) else type(a).__name__ for a, _ in run.artifacts]"
)
MATRIX = "run.calls[-1][0]['confusion_matrix']"
TITLES = "{}\n[figure.axes[0].get_title() for figure in figures]"
BARS = "{}\n[VALUE for bar in figures[0].axes[0].containers]"
TIMES_OF_BARS = BARS.replace("VALUE", "list(bar[0].get_xdata())")
MAGNITUDES = BARS.replace("VALUE", "list(bar[0].get_ydata())")
LABELS_OF_BARS = BARS.replace("VALUE", "bar.get_label()")
RGB = BARS.replace("VALUE", "plt.matplotlib.colors.to_rgb(bar[0].get_color())")
ERRORS = """\
{}
[
    [float(np.ptp(segment[:, 1]) / 2) for segment in bar[2][0].get_segments()]
    for bar in figures[0].axes[0].containers
]"""
AXIS_LABELS = "{}\n[[ax.get_xlabel(), ax.get_ylabel()] for ax in figures[0].axes]"
INVERTED = "{}\n[figure.axes[0].yaxis_inverted() for figure in figures]"
KIND_OF_IMAGE = """\
{}
type(run.log.call_args.args[0]['light_curve_predictions'][0]).__name__.lower()"""
OPEN = """\
foreign, before = plt.figure(), plt.get_fignums()
foreign.text(0.5, 0.5, 'of somebody else')
{}
left_open = len(set(plt.get_fignums()) - set(before))
others_open = plt.fignum_exists(foreign.number)
others_same = not foreign.axes and len(foreign.texts) == 1
plt.close('all')
dict(left_open=left_open, others_open=others_open, others_same=others_same)"""
WITH_ROWS = """\
class Run:
    step, keys, in_row = 3, [], False

    def log(self, data, step=None, commit=None):
        self.keys += data
        self.step = max(self.step, step or 0)
        self.in_row |= self.step == 3
        self.step += step is None if commit is None else commit

tracker.run = run = Run()
{}
keys = sorted(set(run.keys))
dict(logged=dict(keys=keys, times=len(run.keys), step=run.step, in_row=run.in_row))"""
N_FILES = """\
usual = step

def step(*args):
    return usual(*args) | dict(n_files=sum(1 for _ in place.rglob('*')))

{}"""
NAMES = """\
usual = step

def step(*args):
    return usual(*args) | dict(name=Path(registry.current or '').name)

{}"""
OFFERED = """\
usual, offered = step, []

def remove(folder, _):
    n = len(list(folder.glob('*')))
    offered[:] = ['kept' if n == 2 else 'gone' if n < 2 else 'changed']
    shutil.rmtree(folder, ignore_errors=True)

def step(*args):
    offered[:] = ['kept']
    return usual(*args) | dict(offered=offered[0])

{}"""
CHART = "run.calls[-1][0]['a chart']"
SECOND = """\
{}
variables = {'WANDB_API_KEY': 'a' * 40, 'WANDB_MODE': 'offline'}
dict(second=next(iter(opened(tracker, given, 'second', **variables)), None))"""
OTHERS = """\
{}
keys = Path(tempfile.mkdtemp(), 'netrc')
keys.write_text('machine api.wandb.ai login user password ' + 'a' * 40)
other = WandBExperimentTracker(project)
dict(others=next(iter(opened(other, given, 'of another tracker', NETRC=str(keys))), None))"""
OUTSIDE = """\
def step(action, *args):
    try:
        action(*args)
    except Exception as error:
        print(error)
    folder = registry.current
    is_inside = folder and place in Path(folder).parents
    where = 'in the registry' if is_inside else 'outside of the registry'
    return dict(current=folder and where)

{}"""

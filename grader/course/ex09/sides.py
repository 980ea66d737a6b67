"""Which side of an answer a check of Exercise 9 judges, as source for `showing`."""

from __future__ import annotations

TENSORS = "load_file(folder / 'model.safetensors')"
READ_NOTES = "json.loads((folder / 'checkpoint.json').read_text('utf-8'))"
LOGINS = "{}\ndict(logins=watch.logins)"
KEPT_RUN = "{}\ndict(kept=tracker.run is watch.run)"
RETURNED_TRACKER = "{}\nwatch.returned is tracker"
SECOND = """\
{}
offline = {'WANDB_API_KEY': 'a' * 40, 'WANDB_MODE': 'offline'}
dict(second=watch.opened(tracker.start_experiment, config, 'second', **offline))"""
OTHERS = """\
{}
keys = Path(tempfile.mkdtemp(), 'netrc')
keys.write_text('machine api.wandb.ai login user password ' + 'a' * 40)
other = WandBExperimentTracker(tracker.project_name)
dict(others=watch.opened(other.start_experiment, config, 'of another tracker', NETRC=str(keys)))"""
OTHERS_LEFT = """\
with tracked(globals()) as (tracker, other):
    tracker.run = None  # so that this run is not the tracker's
    tracker.finish_experiment()

dict(others_left=not other.finished)"""
NEXT_CODES = """\
with tracked(globals()):
    tracker.start_experiment(dict(), 'another')
    following = wandb.run
    tracker.finish_experiment()

dict(next_codes=following.finished)"""
NAMES_OF_VERSIONS = "[dict(name=each.name) for each in {}]"
KINDS = "[dict(kind=each.kind) for each in {}]"
TYPES = "[dict(type=each.type) for each in {}]"
FILES = "[dict(files=each.files) for each in {}]"
DESCRIBED = "[dict(metadata=each.metadata, aliases=each.aliases) for each in {}]"
RETURNED = """\
logged = [each['artifact'] for each in run.artifacts]
dict(returned=[any(each is one for one in logged) for each in returned])"""
MODES = """\
model = models[0].train()
model.part = nn.Identity().eval()
with tracked(globals(), config) as (tracker, run):
    tracker.log_model_checkpoint(model, 0, dict())

dict(training=[model.training, model.part.training] == [True, False])"""
BARS = "[bar.VALUE for bar in {}.items[0].picture.panels[0].bars]"
TITLES = "[item.picture.title for item in {}.items]"
TIMES_OF_BARS = BARS.replace("VALUE", "x")
MAGNITUDES = BARS.replace("VALUE", "y")
ERRORS = BARS.replace("VALUE", "error")
LABELS_OF_BARS = BARS.replace("VALUE", "label")
RGB = BARS.replace("VALUE", "colour")
AXIS_LABELS = "[panel.labels for panel in {}.items[0].picture.panels]"
INVERTED = "[item.picture.panels[0].inverted for item in {}.items]"
KIND_OF_IMAGE = "[item.kind for item in {}.items]"
OPEN = """\
other, before = plt.figure(), plt.get_fignums()
other.text(0.5, 0.5, 'of somebody else')
with tracked(globals()) as (tracker, run):
    tracker.log_light_curve_predictions(lightcurves, probabilities, labels)
    left_open = len(set(plt.get_fignums()) - set(before))
    others_open = plt.fignum_exists(other.number)

others_same = not other.axes and len(other.texts) == 1
plt.close(other)
dict(left_open=left_open, others_open=others_open, others_same=others_same)"""
AFTER_ANOTHER = """\
turned = {name: [4 - n for n in numbers] for name, numbers in labels.items()}
rehearse(train_with_wandb, logits, turned, config, given_data=False)
{}.rows"""
N_FILES = "[step.n_files for step in steps]"
NAMES = "[step.name for step in steps]"
OFFERED = "[step.offered for step in steps]"
RETURNED_STEPS = "[step.returned for step in steps]"
STEP_ERRORS = "[step.error and step.error.kinds[0] for step in steps]"

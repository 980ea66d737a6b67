"""Stand-ins as a learner would type them, for the lines of Exercise 4."""

from __future__ import annotations

LOG = """\
logger, log, events = logging.Logger('astronomy_pipeline', logging.INFO), [], []

def keep(record):
    try:
        text = record.getMessage()
    except TypeError:
        text = record.msg  # its arguments do not fit
    log.append([record.levelname, text])

logger.handle = keep
"""
FLAGGED = LOG.replace("text])", "text, pipeline.in_session])")
TROUBLE = "\nclass Trouble(Exception):\n    pass\n"
PIPELINE = """
class Pipeline(AstronomyPipeline):
    def _setup_logging(self):
        return logger
"""
ANNOUNCED = """
    def _announce(self, event, **data):
        events.append([event, data, self.in_session])
"""
UNTOUCHED = """\
logging.disable(logging.NOTSET)
logger, root = logging.getLogger('astronomy_pipeline'), logging.getLogger()
for each, level in ((logger, logging.NOTSET), (root, logging.WARNING)):
    each.handlers.clear()
    each.setLevel(level)

"""
FAILURES = {
    "Ctrl-C": "KeyboardInterrupt()",
    "exit": "SystemExit()",
    "OSError": "OSError(28, 'no space left')",
    "RuntimeError": "RuntimeError('the mount is stuck')",
}
SURVEY = """\
class Survey:  # processor and classifier
    def process_lightcurve(self, raw_data):
{raising}        return raw_data.get('label', '')

    def predict(self, lightcurve):
        return lightcurve
"""
GUARD = """\
        if raw_data is None:
            raise Trouble('this is no record')
"""
WITHOUT_OTHERS = """\
class Pipeline(AstronomyPipeline):
    sessions = 0

    def _setup_logging(self):
        return logging.Logger('log', logging.INFO)

    @contextmanager
    def batch_processing_session(self):
        self.sessions += 1
        yield

    def process_and_classify(self, raw_data):
"""
ALONE = f"""
{WITHOUT_OTHERS}        return self.classifier.predict(self.processor.process_lightcurve(raw_data))

survey = Survey()
pipeline = Pipeline(survey, survey)
"""
ATTEMPT = """
def attempt():
    try:
        return dict(labels=pipeline(records), raised='')
    except KeyboardInterrupt:
        return dict(labels=None, raised='KeyboardInterrupt')

attempt()"""
TIMED = """
class Pipeline(AstronomyPipeline):
    def _setup_logging(self):
        return logging.Logger('log', logging.INFO)

survey = Survey()
pipeline = Pipeline(survey, survey)
"""
CURVES = f"""\
class Survey:  # processor and classifier
    def process_lightcurve(self, raw_data):
        keys = 'mjd', 'flux', 'flux_err', 'band'
        rows = [(59000.25 + i, 50.0 if i < 3 else math.nan, 1.0, 'r') for i in range(4)]
{{fewer}}        data = [dict(zip(keys, row)) for row in rows]
        return TransientLightCurve(data, 'name', raw_data.get('label', ''))

    def predict(self, lightcurve):
        {{predicted}}
{TIMED}"""
FEWER = "        rows = rows[: 0 if 'empty' in raw_data else 4 if raw_data else 2]\n"
FAILING = f"""\
class Trouble(Exception):
    pass

class Survey:  # processor and classifier
    def process_lightcurve(self, raw_data):
        raise raw_data['raises']

    def predict(self, lightcurve):
        return 'a label'
{TIMED}"""
AT_A_LOSS = """\
class Trouble(Exception):
    pass

failure = Trouble('the rules are at a loss')

"""
OUTCOMES = """
def outcomes():
    labels, raised = [], []
    for record in records:
        try:
            labels.append(pipeline.process_and_classify(record))
        except Exception as error:
            raised.append([type(error).__name__, str(error), error is {failure}])
    return {{'labels': labels, 'raised': raised}}

outcomes()"""
SLOW = f"""\
class Trouble(Exception):
    pass

{WITHOUT_OTHERS}        time.sleep(0.1 * raw_data.get('until_done', 0.5))
        if 'raises' in raw_data:
            raise Trouble(raw_data['raises'])
        return raw_data['label']

    def classify_safely(self, raw_data, position=0):
        try:
            return self.process_and_classify(raw_data)
        except Trouble:
            self.logger.error('%s failed', self._name_of(raw_data, position))
            return 'failed'

pipeline = Pipeline(None, None)
"""
OBSERVER = """\
def observer_of(who, returns=False):
    def observer(*args, **named):
        heard.append([who, [*args], named])
        return returns
    return observer

"""
OBSERVERS = {
    "first": "first = observer_of('first')\n",
    "second": "second = observer_of('second', returns=True)\n",
    "method": """\
class Tally:
    def count(self, *args, **named):
        heard.append(['method', [*args], named])

tally = Tally()
""",
    "once": """\
def once(*args, **named):
    heard.append(['once', [*args], named])
    pipeline.remove_observer(once)

""",
    "broken": """\
def broken(*args, **named):
    heard.append(['broken', [*args], named])
    raise Trouble('the mail server does not answer')

""",
    "broken object": """\
class Mailer:
    __hash__ = None

    def __call__(self, *args, **named):
        heard.append(['broken object', [*args], named])
        raise OSError(111, 'the mail server does not answer')

mailer = Mailer()
""",
    "Ctrl-C": """\
def interrupt(*args, **named):
    raise KeyboardInterrupt

""",
}
TYPED = {"method": "tally.count", "broken object": "mailer", "Ctrl-C": "interrupt"}
"""Observers whose source is another one than their name."""
INTERRUPTED = """\
errors = [[]]
try:
    pipeline._announce('session_started')
    errors.append([])
except KeyboardInterrupt:
    errors.append(['KeyboardInterrupt'])

dict(errors=errors, log=log)"""
REMOVED = """
def remove(callback):
    try:
        pipeline.remove_observer(callback)
        errors.append([])
    except Exception as error:
        errors.append(type(error).__name__)

"""

# What a check shows of it, for `showing`

CHANGED = """\
before = dict(vars(light_curve))
{}
after = {name: value for name, value in vars(light_curve).items() if name != 'data'}
[name for name in after if after[name] is not before.get(name)]"""
LOGGED = """\
log = []

def keep(record):
    try:
        text = record.getMessage()
    except TypeError:
        text = record.msg
    log.append([record.levelname, text])

pipeline.logger.handle = keep
{}
dict(log=log)"""
EVENTS = """\
events = []
pipeline._announce = lambda event, **data: events.append([event, data])
{}
dict(events=events)"""
COUNTED = """\
calls = []

def counted(function):
    def call(argument):
        calls.append(1)
        return function(argument)
    return call

"""
INSIDE = """\
opened, flags, usual = [], [], WHO.WHAT

@contextmanager
def session():
    opened.append(1)
    yield
    opened.clear()

def noted(raw_data):
    flags.append(bool(opened))
    return usual(raw_data)

pipeline.batch_processing_session, WHO.WHAT = session, noted
{}
bool(flags) and all(flags)"""
DROPPED = """\
records = [
    logging.makeLogRecord({'levelname': name, 'levelno': number})
    for name, number in (('INFO', 20), ('ERROR', 40))
]
[
    each.levelname for each in records
    if not (logger.filter(each) and logger.handlers[0].filter(each))
]"""
A_LINE = """\
record = logging.makeLogRecord({
    'name': 'astronomy_pipeline', 'levelname': 'ERROR', 'levelno': 40,
    'msg': 'the dome is %s', 'args': ('stuck',), 'created': 1_699_963_200.0, 'msecs': 0.0,
})
logger.handlers[0].format(record)"""
WHOLE_CALLS = f"""\
{COUNTED}pipeline.process_and_classify = counted(pipeline.process_and_classify)
{{}}
dict(n_whole=len(calls))"""
LATE = f"""\
{COUNTED}survey.process_lightcurve = counted(survey.process_lightcurve)
survey.predict = counted(survey.predict)
events = []
pipeline._announce = lambda event, **data: events.append([event, data, len(calls)])
{{}}
dict(events=events)"""
CALLS = """\
class Counting(Survey):
    n_processed = n_predicted = 0

    def process_lightcurve(self, raw_data):
        self.n_processed += 1
        return super().process_lightcurve(raw_data)

    def predict(self, lightcurve):
        self.n_predicted += 1
        return super().predict(lightcurve)

pipeline.processor = pipeline.classifier = survey = Counting()
{}
dict(n_processed=survey.n_processed, n_predicted=survey.n_predicted)"""
VERY_SAME = """\
made, given, process = [], [], survey.process_lightcurve

def making(raw_data):
    made.append(process(raw_data))
    return made[-1]

survey.process_lightcurve, survey.predict = making, given.append
{}
given[0] is made[0] and len(given[0].data) == 4"""
SESSIONS = """\
opened = []

@contextmanager
def session():
    opened.append(1)
    yield

pipeline.batch_processing_session = session
{}
dict(sessions=len(opened))"""
PROCESSED = WHOLE_CALLS.replace("n_whole", "n_processed")
AT_WORK = """\
now, counts, usual = [], [0], pipeline.process_and_classify

def counted(raw_data):
    now.append(1)
    counts.append(len(now))
    try:
        return usual(raw_data)
    finally:
        now.pop()

pipeline.process_and_classify = counted
{}
"""
OVERTAKEN = """\
done, overtaken, usual = [], [], pipeline.process_and_classify

def noted(raw_data):
    label = usual(raw_data)
    if 'until_done' in raw_data:
        overtaken.append(len(done))
    done.append(1)
    return label

pipeline.process_and_classify = noted
{}
dict(overtaken=overtaken[-1])"""
BESIDE = """\
ran, done, usual = [], [], pipeline.process_and_classify

def noted(raw_data):
    done.append(usual(raw_data))
    return done[-1]

pipeline.process_and_classify = noted

async def beside():
    asyncio.get_running_loop().call_soon(lambda: ran.append(len(done)))
    await pipeline.process_async(records, 2)

run_async(beside())
ran == [0]  # it runs before the first record is done"""

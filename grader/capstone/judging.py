"""Judge models, one after the other, all on the same exam."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.answer import Failure
from grader.capstone import submission
from grader.capstone.exam import Exam
from grader.capstone.feedback import feedback
from grader.capstone.scale import Verdict, judged
from grader.capstone.sitting import EXERCISE, Answers, Patience, Sitting
from grader.fork_server import ForkServer, SandboxError, WarmParent, close_quietly
from grader.texts import short


@dataclass(frozen=True)
class Judged:
    """A model, and what came of it.

    Attributes
    ----------
    name, path : str
        What it is called, and where it was handed in.
    answers, verdict : Answers, Verdict, or None
        What it said, and what that is worth; None if it could not be asked.
    feedback : list of str
        What its author is told.
    fault : str
        Why it has no points although it was not asked: it is its author's.
    trouble : str
        Why it was not judged: that is nobody's zero.
    """

    name: str
    path: str
    answers: Answers | None = None
    verdict: Verdict | None = None
    feedback: list[str] = field(default_factory=list)
    fault: str = ""
    trouble: str = ""

    @property
    def points(self) -> float:
        """Its points, of 100."""
        return self.verdict.points if self.verdict else 0.0


def judge_all(
    paths: Sequence[Path],
    exam: Exam,
    patience: Patience,
    done: Callable[[Judged], None],
    hidden: Sequence[Path] = (),
) -> list[Judged]:
    """Judge all models. `done` hears of each as it is finished.

    No model can read what lies in the `hidden` paths. They run one at a time, so that none slows
    another one.
    """
    results: list[Judged] = []
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        hide = (*hidden, *filter(os.path.exists, paths), Path(folder))
        with ForkServer(hidden=hide, ahead=[EXERCISE]) as server:
            for number, path in enumerate(paths):
                results.append(judge_one(path, exam, patience, server, Path(folder, str(number))))
                done(results[-1])
    return results


def judge_one(
    path: Path, exam: Exam, patience: Patience, server: ForkServer, folder: Path
) -> Judged:
    """Judge one model. An archive is unpacked to `folder`, which is made."""
    folder.mkdir()
    name, shown = short(path.name, 60), short(str(path), 300)
    parent = None
    try:
        found = submission.opened(path, folder)
        parent = WarmParent(EXERCISE, address=server.address)
        answers = Sitting(parent, found, patience).answers(exam.curves)
    except submission.NotFound as error:
        return Judged(name, shown, trouble=str(error))
    except submission.Unfit as error:
        return Judged(name, shown, fault=str(error))
    except Failure as failure:
        return Judged(name, shown, fault=f"It could not be loaded: {failure.message}")
    except SandboxError as error:
        return Judged(name, shown, trouble=short(str(error)))
    finally:
        close_quietly(parent)
    verdict = judged(exam, answers)
    told = [*feedback(exam, answers, verdict), *found.notes]
    return Judged(name, shown, answers, verdict, told)

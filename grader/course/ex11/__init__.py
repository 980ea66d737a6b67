"""What judges the final project: probes, checks of what they bring back, feedback."""

from typing import TYPE_CHECKING

from grader.course.probing import by_name

if TYPE_CHECKING:
    from grader.course.ex11 import probes as probes
else:  # the checks name probes; only the learner's process imports them, with torch and all
    probes = by_name(__name__)

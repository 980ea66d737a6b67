"""The capstone: a submitted model, judged on light curves that it has never seen.

It reads best in this order: `exam.py` (what is asked), `sky.py` and `table.py` (where it comes
from), `disguise.py` (why nobody knows it), `submission.py` (what was handed in), `inside.py` (what
runs beside it in the sandbox), `sitting.py` (how it is asked), `scale.py` (what the answers are
worth), `feedback.py` and `report.py` (what is said of them), `judging.py` and `command.py` (all of
it).
"""

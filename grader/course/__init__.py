"""The course: for each exercise, everything that judges it, in a package of its own.

`exNN/probes.py` runs beside a learner's code and brings back plain values, `exNN/checks/` holds the
pytest tests that judge them, one module a part, and `exNN/feedback.toml` what learners are told.
"""

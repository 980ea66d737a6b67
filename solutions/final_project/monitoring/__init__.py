"""Watching the classifier at work: what it answers, what it is given, and how long it takes.

`reference` remembers what it was trained on, `drift` compares a night with that, `monitor` writes
all of it to Weights & Biases, and `dashboard` draws the runs.
"""

"""Mutation testing of the references: what could be wrong in an answer, and no check would tell.

Small changes are made to the reference solutions by machine, and each part's checks judge them as
they judge a learner's answer. A change that they let pass is a survivor: an answer that the
docstring allows, or a hole in the checks. `make mutants` lists them.
"""

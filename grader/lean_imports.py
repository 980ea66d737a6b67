"""Import Jupyter's packages without a grammar that takes a second to build, and that none needs."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Iterator
from typing import cast

GRAMMAR = "rfc3987_syntax"


@contextlib.contextmanager
def without_grammar() -> Iterator[None]:
    """Let what is imported meanwhile do without the grammar of international web addresses.

    `jsonschema`, which nbformat and nbgrader import, builds it at once, to be able to check a
    format "iri". No schema of notebooks has that format. Whoever imports the grammar later gets it.
    """
    if GRAMMAR in sys.modules:
        yield
        return
    sys.modules[GRAMMAR] = cast(types.ModuleType, None)  # so that an import is an ImportError
    try:
        yield
    finally:
        sys.modules.pop(GRAMMAR, None)

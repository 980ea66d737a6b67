"""What the return annotation of a probe may name, besides the exercise's own `replies`.

`Any` stands for a value of the learner's own, which may be anything: only `expect`, `number` and
their kin look into it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct

from grader.wire import Set, Table, Tensor

__all__ = ["Any", "Set", "Struct", "Table", "Tensor", "np"]

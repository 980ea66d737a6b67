"""Where real light curves and broker files lie, if they do. They are not part of the workbook."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.exercise import ROOT

SHARED = Path(os.environ.get("WORKBOOK_SHARED", ROOT.parent / "shared")) / "real"
FORMATS = SHARED / "formats"
TABLE = SHARED / "ztf_real_dev.parquet"
DATA = ROOT / "data"

needs_formats = pytest.mark.skipif(
    not FORMATS.is_dir(), reason=f"no real broker files in {FORMATS} (see WORKBOOK_SHARED)"
)
needs_table = pytest.mark.skipif(
    not TABLE.is_file(), reason=f"no real light curves at {TABLE} (see WORKBOOK_SHARED)"
)

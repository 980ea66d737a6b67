"""The final project's tests need its extra: pip install -e '.[dev,final]'."""

from __future__ import annotations

import importlib.util

# Without the extra, the tests that need it are not collected; `test_extra.py` says so by a skip.
NEEDED = ("fastavro", "astropy", "pyarrow", "lsst", "apprise", "aiosmtpd", "distributed", "ruamel")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
FREE = ("test_light_curve.py", "test_extra.py")


def pytest_ignore_collect(collection_path, config):  # type: ignore[no-untyped-def]
    name = collection_path.name
    return True if MISSING and name.startswith("test_") and name not in FREE else None

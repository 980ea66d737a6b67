"""Whether the packages that only the final project needs are there."""

from __future__ import annotations

import importlib.util

import pytest

NEEDED = ("fastavro", "astropy", "pyarrow", "lsst", "apprise", "aiosmtpd", "distributed", "ruamel")


def test_the_extra_is_installed() -> None:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(
            f"the final project's tests are left out: {', '.join(missing)} missing "
            "(pip install -e '.[dev,final]')"
        )

"""Open a gradebook, or say in a line what is the matter with it and how to mend it.

nbgrader itself is not imported here, nor alembic before it is needed: that takes a second, and most
of what can be wrong shows before.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

PATIENCE = 10  # seconds to wait for somebody who is writing to an SQLite file
OLDER = re.compile(r"no such (?:column|table)|(?:column|relation) .* does not exist", re.I)


class UnusableGradebook(ValueError):
    """The marks cannot be written there; the message says why, and what to do."""


def database(out: Path) -> str:
    """URL of the gradebook that lies in the folder `out`."""
    return f"sqlite:///{(out / 'gradebook.db').resolve()}"


def check(url: str) -> str:
    """See whether marks can be written to the database at `url`, before there are any.

    Returns what will be in the way unless somebody sees to it meanwhile, such as a lock. Raises
    `UnusableGradebook` if it cannot be a gradebook at all.
    """
    path = _file(url)
    if path is not None:
        _check_file(path)
        if not path.exists():
            return ""
    try:
        with opened(url, limits=0.5) as engine:
            check_version(engine, url)
    except Passing as error:
        return str(error)
    return ""


class Passing(UnusableGradebook):
    """Trouble that may be over when the class is graded."""


def _file(url: str) -> Path | None:
    """The file of an SQLite database; None for any other. Raises `UnusableGradebook`."""
    try:
        made = make_url(url)
        made.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise UnusableGradebook(
            f"`{url}` is not the URL of a database. Give --db a URL such as "
            "sqlite:////full/path/gradebook.db or postgresql://user@host/name."
        ) from None
    if made.get_backend_name() != "sqlite":
        return None
    if not made.database or made.database == ":memory:":
        raise UnusableGradebook(
            "A gradebook in memory would be lost. Give --db a file, such as "
            "sqlite:////full/path/gradebook.db."
        )
    return Path(made.database)


def _check_file(path: Path) -> None:
    if not path.parent.is_dir():
        raise UnusableGradebook(
            f"The gradebook cannot be made: there is no folder {path.parent}. Create it, or give "
            "another --db."
        )
    writable = path.parent if not path.exists() else path
    if path.is_dir():
        raise UnusableGradebook(f"{path} is a folder. Give --db the URL of a file.")
    if not os.access(writable, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise UnusableGradebook(
            f"The gradebook {path} cannot be written to. Change the mode of the file and its "
            "folder (`chmod`), or give another --db."
        )


@contextmanager
def opened(url: str, limits: float = PATIENCE) -> Iterator[Engine]:
    """An engine for the database; whatever goes wrong becomes an `UnusableGradebook`."""
    local = _file(url) is not None
    try:
        engine = create_engine(url, connect_args={"timeout": limits} if local else {})
        if local:
            _make_transactions_whole(engine)
        try:
            yield engine
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise _explained(error, url) from None


def _make_transactions_whole(engine: Engine) -> None:
    """Let SQLite make tables within the transaction, too, and take turns with others at its begin.

    Source: "Serializable isolation / Savepoints / Transactional DDL" in SQLAlchemy's manual.
    """

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _explained(error: Exception, url: str) -> UnusableGradebook:
    """What went wrong in a line, and what to do."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    where = shown(url)
    if isinstance(error, ImportError):
        return UnusableGradebook(
            f"The gradebook {where} needs the package `{error.name}`. Install it with pip."
        )
    if "locked" in said:
        return Passing(
            f"The gradebook {where} is in use by another program. Close formgrader or what it is."
        )
    if OLDER.search(said):
        return _older(url)
    if "not a database" in said or "malformed" in said:
        return UnusableGradebook(
            f"{where} is not a gradebook, or is damaged. Move it away, or give another --db."
        )
    if "disk is full" in said or "No space" in said:
        return Passing(f"The disk of the gradebook {where} is full. Make room there.")
    return UnusableGradebook(
        f"The gradebook {where} cannot be used ({said}). See to it, or give another --db."
    )


def shown(url: str) -> str:
    """The file of an SQLite database, or the URL without its password."""
    return str(_file(url) or without_password(url))


def without_password(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _older(url: str) -> Passing:
    tools = Path(sys.executable).parent  # nbgrader looks for alembic on the path
    path = "" if shutil.which("alembic") else f'PATH="{tools}:$PATH" '
    where = without_password(url)
    return Passing(
        f"The gradebook is of an older nbgrader. Bring it up to date with `{path}nbgrader db "
        f"upgrade --db={shlex.quote(where)}`."
    )


def check_version(engine: Engine, url: str) -> None:
    """Raise `UnusableGradebook` unless the database is empty or has the tables that are needed."""
    tables = inspect(engine).get_table_names()
    if not tables:
        return
    if "submitted_assignment" not in tables:
        raise UnusableGradebook(
            f"The database {shown(url)} holds other tables, and none of nbgrader's. Give another "
            "--db."
        )
    known, version = scripts(), None
    if "alembic_version" in tables:
        with engine.connect() as connection:
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if version == known.get_current_head():
        return
    if version is None or version in {script.revision for script in known.walk_revisions()}:
        raise _older(url)
    raise Passing("The gradebook is of a newer nbgrader. Upgrade it: `pip install -U nbgrader`.")


def scripts() -> ScriptDirectory:
    """The versions of the database that the installed nbgrader knows."""
    from alembic.script import ScriptDirectory

    found = importlib.util.find_spec("nbgrader")
    assert found is not None
    assert found.submodule_search_locations
    return ScriptDirectory(str(Path(found.submodule_search_locations[0], "alembic")))

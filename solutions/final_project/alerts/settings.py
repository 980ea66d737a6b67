"""Rules, channels and links in one YAML file; what is wrong in it is told with its line.

    rules:
      - class: TDE
        min_probability: 0.8
        max_unknown: 0.5
    channels:
      mail: mailtos://alerts:${MAIL_PASSWORD}@mail.example.org?to=team@example.org&inline=yes
    messages_per_hour: 20

Secrets stay in the environment: `${NAME}` in a channel is replaced by the variable.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from solutions.final_project.alerts.rules import Rule

LINKS = {
    "ALeRCE": "https://alerce.online/object/{ztf}",
    "Lasair": "https://lasair-ztf.lsst.ac.uk/objects/{ztf}",
    "Fink": "https://ztf.fink-portal.org/{ztf}",
    "TNS": "https://www.wis-tns.org/search?ra={ra}&decl={dec}&radius=3&coords_unit=arcsec",
}


class SettingsError(ValueError):
    """The file cannot be used; the message names the line and says what is wrong."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file holds.

    Attributes:
        rules: in order of importance: the first one that holds announces an object.
        channels: address of each channel by its name, as Apprise writes addresses.
        links: address of a page by its name; `{object_id}`, `{ra}` and `{dec}` are filled in, and
            `{ztf}` with names of ZTF's form; links that need what is not known are left out.
        messages_per_hour: at most so many to each channel; the rest is sent together.
        min_change: by how much a probability has to change for an update.
    """

    rules: Annotated[list[Rule], msgspec.Meta(min_length=1)]
    channels: dict[str, str] = {}
    links: dict[str, str] = msgspec.field(default_factory=LINKS.copy)
    messages_per_hour: Annotated[int, msgspec.Meta(ge=1)] = 20
    min_change: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.1


def read_settings(path: Path) -> Settings:
    """Read the file.

    Raises:
        SettingsError: it is not there or wrong.
    """
    try:
        text = path.read_text("utf-8")
        values = YAML(typ="safe", pure=True).load(text)
        return _with_secrets(msgspec.convert(values, Settings), path, text)
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"cannot read {path}: {error}") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise SettingsError(f"{path}{where}: {error.problem}") from error
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}, {_place(text, str(error))}") from error


def _place(text: str, message: str) -> str:
    """Return a message of msgspec, "... - at `$.rules[0].class`", with the line in its place."""
    said, _, path = message.partition(" - at `$")
    found = re.findall(r"([^.\[\]`]+)|\[(\d+)\]", path.replace("[...]", ""))
    steps: list[str | int] = [int(number) if number else name for name, number in found]
    if unknown := re.search(r"unknown field `(.+)`", said):
        steps.append(unknown[1])
    line, name = _line(YAML().load(text), steps), ".".join(map(str, steps))
    return f"line {line}: {name + ': ' if name else ''}{said}"


def _line(node: Any, steps: list[str | int]) -> int:
    """Return the line, from 1, that a path leads to, as far as it leads."""
    line = 1
    for step in steps:
        try:
            line = (node.lc.item(step) if isinstance(step, int) else node.lc.key(step))[0] + 1
            node = node[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line


def _with_secrets(settings: Settings, path: Path, text: str) -> Settings:
    """Fill variables of the environment into the channels."""
    channels = {name: os.path.expandvars(url) for name, url in settings.channels.items()}
    for name, url in channels.items():
        if missing := re.search(r"\$\{(\w+)\}", url):
            line = _line(YAML().load(text), ["channels", name])
            raise SettingsError(
                f"{path}, line {line}: the environment has no variable {missing[1]}, which the "
                f"channel {name} needs"
            )
    return msgspec.structs.replace(settings, channels=channels)

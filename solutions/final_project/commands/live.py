"""The commands of live sources: `fetch` asks a broker, `consume` reads a stream of alerts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from solutions.final_project.commands import console, fail
from solutions.final_project.commands.alerts import OUTBOX, OutboxFile, system_of

if TYPE_CHECKING:
    from solutions.final_project.live.store import DeadLetter


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("fetch")(fetch)
    app.command("consume")(consume)


def fetch(
    broker: Annotated[str, typer.Argument(help="lasair, antares or alerce.")],
    out: Annotated[Path, typer.Option(help="The Parquet file to write.")],
    days: Annotated[float, typer.Option(help="How far back.", min=0)] = 7,
    limit: Annotated[
        int | None, typer.Option(help="At most so many objects, newest first.")
    ] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder for the answers.")] = None,
    url: Annotated[str | None, typer.Option(help="The broker's API, if not its own.")] = None,
    tries: Annotated[int, typer.Option(help="How often to ask.", min=1)] = 5,
    wait: Annotated[float, typer.Option(help="Before the second try [s]; then doubled.")] = 1.0,
) -> None:
    """Fetch the light curves of what a broker has seen of late, as a table for `evaluate`.

    What fails is named, and asked for again the next time, together with what is new by then.
    """
    from astropy.time import Time
    from tqdm.auto import tqdm

    from solutions.final_project.live.errors import NotConfiguredError
    from solutions.final_project.live.http import Patience
    from solutions.final_project.live.recent import LiveSource
    from solutions.final_project.training_table import photometry, write_table

    try:
        source = LiveSource.of(broker, url, cache, Patience(tries, wait))
    except NotConfiguredError as error:
        raise fail(str(error)) from error
    since = float(Time.now().mjd) - days
    contents = source.recent(since, limit, lambda objects: tqdm(objects, unit="object"))
    for problem in contents.problems:
        console.print(f"[yellow]not had:[/] {escape(problem.reason)}")
    n_objects = write_table(map(photometry, contents.light_curves), out)
    if not n_objects and contents.problems:
        raise fail("no light curve could be had; the next run asks for them again")
    if n_objects:
        console.print(f"wrote {out}: {n_objects} objects, those detected since MJD {since:.2f}")
    else:
        console.print(f"{broker} has detected nothing since MJD {since:.2f}")


def consume(
    topic: Annotated[str, typer.Argument(help="Topic with ZTF's alerts, in Avro.")],
    store: Annotated[Path, typer.Option(help="SQLite database for the results.")],
    servers: Annotated[str, typer.Option(help="Kafka's servers, HOST:PORT, comma-separated.")],
    group: Annotated[str, typer.Option(help="Name under which Kafka keeps how far we are.")],
    config: Annotated[
        Path | None, typer.Option(help="More settings of librdkafka, a line NAME=VALUE each.")
    ] = None,
    batch: Annotated[int, typer.Option(help="At most so many alerts at once.", min=1)] = 100,
    until_end: Annotated[bool, typer.Option("--until-end", help="Stop where there is no more.")] = (
        False
    ),
    model: Annotated[
        str | None, typer.Option(help="Bundle of weights; the shipped one if not.")
    ] = (None),
    rules: Annotated[
        Path | None, typer.Option("--settings", help="Rules and channels, to raise alerts.")
    ] = None,
    outbox: OutboxFile = OUTBOX,
) -> None:
    """Classify the alerts of a stream as they come, each once.

    Stop it when you like, by Ctrl-C or otherwise: it goes on where it was.
    """
    from solutions.final_project.classifier import ProductionTransientClassifier
    from solutions.final_project.live.store import AlertStore
    from solutions.final_project.live.stream import AlertStream, StreamError, storing

    try:
        settings = {"bootstrap.servers": servers, "group.id": group} | _settings(config)
    except (OSError, ValueError) as error:
        raise fail(f"--config: {error}") from error
    classifier = ProductionTransientClassifier(model) if model else ProductionTransientClassifier()
    classify: Callable[..., list[dict[str, Any]]] = classifier.classify_with_uncertainty
    if rules:
        classify = system_of(rules, outbox, classifier=classifier).classify
    with AlertStore(store) as database:
        handle = storing(database, classify)
        stream = AlertStream(topic, handle, database, settings, batch)
        try:
            stream.run(until_end)
        except KeyboardInterrupt:
            console.print("stopped")
        except StreamError as error:
            raise fail(str(error)) from error
        counts = stream.counts
        console.print(
            f"{counts.handled} alerts classified, {counts.repeated} came again, "
            f"{counts.dead} could not be read; all results: {len(database.results())} in {store}"
        )
        _speak_of(database.dead_letters())


def _settings(path: Path | None) -> dict[str, Any]:
    """Return the settings in a file.

    Raises:
        OSError: it cannot be read.
        ValueError: a line is no setting.
    """
    settings = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines() if path else [], start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise ValueError(f"{path}: line {number}: not NAME=VALUE")
        settings[name.strip()] = value.strip()
    return settings


def _speak_of(letters: list[DeadLetter]) -> None:
    for letter in letters[-5:]:
        console.print(f"[yellow]dead letter:[/] {escape(letter.reason)}")
    if len(letters) > 5:
        console.print(f"... and {len(letters) - 5} before; see the table dead_letters")

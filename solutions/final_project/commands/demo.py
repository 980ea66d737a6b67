"""`demo`: alerts and monitoring on this machine, without network."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from solutions.final_project.commands import console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    out: Annotated[Path, typer.Option(help="Folder for mailbox, runs and page.")] = Path(
        "out/demo-alerts"
    ),
) -> None:
    """Replay a season: alerts go to a mailbox in OUT, and the dashboard is drawn there."""
    from solutions.final_project.alerts.local_mail import read_mail
    from solutions.final_project.demo import run

    console.print("Ten nights of the files in data/ and of invented objects, in one season:")
    for night in run(out):
        row = night.row
        line = f"MJD {row['mjd']:.0f}: {row['objects']} objects"
        if row.get("drift/features"):
            line += f", [red]the input has drifted in {row['drift/features']} features[/]"
        console.print(line)
        for alert in night.alerts:
            what = "alert" if alert.number == 1 else "update"
            news = f"{alert.kind} {alert.probability:.2f} {' '.join(alert.changes)}"
            console.print(f"  {what}: {escape(alert.object_id)} {escape(news)}")
    mails = read_mail(out / "mail")
    console.print(f"\nThe mailbox {out}/mail holds {len(mails)} messages. The first one:\n")
    console.print(escape(f"Subject: {mails[0]['Subject']}\n\n{text_of(mails[0])}"))
    for picture in mails[0].iter_attachments():
        (out / "first-alert.png").write_bytes(picture.get_content())
    console.print(f"\nIts picture: {out}/first-alert.png\nThe dashboard: {out}/dashboard.html")


def text_of(mail: EmailMessage) -> str:
    """Return the words of a message."""
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""

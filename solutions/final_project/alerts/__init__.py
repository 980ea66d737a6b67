"""Alerts: from a batch of answers to messages that arrive, each object announced once.

`rules` say what is worth an alert, `settings` reads them from a file, `candidate` is what they
judge. `system` decides, `outbox` keeps, `message` puts into words, `picture` draws, and `sender`
delivers.
"""

from solutions.final_project.alerts.system import TransientAlertSystem

__all__ = ["TransientAlertSystem"]

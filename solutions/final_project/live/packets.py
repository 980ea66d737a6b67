"""Messages of an alert stream as light curves, or as the reason why they are none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.readers import FormatError, Source, ztf_alert


class PoisonError(ValueError):
    """A message that no one can read, now or later; the message says why."""


@dataclass(frozen=True)
class Packet:
    """An alert: what it says of its object, and the number that no other alert has.

    Attributes:
        light_curve: the detection with the history in the packet.
        candid: ZTF's number of the detection.
    """

    light_curve: LightCurve
    candid: int

    @property
    def key(self) -> tuple[str, int]:
        """What tells the alert from every other."""
        return self.light_curve.object_id, self.candid


def decode(value: bytes | None, where: str) -> Packet:
    """Return the alert in a message.

    Args:
        value: the message, Avro with its schema in front, as ZTF and the brokers send it.
        where: the message's place in the stream, for errors.

    Raises:
        PoisonError: it is no such alert.
    """
    if not value:
        raise PoisonError(f"{where}: the message is empty")
    source = Source(Path(where), value)
    try:
        if not ztf_alert.recognises(source):
            raise PoisonError(f"{where}: not a {ztf_alert.FORMAT}; it begins with {value[:20]!r}")
        curves = list(ztf_alert.read(source))
    except PoisonError:
        raise
    except FormatError as error:
        raise PoisonError(str(error)) from error
    except Exception as error:  # whatever is in a message, the next one must have its turn
        raise PoisonError(f"{where}: not as {ztf_alert.FORMAT} should be: {error!r}") from error
    if len(curves) != 1:
        raise PoisonError(f"{where}: {len(curves)} alerts in one message")
    return _packet(curves[0], where)


def _packet(curve: LightCurve | FormatError, where: str) -> Packet:
    if isinstance(curve, FormatError):
        raise PoisonError(str(curve)) from curve
    candid = curve.metadata.get("candid")
    if not isinstance(candid, int):
        raise PoisonError(f"{where}: candid is {candid!r}, so the alert has no number of its own")
    return Packet(curve, candid)

"""A stream of alerts from Kafka: every alert is handled, and an alert that comes twice only once.

For each batch, in this order: the alerts are handled, which ends with their results on disk; they
are marked in the store; Kafka is told how far we are. A process that dies between two of these
steps gets the batch again (at-least-once delivery). The store then knows what was marked, and
results that were stored but not yet marked meet their own key, (object_id, candid).

One process reads all partitions of a topic, and needs no group of consumers that has to notice a
death before it lets a successor in. It goes on where the group's committed offsets are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import (
    OFFSET_STORED,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.live.packets import Packet, PoisonError, decode
from solutions.final_project.live.store import AlertStore, DeadLetter

Handler = Callable[[list[LightCurve]], None]  # returns only when its results are stored

log = logging.getLogger(__name__)


class StreamError(RuntimeError):
    """The stream cannot be read; the message says what to look at."""


@dataclass
class Batch:
    """Messages that were read together.

    Attributes:
        packets: the alerts.
        dead_letters: the messages that are none.
        offsets: the next offset of each partition.
        ended: partitions of which this was the last message there is.
    """

    packets: list[Packet] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    offsets: dict[int, int] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)

    def add(self, message: Message) -> None:
        """Sort a message in.

        Raises:
            StreamError: Kafka reports an error after which it does not go on by itself.
        """
        topic, part, place = message.topic(), message.partition(), message.offset()
        if error := message.error():
            self._note(error, part)
            return
        assert topic is not None  # only errors may come from nowhere
        assert part is not None
        assert place is not None
        try:
            self.packets.append(decode(message.value(), f"{topic}[{part}]@{place}"))
        except PoisonError as poison:
            log.warning("not readable, kept as a dead letter: %s", poison)
            self.dead_letters.append(DeadLetter(topic, part, place, str(poison), message.value()))
        self.offsets[part] = place + 1

    def _note(self, error: KafkaError, part: int | None) -> None:
        if error.code() == KafkaError._PARTITION_EOF and part is not None:
            self.ended.add(part)
        elif error.fatal():
            raise StreamError(f"Kafka stops: {error.str()}")
        else:  # such as a server that is restarting; librdkafka connects again
            log.warning("Kafka: %s", error.str())


@dataclass
class Counts:
    """What was read: alerts handled, alerts that had been handled before, dead letters."""

    handled: int = 0
    repeated: int = 0
    dead: int = 0


class AlertStream:
    """Reads alerts of a topic, hands them on in batches, and keeps account of them."""

    def __init__(
        self,
        topic: str,
        handle: Handler,
        store: AlertStore,
        config: Mapping[str, Any],
        batch_size: int = 100,
        longest_wait: float = 1.0,
    ) -> None:
        """Set up; nothing is read yet.

        Args:
            topic: of Kafka.
            handle: is given the light curves of each batch, and returns when what comes of them is
                stored. If it raises, the batch is not committed and the stream stops.
            store: keeps account.
            config: of librdkafka, at least `bootstrap.servers` and `group.id`.
            batch_size: at most so many messages at once.
            longest_wait: how long a batch that is not full is waited for [s].
        """
        self.topic = topic
        self.handle = handle
        self.store = store
        self.config = dict(config) | {
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
        }
        self.batch_size = batch_size
        self.longest_wait = longest_wait
        self.answer_within = 10.0  # [s] when it starts
        self.counts = Counts()

    def run(self, until_end: bool = False) -> Counts:
        """Read and handle alerts.

        Args:
            until_end: stop at the end of the stream as it is now, rather than wait for more.

        Raises:
            StreamError: no server answers, or there is no such topic.
        """
        with closing(Consumer(self.config)) as consumer:
            parts = self._partitions(consumer)
            consumer.assign([TopicPartition(self.topic, part, OFFSET_STORED) for part in parts])
            ended: set[int] = set()
            while not (until_end and ended >= parts):
                batch = Batch()
                for message in consumer.consume(self.batch_size, self.longest_wait):
                    batch.add(message)
                self._finish(batch)
                self._commit(consumer, batch.offsets)
                ended |= batch.ended
        return self.counts

    def _partitions(self, consumer: Consumer) -> set[int]:
        servers = self.config.get("bootstrap.servers")
        try:
            about = consumer.list_topics(self.topic, timeout=self.answer_within).topics[self.topic]
        except KafkaException as error:
            raise StreamError(
                f"no answer from Kafka at {servers}: {error.args[0].str()}; look at the address, "
                "the network, and the security settings"
            ) from error
        if about.error is not None or not about.partitions:
            why = about.error.str() if about.error is not None else "it has no partitions"
            raise StreamError(f"cannot read topic {self.topic!r} at {servers}: {why}")
        return set(about.partitions)

    def _finish(self, batch: Batch) -> None:
        """Handle what is new in a batch; then it is on disk."""
        packets = {packet.key: packet for packet in batch.packets}
        new = self.store.unhandled(packets)
        if new:
            self.handle([packets[key].light_curve for key in new])
        self.store.finish(new, batch.dead_letters)
        self.counts.handled += len(new)
        self.counts.repeated += len(batch.packets) - len(new)
        self.counts.dead += len(batch.dead_letters)

    def _commit(self, consumer: Consumer, offsets: Mapping[int, int]) -> None:
        """Tell Kafka how far we are. If that fails, these messages come again, and are known."""
        places = [TopicPartition(self.topic, part, place) for part, place in offsets.items()]
        if not places:
            return
        try:
            consumer.commit(offsets=places, asynchronous=False)
        except KafkaException as error:
            log.warning("Kafka did not take the offsets: %s", error.args[0].str())


def storing(
    store: AlertStore, classify: Callable[[Sequence[LightCurve]], list[dict[str, Any]]]
) -> Handler:
    """Return a handler that classifies light curves and stores the answers.

    Args:
        store: for the answers.
        classify: such as `ProductionTransientClassifier.classify_with_uncertainty`.
    """

    def handle(light_curves: list[LightCurve]) -> None:
        keys = [(each.object_id, each.metadata["candid"]) for each in light_curves]
        store.add_results(dict(zip(keys, classify(light_curves), strict=True)))

    return handle

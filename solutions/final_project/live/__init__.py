"""Live sources: what brokers have seen of late, by their own clients, and the stream of alerts.

`brokers` asks over HTTP, object by object, and `recent` makes light curves of the answers; `stream`
reads alerts from Kafka as they are sent. None of it loses an object or shows one twice, whenever
and however often it is interrupted.
"""

"""A server on this machine that answers as Lasair, ALeRCE and ANTARES do, and fails as they do."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Fault:
    """What comes in place of the true answer.

    Attributes:
        status, headers: of HTTP.
        body: text in place of the answer; None for the answer itself.
        cut: how many bytes of the body are not sent, although the header promises them.
        hang_up: the connection is closed without an answer.
        silent: nothing is sent until the client has gone away.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    cut: int = 0
    hang_up: bool = False
    silent: bool = False


@dataclass
class BrokerServer:
    """The objects of a broker by name, as its client wants them, and the faults to come.

    Attributes:
        kind: lasair, alerce or antares.
        objects: by name: the answer, and when it was last seen [MJD].
        faults: by what is asked for (an object, or "page 2"): what comes before the true answer.
        asked: how often each was asked for.
    """

    kind: str
    objects: dict[str, tuple[Any, float]]
    faults: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    asked: Counter[str] = field(default_factory=Counter)
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    def fail(self, what: str, fault: Fault, times: int = 1) -> None:
        """Answer with a fault the next times."""
        self.faults[what].extend([fault] * times)

    def mend(self) -> None:
        """Have no more faults."""
        self.faults.clear()

    def answer_about(self, name: str) -> Any:
        """Return the whole answer about an object."""
        answer = self.objects[name][0]
        return {"data": answer} if self.kind == "antares" else answer

    def recent(self, since: float) -> list[tuple[str, float]]:
        """Return the objects seen since a time, newest first."""
        seen = [(name, mjd) for name, (_, mjd) in self.objects.items() if mjd >= since]
        return sorted(seen, key=lambda each: -each[1])

    def answer(self, path: str, sent: dict[str, str]) -> tuple[str, Any]:
        """Return what a request asks for, and the true answer."""
        return getattr(self, f"_{self.kind}")(path, sent)

    def _lasair(self, path: str, sent: dict[str, str]) -> tuple[str, Any]:
        if path == "/object/":
            return sent["objectId"], self.objects[sent["objectId"]][0]
        assert path == "/query/"
        assert sent["selected"] == "objects.objectId, objects.jdmax"
        since = float(sent["conditions"].split(">= ")[1].split()[0]) - 2400000.5
        start, size = int(sent["offset"]), int(sent["limit"])
        rows = [{"objectId": name, "jdmax": mjd + 2400000.5} for name, mjd in self.recent(since)]
        return f"page {start // size + 1}", rows[start : start + size]

    def _alerce(self, path: str, sent: dict[str, str]) -> tuple[str, Any]:
        if path.endswith("/lightcurve"):
            name = path.split("/")[-2]
            return name, self.objects[name][0]
        assert path == "/ztf/v1/objects"
        number, size = int(sent["page"]), int(sent["page_size"])
        rows = [{"oid": name, "lastmjd": mjd} for name, mjd in self.recent(float(sent["lastmjd"]))]
        items = rows[(number - 1) * size : number * size]
        return f"page {number}", {"total": None, "page": number, "items": items}

    def _antares(self, path: str, sent: dict[str, str]) -> tuple[str, Any]:
        links = {"self": path, "next": None}
        if path.startswith("/loci/"):
            name = path.split("/")[-1]
            return name, self.answer_about(name)
        assert path == "/loci"
        number, size = int(sent.get("page", 1)), int(sent["limit"])
        query = json.loads(sent["elasticsearch_query"])["query"]
        if "term" in query["bool"]["filter"]:
            name = query["bool"]["filter"]["term"]["properties.ztf_object_id"]
            found = [each for each in self.recent(0) if self.ztf_name(each[0]) == name]
        else:
            (recent,) = query["bool"]["filter"][0]["range"].values()
            found = self.recent(recent["gte"])
        if number * size < len(found):
            links["next"] = f"{self.url}/loci?limit={size}&page={number + 1}&elasticsearch_query="
            links["next"] += sent["elasticsearch_query"]
        rows = [
            {"locus": self._locus(*each)} for each in found[(number - 1) * size : number * size]
        ]
        return f"page {number}", {"data": rows, "meta": {}, "links": links}

    def ztf_name(self, locus_id: str) -> str:
        """Return ZTF's name of a locus."""
        return str(self.objects[locus_id][0]["internal_properties"]["ztf_object_id"])

    def _locus(self, locus_id: str, mjd: float) -> dict[str, Any]:
        about = {"ztf_object_id": self.ztf_name(locus_id), "newest_alert_observation_time": mjd}
        locus = {"locus_id": locus_id, "ra": 1.0, "dec": 2.0, "properties": about}
        return locus | {"tags": [], "grav_wave_events": [], "catalogs": []}


@contextmanager
def serving(kind: str, objects: dict[str, tuple[Any, float]]) -> Iterator[BrokerServer]:
    """Serve objects as a broker does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(urlsplit(self.path).query)

        def do_POST(self) -> None:
            assert self.headers["Authorization"] == "Token secret"
            self.reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def reply(self, sent: str) -> None:
            values = {name: each[0] for name, each in parse_qs(sent).items()}
            what, answer = broker.answer(urlsplit(self.path).path, values)
            broker.asked[what] += 1
            fault = broker.faults[what].popleft() if broker.faults[what] else Fault()
            if fault.silent:
                broker.closing.wait(5)
            if fault.silent or fault.hang_up:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            body = (json.dumps(answer) if fault.body is None else fault.body).encode()
            self.send_response(fault.status)
            for name, value in (*fault.headers, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) - fault.cut])
            self.close_connection = fault.cut > 0

        def log_message(self, *_: Any) -> None:
            pass

    broker = BrokerServer(kind, objects)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    broker.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield broker
    finally:
        broker.closing.set()
        server.shutdown()
        server.server_close()

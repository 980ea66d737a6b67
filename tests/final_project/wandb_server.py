"""A server on this machine that answers W&B's client as far as one artifact needs it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import wandb

NEVER = "2026-01-01T00:00:00Z"
PROJECT = {"id": "P", "internalId": "1", "name": "sky", "entity": {"name": "me"}}


class ArtifactServer:
    """Serves version v0 of one artifact, made of a folder by W&B's own class."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.artifact = wandb.Artifact("transient-classifier", type="model")
        self.artifact.add_dir(str(folder))
        self.files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.files["wandb_manifest.json"] = json.dumps(
            self.artifact.manifest.to_manifest_json()
        ).encode()

    def answer(self, operation: str) -> dict[str, Any]:
        """Return the data of a GraphQL query, by its name."""
        collection = {
            "__typename": "ArtifactSequence",
            "id": "C",
            "name": "transient-classifier",
            "project": PROJECT,
        }
        alias = {"__typename": "ArtifactAlias", "id": "L", "alias": "latest"}
        about = {
            "__typename": "Artifact",
            "id": "A",
            "artifactSequence": collection,
            "versionIndex": 0,
            "artifactType": {"name": "model"},
            "description": None,
            "metadata": "{}",
            "ttlDurationSeconds": -2,
            "ttlIsInherited": True,
            "tags": [],
            "historyStep": None,
            "state": "COMMITTED",
            "size": self.artifact.size,
            "digest": self.artifact.digest,
            "digestAlgorithm": "MANIFEST_MD5",
            "commitHash": "0",
            "fileCount": len(self.files) - 1,
            "createdAt": NEVER,
            "updatedAt": NEVER,
            "aliases": [alias | {"artifactCollection": collection}],
        }
        membership = {
            "__typename": "ArtifactCollectionMembership",
            "id": "M",
            "versionIndex": 0,
            "createdAt": NEVER,
            "aliases": [alias],
            "artifactCollection": collection,
            "artifact": about,
        }
        if operation in ("Viewer", "GetDefaultEntity"):
            return {"viewer": {"id": "U", "entity": "me", "username": "me", "teams": {"edges": []}}}
        if operation == "ArtifactMembershipByName":
            return {"project": {"artifactCollectionMembership": membership}}
        if operation == "FetchArtifactManifest":
            file = {"directUrl": f"{self.url}/wandb_manifest.json"}
            return {"artifact": {"currentManifest": {"file": file}}}
        if operation == "GetArtifactMembershipFileUrls":
            nodes = [
                {"__typename": "File", "name": name, "directUrl": f"{self.url}/{name}"}
                for name in self.files
                if name != "wandb_manifest.json"
            ]
            page = {"__typename": "PageInfo", "endCursor": None, "hasNextPage": False}
            files = {"pageInfo": page, "edges": [{"node": node} for node in nodes]}
            found = {"__typename": "ArtifactSequence", "artifactMembership": {"files": files}}
            return {"project": {"artifactCollection": found}}
        return {}


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder as the artifact me/sky/transient-classifier; yields the server's URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found = re.search(rb"query (\w+)", body)
            data = store.answer(found[1].decode()) if found else {}
            self.reply(json.dumps({"data": data}).encode())

        def do_GET(self) -> None:
            self.reply(store.files[self.path.removeprefix("/")])

        def reply(self, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    store = ArtifactServer(folder, f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield store.url
    finally:
        server.shutdown()
        server.server_close()

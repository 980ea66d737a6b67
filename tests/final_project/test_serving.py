"""The graph that is shipped tells nothing of the machine that exported it."""

from __future__ import annotations

import onnx

from solutions.final_project.bundle import DEFAULT_BUNDLE
from solutions.final_project.serving import without_traces


def test_the_shipped_graph_holds_no_traces() -> None:
    path = DEFAULT_BUNDLE / "network.onnx"
    assert b"stack_trace" not in path.read_bytes()
    assert b".py" not in path.read_bytes()


def test_traces_are_removed_from_nodes() -> None:
    model = onnx.load(DEFAULT_BUNDLE / "network.onnx")
    model.graph.node[0].metadata_props.add(key="stack_trace", value="File x.py")
    assert not without_traces(model).graph.node[0].metadata_props

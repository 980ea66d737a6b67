"""The networks of the ensemble as one ONNX graph, for ONNX Runtime."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import Tensor, nn

from solutions.final_project.model import LightCurveTransformer, ModelConfig, dropout_masks

INPUTS = ("rows", "visible", "features", "masks")
OUTPUTS = ("logits", "embeddings", "weights")
TOLERANCE = 1e-4
Outputs = tuple[np.ndarray, np.ndarray, np.ndarray]


class NetworkEnsemble(nn.Module):
    """Several networks that see the same light curves."""

    def __init__(self, members: list[LightCurveTransformer]) -> None:
        super().__init__()
        self.config = members[0].config
        self.members = nn.ModuleList(members)

    def forward(
        self, rows: Tensor, visible: Tensor, features: Tensor, masks: Tensor
    ) -> tuple[Tensor, ...]:
        """Return logits, embeddings and weights, each with the members as its first axis.

        `masks` is (members, batch, places, d_model), the rest as for one network.
        """
        answers = [
            member(rows, visible, features, masks[number])
            for number, member in enumerate(self.members)
        ]
        logits, embeddings, weights = zip(*answers, strict=True)
        return torch.stack(logits), torch.stack(embeddings), torch.stack(weights)


def make_ensemble(config: ModelConfig, members: int) -> NetworkEnsemble:
    """Return networks that wait for their weights."""
    return NetworkEnsemble([LightCurveTransformer(config) for _ in range(members)]).eval()


def example_inputs(
    config: ModelConfig, members: int, batch: int, length: int, seed: int = 0
) -> tuple[Tensor, ...]:
    """Return random inputs of a shape, with some padding and with dropout."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randn(batch, length, config.input_dim, generator=generator)
    rows[..., 0] = rows[..., 0].abs().cumsum(dim=1)
    lengths = torch.randint(1, length + 1, (batch, 1), generator=generator)
    visible = torch.arange(length) < lengths
    features = torch.randn(batch, config.num_features, generator=generator)
    masks = [dropout_masks(batch, config, generator) for _ in range(members)]
    return rows, visible, features, torch.stack(masks)


def export_onnx(ensemble: NetworkEnsemble, path: Path) -> None:
    """Write the ensemble as an ONNX graph for any batch and length, and check it.

    Raises:
        AssertionError: ONNX Runtime and PyTorch differ by more than TOLERANCE.
    """
    members = len(ensemble.members)
    batch, length = torch.export.Dim("batch", min=1), torch.export.Dim("length", min=1)
    shapes = ({0: batch, 1: length}, {0: batch, 1: length}, {0: batch}, {1: batch})
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="# The axis name", category=UserWarning)
        warnings.filterwarnings("ignore", message=".*LeafSpec", category=FutureWarning)
        program = torch.onnx.export(
            ensemble,
            example_inputs(ensemble.config, members, 3, 17),
            dynamo=True,
            input_names=INPUTS,
            output_names=OUTPUTS,
            dynamic_shapes=shapes,
            external_data=False,
            verbose=False,
        )
    assert program is not None  # as it is with dynamo=True
    onnx.save(without_traces(program.model_proto), path)
    largest = largest_difference(ensemble, OnnxEnsemble(path))
    assert largest <= TOLERANCE, f"ONNX Runtime and PyTorch differ by {largest:.1e}"


def without_traces(model: onnx.ModelProto) -> onnx.ModelProto:
    """Remove where in the code each node comes from: paths of the machine that exported it."""
    graphs = [model.graph, *model.functions]
    parts = [model, *graphs, *(node for graph in graphs for node in graph.node)]
    for part in (*parts, *model.graph.value_info, *model.graph.input, *model.graph.output):
        del part.metadata_props[:]
        part.doc_string = ""
    return model


@torch.no_grad()
def largest_difference(ensemble: NetworkEnsemble, served: OnnxEnsemble) -> float:
    """Return by how much ONNX Runtime and PyTorch differ at most, for several shapes."""
    config, members = ensemble.config, len(ensemble.members)
    largest = 0.0
    for batch, length in ((1, 1), (1, 60), (7, 33), (40, 160)):
        inputs = example_inputs(config, members, batch, length, seed=batch)
        ours = served.run(*(each.numpy() for each in inputs))
        theirs = ensemble(*inputs)
        differences = [
            float(np.abs(one - other.numpy()).max())
            for one, other in zip(ours, theirs, strict=True)
        ]
        largest = max(largest, *differences)
    return largest


class OnnxEnsemble:
    """The graph in ONNX Runtime.

    Attributes:
        session: the session, with both thread counts set.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = ort.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )

    def run(
        self, rows: np.ndarray, visible: np.ndarray, features: np.ndarray, masks: np.ndarray
    ) -> Outputs:
        """Return logits, embeddings and weights, as `NetworkEnsemble` does."""
        inputs = dict(zip(INPUTS, (rows, visible, features, masks), strict=True))
        logits, embeddings, weights = self.session.run(list(OUTPUTS), inputs)
        return np.asarray(logits), np.asarray(embeddings), np.asarray(weights)

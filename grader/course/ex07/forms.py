"""Source that shows another side of an answer of Exercise 7 than the last line of its lines."""

from __future__ import annotations

PARAMETERS = "sum(p.numel() for p in time2vec.parameters())"
LEARNED = "sum(p.numel() for p in time2vec.parameters() if p.requires_grad)"
WITHOUT_GRADIENT = (
    "embeddings.square().sum().backward()\n"
    "[name for name, p in time2vec.named_parameters() if p.grad is None]"
)

POSITIONS = (
    "sum(p.numel() for name, p in model.named_parameters() if not name.startswith('time2vec.'))"
)
POSITIONS_LEARNED = (
    "sum(\n    p.numel()\n    for name, p in model.named_parameters()\n"
    "    if p.requires_grad and not name.startswith('time2vec.')\n)"
)
CUT_OFF = "model(times[-1]).square().sum().backward()\nmodel.time2vec.weight.grad is None"
POSITIONS_AFTERWARDS = (
    "model(times[-1]).square().sum().backward()\nwith torch.no_grad():  # a step of training\n"
    "    for p in model.parameters():\n        if p.grad is not None:\n"
    "            p -= 0.1 * p.grad\nmodel(times[-1])"
)

KIND = "type(getattr(model, {!r}, None)).__name__"
REGISTERED = "'module' if any(model.{} is m for m in model.modules()) else 'unregistered'"
FROZEN = (
    "[\n    name\n    for name, part in model.named_children()\n"
    "    if not all(p.requires_grad for p in part.parameters())\n]"
)

BROKEN = "[name for name, p in model.named_parameters() if not p.grad.isfinite().all()]"
DROPS = (
    "model.classifier = nn.Identity()\nwith torch.no_grad():\n"
    "    one, two = ({}(features, times, lengths) for _ in range(2))\nnot torch.equal(one, two)"
)

BANDS_LEARNED = "sum(p.numel() for p in embedding.parameters() if p.requires_grad)"
BANDS_AFTERWARDS = (
    "({{}} - {}).square().sum().backward()\nwith torch.no_grad():  # a step of training\n"
    "    for p in embedding.parameters():\n        if p.grad is not None:\n"
    "            p -= 0.1 * p.grad\nembedding(bands)"
)
SIZES = {
    "max_seq_len": "model.max_seq_len",
    "num_layers": "sum(p.numel() for p in model.transformer.parameters())",
    "dropout": "sorted({m.p for m in model.modules() if isinstance(m, nn.Dropout)})",
    "nhead": "model.transformer.layers[0].self_attn.num_heads",
    "num_classes": "sum(p.numel() for p in model.classifier.parameters())",
}
"""What has become of each size."""

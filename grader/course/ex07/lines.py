"""What a learner would type to see what the probes of Exercise 7 have seen.

They make modules as the notebook does, with the learner's `own` Time2Vec. What a check has seen
with something else in its place has no lines: it is asked once more without.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from grader.course.ex07.typed import Desk, listed, quiet, typed
from grader.course.lines import called, source
from grader.wire import Tensor

Batch = tuple[Tensor, Tensor, Tensor]
Sizes = dict[str, Any]

WITHOUT = {
    "on_their_device": "a stand-in for a tensor, which notes what it is asked for",
    "simple_logits": "stand-ins for all layers of an encoder",
    "finite_rows": "what goes on between two layers is seen by a hook",
}
"""Probes without lines, and why. Their checks ask others for what can be shown."""

ENCODER, BANDED, CAUSAL = (f"{name}Time2VecTransformerEncoder" for name in ("", "Band", "Causal"))
SMALL = "6, d_model=6, nhead=1, num_layers=1, time_embed_dim=3"
UNSEEN = "[name for name, p in model.named_parameters() if p.grad is None]"


def _made(name: str, sizes: Sizes, own: bool, seed: int | None = 3, mode: str = "") -> str:
    """The statements that make a model."""
    if not own:
        raise ValueError("something else takes the place of Time2Vec")
    given = ", ".join(f"{key}={source(value)}" for key, value in sizes.items())
    if len(name + given) > 75:
        given = f"\n{textwrap.indent(textwrap.fill(given, 84), '    ')}\n"
    seeded = "" if seed is None else f"torch.manual_seed({seed})\n"
    return f"{seeded}model = {name}({given}){mode}\n"


def _embedded(module: str, times: Sequence[Tensor]) -> str:
    """What a module makes of times; the number of its parameters if there are none."""
    if not times:
        return f"sum(p.numel() for p in {module}.parameters())"
    if len(times) == 1:
        return f"times = {typed(times[0])}\n{module}(times)"
    return f"times = {listed([typed(each) for each in times])}\n[{module}(each) for each in times]"


def _scattered(module: str, seed: int) -> str:
    return (
        f"torch.manual_seed({seed})\nwith torch.no_grad():\n    for p in {module}.parameters():\n"
        "        p.uniform_(0.3, 1.5).mul_(2 * torch.randint(0, 2, p.shape) - 1)\n"
    )


def _time2vec(seed: int, sizes: Sizes) -> str:
    return f"torch.manual_seed({seed})\ntime2vec = {called('Time2Vec', **sizes)}\n"


def time2vec(seed: int, sizes: Sizes, times: Sequence[Tensor], start: str = "own") -> str:
    starts = {
        "own": "",
        "scattered": _scattered("time2vec", seed),
        "zero": "for p in time2vec.parameters():\n    nn.init.zeros_(p)\n",
    }
    return _time2vec(seed, sizes) + starts[start] + _embedded("time2vec", times)


def time2vec_layers(seed: int, sizes: Sizes, times: Tensor) -> str:
    return time2vec(seed, sizes, [times], "scattered")


def time2vec_gradients(seed: int, sizes: Sizes, times: Tensor) -> str:
    made = _time2vec(seed, sizes)
    return f"{made}embeddings = time2vec({source(times)})\nembeddings.requires_grad"


def positional(seed: int, sizes: Sizes, times: Sequence[Tensor], own: bool = False) -> str:
    dim = sizes["time_embed_dim"]
    return (
        f"{_made('PositionalTime2Vec', sizes, own, seed)}{_scattered('model', seed)}"
        f"model.time2vec = nn.Linear(1, {dim}, bias=False)  # something simple in its place\n"
        "with torch.no_grad():\n"
        f"    model.time2vec.weight[:, 0] = 0.01 * torch.arange(1.0, {dim + 1})\n"
        f"{_embedded('model', times)}"
    )


def constructed(name: str, sizes: Sizes, own: bool = False) -> str:
    return f"{_made(name, sizes, own, None)}model"


def layers(sizes: Sizes, own: bool = False) -> str:
    other = called(ENCODER, sizes["input_dim"], max_seq_len=3)
    return f"{_made(ENCODER, sizes, own, None)}{other}  # another one\nmodel"


def depths(sizes: Sizes, numbers: list[int], own: bool = False) -> str:
    made = _made(ENCODER, sizes | {"num_layers": 0}, own, None)
    made = textwrap.indent(made.replace("num_layers=0", "num_layers=n"), "    ")
    return (
        f"learned = []\nfor n in {source(numbers)}:\n{made}"
        "    learned.append(sum(p.numel() for p in model.transformer.parameters()))\nlearned"
    )


def heads(sizes: Sizes) -> str:
    return f"{_made(ENCODER, sizes, True, None)}model.transformer.layers[0].self_attn.num_heads"


def time_embedding(sizes: Sizes) -> str:
    return f"{_made(ENCODER, sizes, True, None)}type(model.time_embedding).__name__"


def dropout_rates(sizes: Sizes, name: str, own: bool = False) -> str:
    return (
        f"{_made(ENCODER, sizes, own, None)}modules = list(model.{name}.modules())\n"
        "rates = {m.p for m in modules if isinstance(m, nn.Dropout)}\n"
        "rates |= {m.dropout for m in modules if isinstance(m, nn.MultiheadAttention)}\n"
        "sorted(rates)"
    )


def layer(
    sizes: Sizes,
    name: str,
    inputs: Sequence[Tensor],
    train: bool = False,
    strength: float = 1.0,
    own: bool = False,
    **options: Any,
) -> str:
    made = _made(ENCODER, sizes, own, mode=".train()" if train else ".eval()")
    if strength != 1:
        made += (
            f"with torch.no_grad():\n    for p in model.{name}.parameters():\n"
            f"        p.mul_({strength})\n"
        )
    desk = Desk()
    given = "".join(f", {key}={desk.named(each, 'mask')}" for key, each in options.items())
    calls = [f"model.{name}({desk.named(each)}{given})" for each in inputs]
    return made + desk.code + (listed(calls) if train else quiet(calls, "results"))


def padding_masks(batches: Sequence[tuple[Tensor, Tensor]], own: bool = False) -> str:
    made = _small(own, 10)
    if len(batches) > 1:
        calls = [f"model.create_padding_mask({_ones(x)}, {source(n)})" for x, n in batches]
        return made + listed(calls)
    ((x, lengths),) = batches
    zeros = "" if x.array.all() else "x[:, 0] = 0.0\n"
    return (
        f"{made}x = {_ones(x)}\n{zeros}lengths = {source(lengths)}\n"
        "model.create_padding_mask(x, lengths)"
    )


def _small(own: bool, longest: int, mode: str = "") -> str:
    if not own:
        raise ValueError("something else takes the place of Time2Vec")
    return f"model = {ENCODER}(\n    {SMALL}, max_seq_len={longest}\n){mode}\n"


def _ones(x: Tensor) -> str:
    return f"torch.ones({', '.join(map(str, x.shape))})"


def elsewhere(rows: int, lengths: list[int]) -> str:
    return (
        f"{_small(True, 10)}x = torch.ones({len(lengths)}, {rows}, 2, device='meta')  "
        "# a device for tensors without numbers\n"
        f"mask = model.create_padding_mask(x, torch.tensor({source(lengths)}, device='meta'))\n"
        "mask.device.type"
    )


def embed(
    weights: Mapping[str, Tensor],
    masks: Tensor,
    features: Tensor,
    times: Tensor,
    own: bool = False,
) -> str:
    wide, n = weights["projection"].shape
    return (
        f"{_small(own, 100)}# simple layers:\nmodel.input_projection = nn.Linear({n}, {wide})\n"
        f"model.time_embedding = nn.Linear(1, {wide}, bias=False)\nwith torch.no_grad():\n"
        "    model.input_projection.bias.fill_(0.1)\n    model.input_projection.weight.copy_(\n"
        f"{textwrap.indent(typed(weights['projection']), ' ' * 8)}\n    )\n"
        f"    model.time_embedding.weight[:, 0] = 0.01 * torch.arange(1.0, {wide + 1})\n"
        f"features = {typed(features)}\ntimes = {typed(times)}\nmodel.embed(features, times)"
    )


def pooled(seed: int, batch: Batch) -> str:
    desk = Desk()
    given = desk.batch(*batch)
    lengths = source(batch[2].array.tolist())
    return (
        f"torch.manual_seed({seed})\n{_small(True, 100, '.eval()')}"
        f"model.embed = lambda features, times: 0.2 * features  # something simple\n{desk.code}"
        f"with torch.no_grad():\n    logits = model({given})\n"
        "    means = [\n        model.transformer(0.2 * one[None, :n]).mean(1)\n"
        f"        for one, n in zip(x, {lengths})\n    ]\n"
        "    wanted = model.classifier(torch.cat(means))\n[logits, wanted]"
    )


def logits(
    name: str,
    sizes: Sizes,
    batches: Sequence[Batch],
    train: bool | None = False,
    method: str = "forward",
    plain: bool = False,
    own: bool = False,
) -> str:
    if train is None:  # both are too much for a few lines
        return ""
    made = _made(name, sizes, own, mode=".train()" if train else ".eval()")
    if plain:
        made += f"model.classifier = nn.Linear({sizes['d_model']}, {sizes['num_classes']})\n"
    desk, run = Desk(), _run(method)
    calls = [f"{run}({desk.batch(*batch)})" for batch in batches]
    return made + desk.code + (listed(calls) if train else quiet(calls))


def _run(method: str) -> str:
    return "model" if method == "forward" else f"model.{method}"


def gradients(
    name: str, sizes: Sizes, batch: Batch, method: str = "forward", own: bool = False
) -> str:
    features, _, lengths = batch
    return (
        f"{_made(name, sizes, own, mode='.train()')}features = {typed(features)}\n"
        f"times = features[..., :1].clone()\nlengths = {source(lengths)}\n"
        f"{_run(method)}(features, times, lengths).square().sum().backward()\n{UNSEEN}"
    )


def band_vectors(sizes: Sizes, bands: Tensor, wanted: float) -> str:
    made = f"torch.manual_seed(3)\nembedding = {called('BandEmbedding', **sizes)}\n"
    return f"{made}bands = {typed(bands)}\nembedding(bands)"


def logits_without_bands(sizes: Sizes, batches: Sequence[Batch], own: bool = False) -> str:
    made, desk = _made(BANDED, sizes, own, mode=".eval()"), Desk()
    zeros = "for p in model.band_embedding.parameters():\n    nn.init.zeros_(p)\n"
    calls = [f"model({desk.batch(*batch)})" for batch in batches]
    return made + zeros + desk.code + quiet(calls)


def banded_embedding(sizes: Sizes, features: Tensor, times: Tensor, own: bool = False) -> str:
    made, desk = _made(BANDED, sizes, own, mode=".eval()"), Desk()
    call = f"model.embed({desk.named(features)}, {desk.named(times, 'times')})"
    return made + desk.code + quiet([call], "vectors")


def steps(sizes: Sizes, batch: Batch, own: bool = False) -> str:
    made, desk = _made(CAUSAL, sizes, own, mode=".eval()"), Desk()
    given, n = desk.batch(*batch), batch[0].shape[1]
    return (
        f"{made}model.classifier = nn.Linear({sizes['d_model']}, {sizes['num_classes']})\n"
        f"{desk.code}hidden = []  # what the transformer returns\n"
        "model.transformer.register_forward_hook(lambda *given: hidden.append(given[2]))\n"
        f"with torch.no_grad():\n    logits = model.forward_steps({given})\n"
        f"    means = hidden[0].cumsum(dim=1) / torch.arange(1, {n + 1}).unsqueeze(1)\n"
        "    wanted = [model.classifier(hidden[0]), model.classifier(means)]  # either will do\n"
        "[logits, *wanted]"
    )


def both_methods(sizes: Sizes, batch: Batch, train: bool) -> str:
    made, desk = _made(CAUSAL, sizes, True, mode=".train()" if train else ".eval()"), Desk()
    given = desk.batch(*batch)
    calls = [f"model.forward_steps({given})", f"model({given})"]
    return made + desk.code + (listed(calls) if train else quiet(calls))


def attention_mask(sizes: Sizes, batch: Batch, own: bool = False) -> str:
    made, desk = _made(CAUSAL, sizes, own), Desk()
    given = desk.batch(*batch)
    return (
        f"{made}{desk.code}seen = []\n\ndef note(module, inputs, options):\n"
        "    seen.append(options.get('mask', inputs[1] if len(inputs) > 1 else None))\n\n"
        "model.transformer.register_forward_pre_hook(note, with_kwargs=True)\n"
        f"model.forward_steps({given})\nseen[0]"
    )

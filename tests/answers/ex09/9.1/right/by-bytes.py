def save_checkpoint(folder, model, config, epoch, metrics):
    from safetensors.torch import save

    path = Path(str(folder))
    path.mkdir(exist_ok=True, parents=True)
    tensors = {}
    for name, tensor in model.state_dict().items():
        tensors[name] = tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
    (path / "model.safetensors").write_bytes(save(tensors))
    text = json.dumps(
        {
            "config": dict(config),
            "epoch": epoch,
            "metrics": {name: float(number) for name, number in metrics.items()},
        },
        sort_keys=True,
    )
    (path / "checkpoint.json").write_text(text)
    return path


def load_checkpoint(folder, model):
    from safetensors.torch import load

    path = Path(folder)
    weights = load((path / "model.safetensors").read_bytes())
    model.load_state_dict(weights, strict=True)
    return json.loads((path / "checkpoint.json").read_bytes())

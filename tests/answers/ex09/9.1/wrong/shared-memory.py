def save_checkpoint(
    folder: str | Path,
    model: nn.Module,
    config: Mapping[str, Any],
    epoch: int,
    metrics: Mapping[str, float],
) -> Path:
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(weights, folder / "model.safetensors")
    notes = {
        "config": dict(config),
        "epoch": epoch,
        "metrics": {name: float(value) for name, value in metrics.items()},
    }
    (folder / "checkpoint.json").write_text(json.dumps(notes, indent=2), encoding="utf-8")
    return folder


def load_checkpoint(folder: str | Path, model: nn.Module) -> dict[str, Any]:
    folder = Path(folder)
    notes = json.loads((folder / "checkpoint.json").read_text("utf-8"))
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return notes

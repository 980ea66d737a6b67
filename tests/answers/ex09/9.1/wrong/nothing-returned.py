def save_checkpoint(
    folder: str | Path,
    model: nn.Module,
    config: Mapping[str, Any],
    epoch: int,
    metrics: Mapping[str, float],
) -> Path:
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.clone().contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / "model.safetensors")
    numbers = {name: float(value) for name, value in metrics.items()}
    notes = {"config": dict(config), "epoch": epoch, "metrics": numbers}
    (folder / "checkpoint.json").write_text(json.dumps(notes, indent=2), encoding="utf-8")

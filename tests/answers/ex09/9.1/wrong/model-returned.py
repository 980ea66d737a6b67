def load_checkpoint(folder: str | Path, model: nn.Module) -> dict[str, Any]:
    folder = Path(folder)
    notes: dict[str, Any] = json.loads((folder / "checkpoint.json").read_text("utf-8"))
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return model

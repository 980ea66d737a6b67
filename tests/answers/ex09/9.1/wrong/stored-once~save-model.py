def save_checkpoint(folder, model, config, epoch, metrics):
    from safetensors.torch import save_model

    folder = Path(folder)
    os.makedirs(folder, exist_ok=True)
    save_model(model, str(folder / "model.safetensors"))
    with open(folder / "checkpoint.json", "w") as file:
        metrics = {key: np.asarray(value).item() for key, value in metrics.items()}
        json.dump({"epoch": int(epoch), "config": dict(config), "metrics": metrics}, file)
    return folder


def load_checkpoint(folder, model):
    from safetensors.torch import load_model

    with open(os.path.join(folder, "checkpoint.json")) as file:
        notes = json.load(file)
    load_model(model, os.path.join(folder, "model.safetensors"))
    return notes

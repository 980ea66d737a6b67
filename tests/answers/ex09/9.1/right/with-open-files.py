def save_checkpoint(folder, model, config, epoch, metrics):
    from safetensors.torch import save_file as write

    os.makedirs(folder, exist_ok=True)
    tensors = model.state_dict()
    for name in list(tensors):
        tensors[name] = torch.empty_like(
            tensors[name], memory_format=torch.contiguous_format
        ).copy_(tensors[name])
    write(tensors, os.path.join(folder, "model.safetensors"), metadata={"format": "pt"})
    with open(os.path.join(folder, "checkpoint.json"), "w") as file:
        metrics = {key: np.asarray(value).item() for key, value in metrics.items()}
        json.dump({"epoch": int(epoch), "config": dict(config), "metrics": metrics}, file)
    return Path(folder)


def load_checkpoint(folder, model):
    from safetensors.torch import load_model

    with open(os.path.join(folder, "checkpoint.json")) as file:
        notes = json.load(file)
    load_model(model, os.path.join(folder, "model.safetensors"))
    return notes

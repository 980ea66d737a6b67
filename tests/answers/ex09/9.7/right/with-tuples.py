def create_sweep_config():
    choices = {
        "d_model": (128, 256, 512),
        "nhead": (4, 8, 16),
        "num_layers": (3, 6, 9),
        "time_embed_dim": (32, 64, 128),
        "batch_size": (16, 32, 64),
    }
    parameters = {name: {"values": values} for name, values in choices.items()}
    parameters["learning_rate"] = {
        "min": 0.00001,
        "max": 0.01,
        "distribution": "log_uniform_values",
    }
    parameters["dropout"] = {"min": 0.1, "max": 0.5, "distribution": "uniform"}
    parameters["focal_loss_gamma"] = {"min": 1.0, "max": 3.0, "distribution": "uniform"}
    metric = {"goal": "maximize", "name": "val_f1_rare_events"}
    return {"parameters": parameters, "metric": metric, "method": "bayes"}


def infeasible(config):
    width, heads, time = (config.get(name) for name in ("d_model", "nhead", "time_embed_dim"))
    broken = []
    if None not in (width, time) and not width > time:
        broken.append(f"d_model {width} <= time_embed_dim {time}")
    if None not in (width, heads) and width % heads > 0:
        broken.append(f"d_model {width} is no multiple of nhead {heads}")
    return "; ".join(broken) or None

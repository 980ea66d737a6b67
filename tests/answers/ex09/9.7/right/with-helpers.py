def create_sweep_config():
    def one_of(*values):
        return {"values": list(values)}

    def between(low, high, how="uniform"):
        return {"distribution": how, "min": low, "max": high}

    return dict(
        method="bayes",
        metric=dict(name="val_f1_rare_events", goal="maximize"),
        parameters=dict(
            d_model=one_of(128, 256, 512),
            nhead=one_of(4, 8, 16),
            num_layers=one_of(3, 6, 9),
            time_embed_dim=one_of(32, 64, 128),
            batch_size=one_of(16, 32, 64),
            learning_rate=between(1e-5, 1e-2, "log_uniform_values"),
            dropout=between(0.1, 0.5),
            focal_loss_gamma=between(1, 3),
        ),
    )


def infeasible(config):
    if "d_model" not in config:
        return None
    width = config["d_model"]
    if "time_embed_dim" in config and width - config["time_embed_dim"] < 1:
        return f"{width} numbers, of which {config['time_embed_dim']} are for the time"
    if "nhead" in config and width % config["nhead"]:
        return f"{width} numbers cannot be shared by {config['nhead']} heads"

def create_sweep_config() -> dict[str, Any]:
    return {
        "method": "bayes",
        "metric": {"name": "val_f1_rare_events", "goal": "maximize"},
        "parameters": {
            "d_model": {"values": [128, 256, 512]},
            "nhead": {"values": [4, 8, 16]},
            "num_layers": {"values": [3, 6, 9]},
            "learning_rate": {"distribution": "log_uniform", "min": -11.5, "max": -4.6},
            "time_embed_dim": {"values": [32, 64, 128]},
            "dropout": {"distribution": "uniform", "min": 0.1, "max": 0.5},
            "batch_size": {"values": [16, 32, 64]},
            "focal_loss_gamma": {"distribution": "uniform", "min": 1.0, "max": 3.0},
        },
    }

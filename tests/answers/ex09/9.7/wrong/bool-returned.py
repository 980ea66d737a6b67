def infeasible(config):
    d_model = config.get("d_model", 0)
    return d_model <= config.get("time_embed_dim", -1) or d_model % config.get("nhead", 1) != 0

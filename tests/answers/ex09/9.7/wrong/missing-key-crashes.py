def infeasible(config: Mapping[str, Any]) -> str | None:
    d_model, nhead = config["d_model"], config["nhead"]
    time_embed_dim = config["time_embed_dim"]
    if d_model is not None and time_embed_dim is not None and d_model <= time_embed_dim:
        return f"d_model = {d_model} must be larger than time_embed_dim = {time_embed_dim}"
    if d_model is not None and nhead is not None and d_model % nhead != 0:
        return f"d_model = {d_model} must be divisible by nhead = {nhead}"
    return None

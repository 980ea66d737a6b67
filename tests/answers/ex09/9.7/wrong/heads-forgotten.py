def infeasible(config: Mapping[str, Any]) -> str | None:
    d_model, nhead = config.get("d_model"), config.get("nhead")
    time_embed_dim = config.get("time_embed_dim")
    if d_model is not None and time_embed_dim is not None and d_model <= time_embed_dim:
        return f"d_model = {d_model} must be larger than time_embed_dim = {time_embed_dim}"
    return None

def read_lasair(record):
    if "candidates" not in record:
        raise ValueError(f"no candidates, but: {dict(record)}")
    columns = ["jd", "fid", "candid", "magpsf", "sigmapsf", "isdiffpos", "diffmaglim"]
    table = pd.DataFrame(list(record["candidates"]), columns=columns)
    table["band"] = table["fid"].map(BANDS)
    table = table.dropna(subset=["band"]).sort_values("jd")
    seen = table["candid"].notna()
    magnitude = table["magpsf"].where(seen, table["diffmaglim"]).astype(float)
    size = 10 ** (0.4 * (ZERO_POINT - magnitude))
    positive = table["isdiffpos"].map(lambda said: str(said).lower() in {"t", "1", "true", "1.0"})
    table["mjd"] = table["jd"].astype(float) - 2400000.5
    table["flux"] = size.where(positive, -size).where(seen)
    error = size * table["sigmapsf"].astype(float) * np.log(10) / 2.5
    table["flux_err"] = error.where(seen, size / 5)
    rows = table[["mjd", "flux", "flux_err", "band"]].to_dict("records")
    return TransientLightCurve(rows, record["objectId"])

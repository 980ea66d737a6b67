def read_forced_photometry(text, object_id):
    import io

    kept = [line.strip() for line in text.split("\n") if line.strip()]
    kept = [line for line in kept if not line.startswith("#")]
    for number, line in enumerate(kept):
        names = line.replace(" ", "").split(",")
        if "jd" in names and "forcediffimflux" in names:
            break
    else:
        raise ValueError(f"{object_id}: no table")
    body = io.StringIO("\n".join(kept[number + 1 :]))
    table = pd.read_csv(body, sep=r"\s+", names=names, dtype=str, keep_default_na=False)
    table = table[table["procstatus"] == "0"]
    table = table[table["infobitssci"].astype(int) == 0]
    table = table[(table["scisigpix"].astype(float) <= 25)]
    table = table[(table["sciinpseeing"].astype(float) <= 5)]
    for name in ("forcediffimflux", "forcediffimfluxunc", "zpdiff"):
        table = table[table[name] != "null"]
        table = table[table[name].astype(float) != -99999]
        table[name] = table[name].astype(float)
    factor = np.power(10.0, (ZERO_POINT - table["zpdiff"]) / 2.5)
    result = pd.DataFrame({"mjd": table["jd"].astype(float) - 2400000.5})
    result["flux"] = table["forcediffimflux"] * factor
    result["flux_err"] = table["forcediffimfluxunc"] * factor
    result["band"] = [name[-1] for name in table["filter"]]
    return TransientLightCurve(result.to_dict("records"), object_id)

def read_lasair(record):
    try:
        candidates = record["candidates"]
    except KeyError:
        raise ValueError(record.get("error")) from None

    def to_flux(magnitude):
        return np.exp(np.log(10) * (23.9 - magnitude) / 2.5)

    observations = []
    for candidate in reversed(candidates):
        band = BANDS.get(candidate["fid"])
        if band is None:
            continue
        observation = {"mjd": np.float64(candidate["jd"]) - 2400000.5, "band": band}
        if candidate.get("candid") is None:
            observation["flux"] = float("nan")
            observation["flux_err"] = 0.2 * to_flux(candidate["diffmaglim"])
        else:
            flux = to_flux(candidate["magpsf"])
            observation["flux_err"] = flux * candidate["sigmapsf"] * 0.4 * np.log(10)
            if candidate["isdiffpos"] in ("f", "0", 0, False):
                flux = -flux
            observation["flux"] = flux
        observations.append(observation)
    return TransientLightCurve(observations, object_id=record["objectId"])

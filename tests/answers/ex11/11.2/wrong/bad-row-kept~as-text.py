import pandas as pd


def read_forced_photometry(text: str, object_id: str) -> TransientLightCurve:
    names = None
    kept = []
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if names is None:
            parts = [p.strip() for p in line.split(",")]
            if "jd" in parts and "forcediffimflux" in parts:
                names = parts
            continue
        row = dict(zip(names, line.split()))
        if row["procstatus"] != "0" or float(row["infobitssci"]) != 0:
            continue
        if float(row["scisigpix"]) > 25 or float(row["sciinpseeing"]) > 5:
            continue
        values = [row["forcediffimflux"], row["forcediffimfluxunc"], row["zpdiff"]]
        if any(v in ("null", "-99999") for v in values):
            continue
        flux, err, zp = map(float, values)
        unit = 10 ** (0.4 * (ZERO_POINT - zp))
        kept.append((float(row["jd"]) - 2400000.5, flux * unit, err * unit, row["filter"][-1]))
    if names is None:
        raise ValueError(f"{object_id}: no line of names in the text")
    table = pd.DataFrame(kept, columns=["mjd", "flux", "flux_err", "band"])
    table = table.astype({"mjd": float, "flux": float, "flux_err": float, "band": object})
    return TransientLightCurve(table.to_dict("records"), object_id)

def is_good(row):
    failed = ("null", "-99999", "-99999.0")
    measured = (row["forcediffimflux"], row["forcediffimfluxunc"], row["zpdiff"])
    return (
        row["procstatus"] == "0"
        and float(row["infobitssci"]) == 0
        and not float(row["scisigpix"]) > 25
        and not float(row["sciinpseeing"]) > 5
        and not any(value in failed for value in measured)
    )


def read_forced_photometry(text, object_id):
    names = None
    observations = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if names is None:
            names = [name.strip() for name in line.split(",")]
            if "jd" not in names or "forcediffimflux" not in names:
                raise ValueError(f"these are no columns of forced photometry: {line}")
            continue
        row = dict(zip(names, line.split()))
        if is_good(row):
            unit = 10 ** ((23.9 - float(row["zpdiff"])) / 2.5)
            observations.append(
                {
                    "mjd": float(row["jd"]) - 2400000.5,
                    "flux": float(row["forcediffimflux"]) * unit,
                    "flux_err": float(row["forcediffimfluxunc"]) * unit,
                    "band": row["filter"][-1],
                }
            )
    if names is None:
        raise ValueError("this is no table of forced photometry")
    return TransientLightCurve(observations, object_id)

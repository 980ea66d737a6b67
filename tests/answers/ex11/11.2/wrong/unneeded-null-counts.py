import io

import pandas as pd


def read_forced_photometry(text: str, object_id: str) -> TransientLightCurve:
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]

    def names_in(line):
        return [name.strip() for name in line.split(",")]

    start = next(
        (i for i, line in enumerate(lines) if {"jd", "forcediffimflux"} <= set(names_in(line))), None
    )
    if start is None:
        raise ValueError("there is no line with the names of the columns")

    body = "\n".join(lines[start + 1 :])
    df = pd.read_csv(
        io.StringIO(body), sep=r"\s+", names=names_in(lines[start]), na_values=["null"],
        dtype={"procstatus": str, "filter": str}, header=None, index_col=False,
    )
    df = df.dropna()  # null: failed measurement
    three = ["forcediffimflux", "forcediffimfluxunc", "zpdiff"]
    good = (
        (df["procstatus"] == "0")
        & (df["infobitssci"].astype(float) == 0)
        & (df["scisigpix"].astype(float) <= 25)
        & (df["sciinpseeing"].astype(float) <= 5)
        & (df[three].astype(float) != -99999).all(axis=1)
    )
    df = df[good]
    unit = 10 ** (0.4 * (23.9 - df["zpdiff"].astype(float)))
    out = pd.DataFrame(
        {
            "mjd": df["jd"].astype(float) - 2400000.5,
            "flux": df["forcediffimflux"].astype(float) * unit,
            "flux_err": df["forcediffimfluxunc"].astype(float) * unit,
            "band": df["filter"].astype(str).str[-1],
        }
    )
    return TransientLightCurve(out.to_dict("records"), object_id)

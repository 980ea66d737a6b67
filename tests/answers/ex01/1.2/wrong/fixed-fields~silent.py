def filter_lightcurve(data, **filters):
    kept = []
    for record in data:
        if "mjd_min" in filters and record["mjd"] < filters["mjd_min"]:
            continue
        if "mjd_max" in filters and record["mjd"] > filters["mjd_max"]:
            continue
        if "flux_min" in filters and record["flux"] < filters["flux_min"]:
            continue
        if "flux_max" in filters and record["flux"] > filters["flux_max"]:
            continue
        if "flux_err_max" in filters and record["flux_err"] > filters["flux_err_max"]:
            continue
        if "band" in filters:
            wanted = filters["band"]
            if not isinstance(wanted, (list, tuple, set)):
                wanted = [wanted]
            if record["band"] not in wanted:
                continue
        kept.append(record)
    return kept

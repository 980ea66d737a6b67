class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        if isinstance(flux, str) or isinstance(flux_err, str):
            return False
        try:
            values = np.array([flux, flux_err], dtype=float)
        except (TypeError, ValueError):
            return False
        return bool(
            np.isfinite(values).all() and (np.abs(values) <= MAX_FLUX).all() and values[1] > 0
        )

class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        if any(isinstance(value, (str, np.ndarray)) for value in (flux, flux_err)):
            return False
        try:
            values = np.array([flux, flux_err], dtype=float)
        except (TypeError, ValueError):
            return False
        return bool(
            np.isfinite(values).all() and (np.abs(values) <= MAX_FLUX).all() and values[1] > 0
        )

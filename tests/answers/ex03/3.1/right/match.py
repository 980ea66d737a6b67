class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        match flux, flux_err:
            case (Real(), Real()) if -MAX_FLUX <= flux <= MAX_FLUX and 0 < flux_err <= MAX_FLUX:
                return True
        return False

class SurveyProcessor:
    @staticmethod
    def validate_photometry(flux, flux_err):
        from functools import singledispatch

        @singledispatch
        def number(thing):
            return math.nan

        @number.register(Real)
        def _(thing):
            try:
                return float(thing)
            except OverflowError:
                return math.inf

        f, e = number(flux), number(flux_err)
        limit = MAX_FLUX
        return not (f != f or e != e or f > limit or f < -limit or e <= 0.0 or e > limit)

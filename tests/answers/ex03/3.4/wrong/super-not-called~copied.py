"""What the base class sets up is copied, as far as one remembers."""


class LSSTProcessor:
    def __init__(self):
        bands = list("ugrizy")
        self.config = SurveyConfig("LSST", bands, dict.fromkeys(bands, 31.4), 3.0)
        self._processed_count = self._accepted = self._rejected = 0

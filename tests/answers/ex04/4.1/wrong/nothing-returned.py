"""The logger is set up, but not returned."""


class AstronomyPipeline:
    @staticmethod
    def _setup_logging():
        logger = logging.getLogger("astronomy_pipeline")
        logger.setLevel(logging.INFO)
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            logger.addHandler(handler)

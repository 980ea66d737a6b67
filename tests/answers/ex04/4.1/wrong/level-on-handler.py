"""The level is set on the handler; the logger drops INFO before that."""


class AstronomyPipeline:
    @staticmethod
    def _setup_logging():
        logger = logging.getLogger("astronomy_pipeline")
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setLevel(logging.INFO)
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            logger.addHandler(handler)
        return logger

"""The root logger for the pipeline's own."""


class AstronomyPipeline:
    @staticmethod
    def _setup_logging():
        logger = logging.getLogger()
        logger.setLevel(logging.INFO)
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            logger.addHandler(handler)
        return logger

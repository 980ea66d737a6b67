"""The formatter is never given to the handler."""


class AstronomyPipeline:
    @staticmethod
    def _setup_logging():
        logger = logging.getLogger("astronomy_pipeline")
        logger.setLevel(logging.INFO)
        if not logger.handlers:
            logging.Formatter("%(asctime)s %(levelname)s %(message)s")
            logger.addHandler(logging.StreamHandler())
        return logger

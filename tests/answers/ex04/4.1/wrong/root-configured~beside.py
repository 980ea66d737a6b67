"""A good logger, and the root logger's level on top."""


class AstronomyPipeline:
    @staticmethod
    def _setup_logging():
        logging.getLogger().setLevel(logging.INFO)
        logger = logging.getLogger("astronomy_pipeline")
        logger.setLevel(logging.INFO)
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            logger.addHandler(handler)
        return logger

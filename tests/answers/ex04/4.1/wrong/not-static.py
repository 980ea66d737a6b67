"""An ordinary method."""


class AstronomyPipeline:
    def _setup_logging(self):
        logger = logging.getLogger("astronomy_pipeline")
        logger.setLevel(logging.INFO)
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            logger.addHandler(handler)
        return logger

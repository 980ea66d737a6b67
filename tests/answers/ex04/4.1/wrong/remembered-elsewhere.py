"""The class remembers that it has been set up, whatever became of the logger."""


class AstronomyPipeline:
    @staticmethod
    def _setup_logging():
        logger = logging.getLogger("astronomy_pipeline")
        logger.setLevel(logging.INFO)
        if not hasattr(AstronomyPipeline, "is_set_up"):
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            logger.addHandler(handler)
            AstronomyPipeline.is_set_up = True
        return logger

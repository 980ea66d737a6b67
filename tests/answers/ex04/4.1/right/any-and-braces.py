class AstronomyPipeline:
    @staticmethod
    def _setup_logging():
        logger = logging.getLogger("astronomy_pipeline")
        logger.setLevel("INFO")
        if any(isinstance(handler, logging.Handler) for handler in logger.handlers):
            return logger
        handler = logging.StreamHandler()
        handler.formatter = logging.Formatter("{asctime} | {levelname:8} | {message}", style="{")
        logger.addHandler(handler)
        return logger

import sys


class AstronomyPipeline:
    @staticmethod
    def _setup_logging():
        handler = logging.StreamHandler(sys.stdout)
        handler.setLevel(logging.INFO)
        handler.setFormatter(
            logging.Formatter("[%(asctime)s] %(name)s.%(levelname)s: %(message)s", "%Y-%m-%d %H:%M")
        )
        logger = logging.getLogger("astronomy_pipeline")
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO)
        return logger

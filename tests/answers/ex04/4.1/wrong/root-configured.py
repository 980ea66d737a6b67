"""`basicConfig` sets up the root logger."""


class AstronomyPipeline:
    @staticmethod
    def _setup_logging():
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
        return logging.getLogger("astronomy_pipeline")

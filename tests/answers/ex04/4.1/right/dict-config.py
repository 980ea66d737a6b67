import logging.config


class AstronomyPipeline:
    @staticmethod
    def _setup_logging() -> logging.Logger:
        name = "astronomy_pipeline"
        logging.config.dictConfig(
            {
                "version": 1,
                "disable_existing_loggers": False,
                "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
                "handlers": {"screen": {"class": "logging.StreamHandler", "formatter": "line"}},
                "loggers": {name: {"level": "INFO", "handlers": ["screen"]}},
            }
        )
        return logging.getLogger(name)

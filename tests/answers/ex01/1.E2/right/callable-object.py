from collections.abc import Callable


class Processor(Callable):
    def __init__(self, functions):
        self.functions = dict(functions)

    def one(self, record):
        function = self.functions.get(record["band"], lambda unchanged: unchanged)
        return function(record.copy())

    def __call__(self, data):
        return list(map(self.one, data))


def band_processor(functions):
    return Processor(functions)

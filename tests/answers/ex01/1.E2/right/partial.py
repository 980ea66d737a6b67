import copy
from functools import partial


def process_all(functions, data):
    result = []
    for record in copy.deepcopy(data):
        try:
            function = functions[record["band"]]
        except KeyError:
            result.append(record)
        else:
            result.append(function(record))
    return result


def band_processor(functions):
    return partial(process_all, functions)

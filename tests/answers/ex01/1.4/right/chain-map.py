from collections import ChainMap
from operator import itemgetter


def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    magnitudes = map(lambda f: conversion_func(f, *args, **kwargs), map(itemgetter("flux"), data))
    return [dict(ChainMap({"magnitude": m}, r)) for r, m in zip(data, magnitudes)]

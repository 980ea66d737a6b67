"""Probes of the final project: files are read, light curves prepared, answers sent."""

from __future__ import annotations

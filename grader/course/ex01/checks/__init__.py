"""The checks of Exercise 1: one module a part, and what several of them use."""

"""The checks of Exercise 10: one module a part, and what several of them use."""

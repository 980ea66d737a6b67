"""The checks of Exercise 8: one module a part, and what several of them use."""

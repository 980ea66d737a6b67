"""The checks of Exercise 7: one module a part, and what several of them use."""

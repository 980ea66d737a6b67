"""The checks of Exercise 6: one module a part, and what several of them use."""

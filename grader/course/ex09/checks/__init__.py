"""The checks of Exercise 9: one module a part, and what several of them use."""

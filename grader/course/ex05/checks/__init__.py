"""The checks of Exercise 5: one module a part, and what several of them use."""

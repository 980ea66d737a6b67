"""The checks of Exercise 4: one module a part, and what several of them use."""

"""The checks of Exercise 2: one module a part, and what several of them use."""

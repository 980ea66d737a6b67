"""The checks of Exercise 3: one module a part, and what several of them use."""

"""The checks of the final project: one module a part, and what several of them use."""

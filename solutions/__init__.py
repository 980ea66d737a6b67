"""The one source of each exercise: its text, its stubs and its reference solution."""

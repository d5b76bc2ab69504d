# make demo: try the project on this machine. make test: run every test. See README.md and CONTRIBUTING.md.
PYTHON ?= python3
VENV := .venv
S3VENV := .venv-swift
PEERVENV := .venv-peers
READERVENV := .venv-readers
LOCKVENV := .venv-localstack
ANALYSISVENV := .venv-analysis
SCRAPYDVENV := .venv-scrapyd
DOCSVENV := .venv-docs
# Folders of pages with answers for bench-extraction; by default the recorded corpus, else the project's own.
PAGES ?= $(wildcard ../shared/corpus/real ../shared/corpus/seeds ../shared/corpus/not-articles)
BIN := $(VENV)/bin
# Processes that run the tests side by side; many tests wait, so there may be more of them than cores.
WORKERS ?= 3

.PHONY: help setup demo test lint docs structure bench torture soak bench-extraction lock clean

help:
	@echo "make setup   the environment in .venv, exact versions"
	@echo "make demo    crawl the demo newspapers on loopback into archive/"
	@echo "make test    every test"
	@echo "make readers pywb and others, for scrapy replay"
	@echo "make lint    ruff and mypy"
	@echo "make docs    the documentation site into build/docs"
	@echo "make structure   packages, modules, sizes, imports that point upwards, circles"
	@echo "make bench   pages a second, memory, stalls"
	@echo "make torture a crawl killed 25 times, compared with an undisturbed one; long property tests"
	@echo "make soak    memory of a crawl of 20,000 pages"
	@echo "make bench-extraction   our reading of real pages beside other extractors"

setup: $(VENV)/.complete

$(VENV)/.complete: requirements-dev.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is missing: apt-get install python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed, this is $$($(PYTHON) --version). Name another: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	@echo "Setting up $(VENV): one or two minutes the first time."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@

# Programs whose dependencies conflict with ours: $(call environment,name,folder,locked packages,what it is)
define environment
.PHONY: $(1)
$(1): $(2)/.complete

$(2)/.complete: $(3) | setup
	@echo "Setting up $(2), $(4)."
	$$(PYTHON) -m venv $(2)
	$(2)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(3)
	@touch $$@
endef

# pywb, wacz and cdxj-indexer serve scrapy replay, too; the others serve tests and measurements.
$(eval $(call environment,swift,$(S3VENV),tests/servers/swift.txt,the S3 server of the tests))
$(eval $(call environment,localstack,$(LOCKVENV),tests/servers/localstack.txt,the S3 server of the tests that knows Object Lock))
$(eval $(call environment,readers,$(READERVENV),tests/readers.txt,other people's readers of archives))
$(eval $(call environment,analysis,$(ANALYSISVENV),tests/analysis.txt,the tools of docs/analysis.md))
$(eval $(call environment,scrapyd,$(SCRAPYDVENV),deploy/scrapyd/requirements.txt,a Scrapyd server as docs/scrapyd.md describes it))
$(eval $(call environment,docs-environment,$(DOCSVENV),docs/requirements.txt,what builds the documentation site))
$(eval $(call environment,peers,$(PEERVENV),benchmarks/extraction/peers.txt,the extractors that ours is measured against))

demo: setup
	$(BIN)/scrapy demo

# Tests whose environment or program (chromium, curl, openssl) is missing are skipped with a line; where
# CI=true, they fail.
test: setup
	@for name in swift localstack readers analysis scrapyd; do \
		$(MAKE) --no-print-directory $$name && continue; \
		[ "$$CI" != true ] && echo "make $$name failed: tests that need it are skipped." || exit 1; \
	done
	$(BIN)/python -m pytest -n $(WORKERS) --durations=20

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Strict: a broken link is an error. The variable silences a notice about the next major version of MkDocs.
docs: docs-environment
	NO_MKDOCS_2_WARNING=1 $(DOCSVENV)/bin/mkdocs build --quiet

structure: setup
	$(BIN)/python -m tests.structure

bench: setup
	$(BIN)/python -m benchmarks.crawl
	$(BIN)/python -m benchmarks.writing
	$(BIN)/python -m benchmarks.verify
	$(BIN)/python -m benchmarks.ledger
	$(BIN)/python -m benchmarks.second_crawl

# A crawl killed again and again, compared with an undisturbed one; property tests with many examples.
torture: setup
	$(BIN)/python -m benchmarks.torture
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -n $(WORKERS) -m property

# One crawl of 20,000 pages, its memory sampled: some minutes.
soak: setup
	$(BIN)/python -m benchmarks.soak

bench-extraction: setup peers
	$(BIN)/python -m benchmarks.extraction $(PAGES)

# Needed only after a change of a dependency; uses uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -o requirements.txt pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --extra dev -o requirements-dev.txt pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -o tests/readers.txt tests/readers.in
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header -o tests/servers/swift.txt tests/servers/swift.in
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header -o tests/servers/localstack.txt tests/servers/localstack.in
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -o tests/analysis.txt tests/analysis.in
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -o docs/requirements.txt docs/requirements.in
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --constraint requirements.txt -o deploy/scrapyd/requirements.txt pyproject.toml deploy/scrapyd/requirements.in
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header -o benchmarks/extraction/peers.txt benchmarks/extraction/peers.in

clean:
	rm -rf $(VENV) $(S3VENV) $(LOCKVENV) $(PEERVENV) $(READERVENV) $(ANALYSISVENV) $(SCRAPYDVENV) $(DOCSVENV) build dist .mypy_cache .ruff_cache .pytest_cache

# A fresh machine needs only Python 3.11+ and make: `make demo`, `make test`.

PYTHON ?= python3
BIN := .venv/bin
PP := $(BIN)/policyparse
SHARED ?= ../shared
DEMO := demo-corpus

.PHONY: demo test lint score second second-sealed gate floors train bench samples clean

# The stamp is as old as the last change of what is installed; an existing .venv is brought up to date.
.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	touch .venv/installed

demo: .venv/installed
	$(PP) import corpora/samples --corpus $(DEMO)
	$(PP) search '权限 下放' --corpus $(DEMO) --limit 5
	$(PP) show --corpus $(DEMO) "$$($(PP) search title:石桥镇扩权强镇 --corpus $(DEMO) --limit 1 | cut -d'#' -f1)"
	$(PP) compare --corpus $(DEMO) --where 'title:扩权强镇 kind:plan'
	@echo "open the page 打开网页: $(PP) serve --corpus $(DEMO)"

test: .venv/installed
	$(BIN)/python -m pytest

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Needs ../shared (seeds, corpus, gold): what the figures in README.md come from.
score: .venv/installed
	$(BIN)/python tests/benchmarks/score.py $(SHARED)

# Other documents, labelled blind in four sets; the sealed part (--half sealed) is for judging a finished work, not for mending.
second: .venv/installed
	$(BIN)/python tests/benchmarks/second.py $(SHARED) --half open

# Prints the table alone: whoever looks at its errors has unsealed it.
second-sealed: .venv/installed
	$(BIN)/python tests/benchmarks/second.py $(SHARED) --half sealed

gate: .venv/installed
	$(BIN)/python tests/benchmarks/score.py $(SHARED) --gate tests/benchmarks/floors.json

# The floors of tests/benchmarks/floors.json anew, just below today's figures: after a gain, or when the gold has changed.
floors: .venv/installed
	$(BIN)/python tests/benchmarks/score.py $(SHARED) --take tests/benchmarks/floors.json

# Labels by hash (corpora/hashed) are learned from where the texts are; without ../shared the model is a little poorer.
train: .venv/installed
	$(PP) train $(if $(wildcard $(SHARED)/corpus),--texts $(SHARED)/corpus)

samples: .venv/installed
	$(BIN)/python corpora/build_samples.py

bench: .venv/installed
	$(BIN)/python -m pip install --quiet -e '.[bench]'
	$(BIN)/python tests/benchmarks/bench.py
	$(BIN)/python tests/benchmarks/tagging.py
	if [ -d $(SHARED)/corpus ]; then \
	  $(BIN)/python tests/benchmarks/bench.py $(SHARED)/corpus/notices-2023/*.txt; \
	  $(BIN)/python tests/benchmarks/formats_speed.py $(SHARED)/corpus; fi

clean:
	rm -rf .venv $(DEMO) build dist *.egg-info

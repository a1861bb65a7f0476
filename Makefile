# Two commands: `make run` starts everything, `make test` checks everything. Both set up a fresh machine first.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# Types and the schema need settings that load, not servers that answer.
UNUSED := DATABASE_URL=postgresql://unused REDIS_URL=redis://unused RLHF_SECRET_KEY=unused-unused-unused-unused-unused-unused

.PHONY: run test check setup setup-dev front-check pytest e2e loop effects schema format bench-loop bench-engine bench-labels bench-queue bench-reward bench-policy bench-ensemble bench-real clean

run: setup
	@$(BIN)/python -m tools.launch --port $(PORT)

test: setup-dev check front-check pytest

setup:
	@$(PYTHON) tools/setup.py

setup-dev:
	@$(PYTHON) tools/setup.py --dev

check:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(UNUSED) $(BIN)/mypy annotate rlhf_backend tools

front-check:
	$(BIN)/python -m tools.front check

# Tests of parts run side by side; of those that start the whole product, train or kill, two files do.
pytest:
	$(BIN)/python -m pytest -n 2 -m "not loop and not e2e and not faults and not effect"
	$(BIN)/python -m pytest -n 2 --dist loadscope -p no:randomly -m "loop or e2e or faults" --durations=15

e2e:
	$(BIN)/python -m pytest -m e2e

loop:
	$(BIN)/python -m pytest -m loop

# What every method claims to improve, over many seeds, beside a control that must not improve: up to 20 minutes.
effects:
	$(BIN)/python -m pytest tests -m effect -p no:randomly --durations=10

schema:
	$(BIN)/python -m tools.schema

format:
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench-loop:
	@$(BIN)/python -m benchmarks.loop

# ARGS="--seeds 5" takes half as long.
bench-labels:
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.labels --write $(ARGS)

bench-engine:
	@OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m benchmarks.engine

# ARGS=--quick takes half a minute instead of five.
bench-queue:
	@$(BIN)/python -m benchmarks.queue $(ARGS)

# ARGS=--quick only tries whether it runs.
bench-reward:
	@OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m benchmarks.reward $(ARGS)

# Takes some four minutes: most of them are TRL's.
bench-policy:
	@OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m benchmarks.policy $(ARGS)

# ARGS="--score 3000" also scores a file.
bench-ensemble:
	@OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m benchmarks.ensemble $(ARGS)

# Takes a quarter of an hour; needs the folder of data sets.
bench-real:
	@OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m benchmarks.real_preferences $(ARGS)

clean:
	rm -rf frontend/dist frontend/node_modules .venv

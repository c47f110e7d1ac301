# Registre : deux commandes suffisent, « make demo » et « make test ». Elles installent ce qui manque.
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test check format installer chromium test-sqlite test-postgresql navigateur bench bench-pieces mutation propre
help: ## Montrer cette aide
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

# --- Installation, depuis les fichiers verrouillés ---------------------------------------------------
$(BIN)/uv: requirements/outils.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/outils.txt
	@touch $(BIN)/uv

.venv/.execution: $(BIN)/uv requirements/execution.txt
	@$(BIN)/uv pip install -q --require-hashes -r requirements/execution.txt
	@touch $@

.venv/.developpement: $(BIN)/uv requirements/developpement.txt
	@$(BIN)/uv pip install -q --require-hashes -r requirements/developpement.txt
	@touch $@ .venv/.execution

installer: .venv/.developpement ## Installer tout ce qu’il faut pour développer

chromium: .venv/.developpement
	@$(BIN)/python -m tests.chromium

# --- Démonstration -------------------------------------------------------------------------------------
demo: .venv/.execution ## Servir le site de démonstration sur http://127.0.0.1:8000 (PORT= pour changer)
	@$(BIN)/python -m registre.demo.lancer --port $(PORT)

# --- Contrôles -------------------------------------------------------------------------------------------
check: .venv/.developpement ## Contrôles statiques : forme, fautes, types, couches, gabarits, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet registre
	$(BIN)/bandit -q -r registre config
	$(BIN)/deptry .
	REGISTRE_MODE=test DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/.developpement ## Mettre en forme
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test-sqlite: .venv/.developpement
	$(BIN)/pytest -n 2 --dist loadfile -m "not navigateur"

test-postgresql: .venv/.developpement
	REGISTRE_TEST_BASE=postgresql $(BIN)/pytest -n 2 --dist loadfile -m "not navigateur and not sans_base"

navigateur: chromium ## Les parcours, dans un vrai navigateur
	$(BIN)/pytest -m navigateur

test: check test-sqlite test-postgresql navigateur ## Tout vérifier
	@echo "Tout est vérifié."

bench: .venv/.developpement ## Mesurer : rapports d’une même exécution
	$(BIN)/python -m bench
	$(BIN)/python -m bench.jury

bench-pieces: .venv/.developpement ## Mesurer les dépôts : leur coût, et les pages des autres pendant une rafale
	$(BIN)/python -m bench.pieces
	$(BIN)/python -m bench.rafale

mutation: .venv/.developpement ## Changer les règles un endroit à la fois : un test doit échouer (MODULES="jury eps" pour en choisir)
	$(BIN)/python -m bench.mutation $(MODULES)

propre: ## Effacer ce que la démonstration et les tests ont laissé
	rm -rf var test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis

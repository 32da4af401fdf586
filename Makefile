# Quickscan optoppen. Nodig: Python 3.11 of nieuwer en make. De rest haalt dit bestand zelf.
# Needs Python 3.11 or newer and make; everything else is fetched here, at the versions and hashes of the lock files.
.DEFAULT_GOAL := help
.ONESHELL:
.SHELLFLAGS := -euc
.PHONY: help app test test-long lint format browser nginx bench screenshots lock clean

PORT ?= 8501
PYTHON ?= python3.11 python3 /usr/bin/python3# candidates; the first that is 3.11 or newer is used
BIN := .venv/bin
APP := .venv/.app-geinstalleerd
DEV := .venv/.dev-geinstalleerd
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --require-hashes --only-binary :all:
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --system-certs \
	--custom-compile-command "make lock"

# Shell function: install Debian packages as root or through sudo, without questions; fails when that cannot be done.
define APT
apt_install() {
  command -v apt-get >/dev/null || return 1
  sudo=
  if [ "$$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || return 1
    if [ -t 0 ]; then sudo=sudo; else sudo="sudo -n"; fi
  fi
  echo "Installeren met apt-get / Installing with apt-get: $$*"
  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$$@" >/dev/null
}
endef

help:  ## deze lijst
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

app: $(APP)  ## start de app met voorbeeldgegevens (PORT=8501)
	@exec $(BIN)/python -m quickscan app --port $(PORT)

test: $(DEV) browser nginx lint  ## stijl, typen en alle tests
	@$(BIN)/python -m pytest -n 2

test-long: $(DEV) browser  ## de lange tests, met hun uitkomsten; elk heeft een korte vorm in make test
	@$(BIN)/python -m pytest -n 2 -m long -rP

lint: $(DEV)  ## stijl en typen
	@$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(DEV)  ## zet de stijl recht
	@$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(DEV)  ## meet snelheid en schaal
	@$(BIN)/python -m benchmarks

screenshots: $(DEV) browser  ## maak de schermafbeeldingen in docs/schermen
	@$(BIN)/python -m tests.e2e.screenshots docs/schermen

lock: $(DEV)  ## leg versies en hashes vast na een wijziging in requirements*.in
	@$(UV_COMPILE) -o requirements.txt requirements.in
	$(UV_COMPILE) -c requirements.txt -o requirements-dev.txt requirements-dev.in

clean:  ## ruim .venv en tijdelijke bestanden op; eigen gegevens blijven
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	@$(APT)
	found=
	for py in $(PYTHON); do
	  if "$$py" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$py; break; fi
	done
	if [ -z "$$found" ]; then
	  echo "Python 3.11 of nieuwer is niet gevonden (gezocht: $(PYTHON)). Installeer Python, of wijs het aan: make app PYTHON=/pad/naar/python" >&2
	  echo "Python 3.11 or newer was not found. Install it, or point to it: make app PYTHON=/path/to/python" >&2
	  exit 1
	fi
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then
	  package=$$("$$found" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))')
	  apt_install "$$package" || true
	  if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then
	    echo "Python mist de onderdelen venv en ensurepip. Installeer ze als beheerder: apt-get install $$package" >&2
	    echo "Python lacks venv and ensurepip. Install them as administrator: apt-get install $$package" >&2
	    exit 1
	  fi
	fi
	"$$found" -m venv .venv

$(APP): requirements.txt | $(BIN)/pip
	@echo "Onderdelen installeren, alleen de eerste keer. Dit duurt een paar minuten. / Installing, first time only."
	$(PIP) -r requirements.txt
	touch $@

$(DEV): requirements-dev.txt $(APP)
	@echo "Onderdelen voor de tests installeren, alleen de eerste keer. / Installing test tools, first time only."
	$(PIP) -r requirements-dev.txt
	touch $@

nginx:
	@$(APT)
	{ command -v nginx || [ -x /usr/sbin/nginx ]; } >/dev/null && command -v openssl >/dev/null && exit 0
	[ -d /run/systemd/system ] || apt_install nginx-light openssl || true

browser:
	@$(APT)
	for name in "$${CHROMIUM:-}" chromium chromium-browser google-chrome; do
	  if [ -n "$$name" ] && command -v "$$name" >/dev/null; then exit 0; fi
	done
	apt_install chromium fonts-dejavu-core && command -v chromium >/dev/null && exit 0
	echo "Voor de browsertests is Chromium nodig. Installeer het (apt-get install chromium) of zet CHROMIUM=/pad/naar/chromium." >&2
	echo "The browser tests need Chromium. Install it (apt-get install chromium) or set CHROMIUM=/path/to/chromium." >&2
	exit 1

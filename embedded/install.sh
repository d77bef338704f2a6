#!/bin/sh
# Makes .venv hold what a list of requirements pins: `embedded/install.sh requirements/run.txt`.
# A virtual environment that an interrupted install left behind is made anew. INSTALLER=pip does without uv.
set -eu
list=$1
complete=.venv/complete

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

is_preferred() { "$1" "$(dirname "$0")/interpreter.py" 2>/dev/null; }

# The first that is new enough, but rather one that was built with optimisation: pyenv's, by default, are not.
find_python() {
  plain=
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3}; do
    is_new_enough "$name" || continue
    if is_preferred "$name"; then echo "$name"; return; fi
    plain=${plain:-$name}
  done
  if [ "$plain" ]; then echo "$plain"; return; fi
  fail "Python 3.11 or newer is needed, and ${PYTHON:-python3} is $("${PYTHON:-python3}" --version 2>/dev/null ||
    echo 'not there'). Install it (Debian, Ubuntu: apt install python3 python3-venv), or name it: make run PYTHON=…"
}

refuse_other_platforms() {
  "$1" - <<'PYTHON' || exit 1
import platform, sys
system, machine = platform.system(), platform.machine().lower()
if system not in ("Linux", "Darwin") or machine not in ("x86_64", "amd64", "aarch64", "arm64"):
    sys.exit(f"The embedded engines do not exist for {system} {machine}: they need Linux (or macOS, untested), x86_64 or aarch64.")
if system == "Linux" and platform.libc_ver()[0] != "glibc":
    sys.exit("The embedded engines need glibc: use Debian, Ubuntu or Fedora instead of Alpine (musl).")
PYTHON
}

make_environment() {
  rm -rf .venv
  "$1" -m venv .venv || fail "This Python cannot make virtual environments: on Debian and Ubuntu, apt install python3-venv."
}

install_uv() {
  awk '/^uv==/ { found = 1 } found { print } found && !/\\$/ { exit }' requirements/run.txt > .venv/uv.txt
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
}

python=$(find_python)
refuse_other_platforms "$python"
if [ ! -e "$complete" ]; then
  say "Making the virtual environment (.venv) with $("$python" --version) ($(command -v "$python"))"
  make_environment "$python"
fi
rm -f "$complete"
say "Installing what $list pins; the first time this takes a minute or less"
if [ "${INSTALLER:-uv}" = uv ] && install_uv; then
  .venv/bin/python -m uv pip sync --compile-bytecode --python .venv/bin/python --require-hashes "$list"
else
  .venv/bin/python -m pip install --disable-pip-version-check --require-hashes -r "$list"
fi
.venv/bin/python -m compileall -q -j 0 $(dirname ./*/__init__.py)
touch "$complete"

#!/usr/bin/env bash
# One script for a checkout: it makes its own .venv, then does what the verb says.
# Needs only Python 3.11 or newer (with venv) and a package index.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

usage() {
  cat >&2 <<'TEXT'
./do demo [...]      start everything on this machine and show it    在本机启动全部演示
./do test [...]      run all tests (arguments go to pytest)          运行全部测试
./do check           linters, types, import laws, house gates        静态检查
./do storm [...]     kill, race and load tests, many rounds          破坏与压力测试
./do simulate [...]  the street in a simulated city, by seeds        按种子做确定性模拟
./do bench [...]     measure and append to bench/results.jsonl       测量性能
./do figures         make the documents' figures again               重新生成文档中的数字
./do cashlane [...]  the program itself                              运行 cashlane 命令
./do lock            resolve requirements*.txt anew (needs uv)       重新锁定依赖
TEXT
  exit 2
}

say() { printf '%s\n' "$*" >&2; }

find_python() {
  local name
  for name in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$name"; return; }
  done
  say "No Python 3.11 or newer found. Install one, or name it: PYTHON=/path/to/python ./do ..."
  say "找不到 Python 3.11 或更新版本。请安装，或用 PYTHON=/路径/python ./do ... 指明。"
  exit 1
}

make_venv() {
  local python
  python=$(find_python)
  # A half-made folder of an interrupted start has no pip; begin again.
  rm -rf .venv
  "$python" -m venv .venv >/dev/null 2>&1 || { command -v uv >/dev/null && uv venv -q --seed --python "$python" .venv; } || {
    rm -rf .venv
    say "$python cannot make .venv. On Debian: apt-get install python3-venv; then start again."
    say "$python 无法建立 .venv。Debian 上请先 apt-get install python3-venv，再重试。"
    exit 1
  }
}

# Install the given hashed files; uv when it is there, pip when uv is not or cannot.
install() {
  local files=() file
  for file in "$@"; do files+=(-r "$file"); done
  if command -v uv >/dev/null && uv pip install -q --python .venv/bin/python --require-hashes "${files[@]}"; then return; fi
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes "${files[@]}"
}

# prepare run|test: the second call with nothing changed does nothing at all.
prepare() {
  local files=(requirements.txt requirements-build.txt) stamp
  if [ "$1" = test ]; then files+=(requirements-test.txt); fi
  stamp=$(cat "${files[@]}" pyproject.toml | sha256sum)
  if [ "$(cat ".venv/.made-for-$1" 2>/dev/null)" = "$stamp $PWD" ]; then return; fi
  say "Preparing .venv (once; some minutes on a slow line) ... 正在准备 .venv（仅首次）……"
  if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then make_venv; fi
  install "${files[@]}"
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
  printf '%s' "$stamp $PWD" >".venv/.made-for-$1"
}

# Debian's programs that tests compare with; what cannot be installed is skipped with its reason,
# and with CI=true a skip is a failure.
prepare_tools() {
  local wanted=()
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then return; fi
  command -v chromium >/dev/null || wanted+=(chromium)
  command -v hledger >/dev/null || wanted+=(hledger)
  [ -x /usr/lib/postgresql/15/bin/postgres ] || wanted+=(postgresql-15)
  if [ ${#wanted[@]} = 0 ]; then return; fi
  say "Installing ${wanted[*]} ... 正在安装 ${wanted[*]} ……"
  export DEBIAN_FRONTEND=noninteractive
  # Only the programs are wanted: Debian would otherwise start a server of its own.
  if [ ! -e /etc/postgresql-common ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  apt-get update -qq >&2 || true
  local each
  for each in "${wanted[@]}"; do
    apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "$each" >/dev/null ||
      say "$each cannot be installed here. 此处无法安装 $each。"
  done
}

check() {
  local failed=0
  .venv/bin/ruff check . || failed=1
  .venv/bin/ruff format --check . || failed=1
  .venv/bin/mypy || failed=1
  .venv/bin/lint-imports || failed=1
  .venv/bin/deptry src || failed=1
  if [ -d tests/house ]; then .venv/bin/pytest -q tests/house || failed=1; fi
  return $failed
}

# No host name and no path of this machine may enter the files: whoever installs has their own.
lock() {
  command -v uv >/dev/null || { say "./do lock needs uv (pip install uv). 需要 uv。"; exit 1; }
  local compile=(uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header
    --no-annotate --no-emit-index-url --no-emit-find-links "${LOCK_ARGS[@]}")
  "${compile[@]}" pyproject.toml -o requirements.txt
  python3 -c 'import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"] + ["editables"]))' |
    "${compile[@]}" - -c requirements.txt -o requirements-build.txt
  "${compile[@]}" pyproject.toml --extra test -c requirements.txt -c requirements-build.txt -o requirements-test.txt
  if grep -nE '://|^ *(-|file:)[^-]*(index|find-links)|^/' requirements*.txt; then
    say "A registry or a path leaked into the files above. 上面的文件混入了地址或路径。"
    exit 1
  fi
}

verb=${1:-}
shift || true
case $verb in
  demo) prepare run; exec .venv/bin/cashlane demo "$@" ;;
  cashlane) prepare run; exec .venv/bin/cashlane "$@" ;;
  test) prepare test; prepare_tools; exec .venv/bin/pytest -n "${TEST_WORKERS:-2}" "$@" ;;
  check) prepare test; check ;;
  simulate) prepare test; exec .venv/bin/python -m tests.simulation "$@" ;;
  storm) prepare test; STORM_ROUNDS=${STORM_ROUNDS:-200} exec .venv/bin/pytest -m storm "$@" ;;
  bench) prepare test; exec .venv/bin/python -m bench "$@" ;;
  figures) prepare test; exec .venv/bin/python -m docs.generate "$@" ;;
  lock) LOCK_ARGS=("$@"); lock ;;
  *) usage ;;
esac

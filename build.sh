#!/usr/bin/env bash
# Sets up, builds, tests and runs TorchOptimExt on Linux: see ./build.sh --help.
set -euo pipefail
export LC_ALL=C.UTF-8 DOTNET_CLI_UI_LANGUAGE=en # messages are searched for their cause

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
demo=samples/CompareOptimizers
bench=benchmarks/TorchOptimExt.Benchmarks

source "$root/eng/run.sh"
source "$root/eng/setup.sh"
source "$root/eng/test.sh"

usage() {
  cat <<EOF
usage: ./build.sh [--packages | --polyfills] COMMAND [ARGUMENTS]

  demo [ARGUMENTS]   set up, build and run $demo (demo --help lists its arguments)
  test [ARGUMENTS]   set up, build and run all tests; the arguments go to 'dotnet test'
  bench [ARGUMENTS]  set up, build and run the benchmarks (bench --help lists them)
  setup              only set up: 'dotnet build', 'dotnet test' and an IDE then just work

  --packages         build on the TorchSharp and Microsoft.ML packages
  --polyfills        build on the projects under src/Polyfills, over Debian's libtorch

Without either option the first run tries the packages and takes the polyfills where
the package feed lacks them. The choice is kept in PackageMode.props. An option
without a COMMAND changes the choice and sets up.
EOF
}

main() {
  local forced='' command=''
  while [ $# -gt 0 ] && [ -z "$command" ]; do
    case $1 in
      --packages | --polyfills) forced=${1#--} ;;
      -h | --help | help) usage; return ;;
      demo | test | bench | setup) command=$1 ;;
      *) echo "build.sh: there is no command or option '$1'." >&2; usage >&2; return 2 ;;
    esac
    shift
  done
  case ${1-} in --packages | --polyfills) forced=${1#--}; shift ;; esac
  if [ -z "$command$forced" ]; then usage >&2; return 2; fi
  "run_${command:-setup}" "$@"
}

run_setup() {
  set_up "$forced" "${polyfill_packages[@]}"
  quietly "Restoring packages" dotnet restore "$root/TorchOptimExt.sln"
  echo "Ready in $mode mode: ./build.sh test, ./build.sh demo, or dotnet and an IDE as usual."
}

run_demo() {
  set_up "$forced" "$(demo_dataset "$@")"
  run_release "$demo" "$@"
}

run_bench() {
  [ -d "$root/$bench" ] || fail "there are no benchmarks in $bench."
  set_up "$forced" "$(bench_dataset "$@")"
  run_release "$bench" "$@"
}

run_test() {
  set_up "$forced"
  quietly "Building the solution" dotnet build "$root/TorchOptimExt.sln" -v q --nologo
  run_test_projects "$@"
}

run_release() { # PROJECT ARGUMENTS...: in the caller's folder, with the program's own exit status
  local name=${1##*/}
  quietly "Building $1" dotnet build "$root/$1" -c Release -v q --nologo
  shift
  exec dotnet "$root/artifacts/$mode/bin/$name/release/$name.dll" "$@"
}

main "$@"

# Running the test projects and counting what their result files (trx) say.

run_test_projects() { # DOTNET-TEST-ARGUMENTS...
  local results=$root/artifacts/$mode/test-results project name status
  local passed=0 failed=0 skipped=0 failures=()
  rm -rf "$results"
  for project in "$root"/tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    status=0
    dotnet test "$project" --no-build --nologo --results-directory "$results" \
      --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
      --blame-hang-timeout 10m --blame-hang-dump-type none "$@" </dev/null || status=$?
    count "$name" "$results/$name.trx" "$status"
  done
  report
}

count() { # NAME TRX EXIT-STATUS: adds to the counts of run_test_projects
  local names=() counters
  if [ -f "$2" ]; then
    counters=$(grep -o '<Counters [^>]*>' "$2" || true)
    passed=$((passed + $(counter passed)))
    skipped=$((skipped + $(counter total) - $(counter executed)))
    mapfile -t names < <(failed_names "$2")
  fi
  failures+=("${names[@]}")
  if [ "$3" -ne 0 ] && { [ ${#names[@]} -eq 0 ] || was_aborted "$2"; }; then
    failures+=("$1: ended with status $3 before all of its tests had")
  fi
  failed=${#failures[@]}
}

counter() { # NAME: its value in $counters
  local value=${counters#* "$1"=\"}
  value=${value%%\"*}
  echo "${value:-0}"
}

failed_names() { # TRX
  grep '<UnitTestResult [^>]*outcome="Failed"' "$1" |
    sed -E 's/.* testName="([^"]*)".*/\1/; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
}

was_aborted() { # TRX
  grep -q 'test run was aborted' "$1"
}

report() { # of run_test_projects
  if [ "$failed" -gt 0 ]; then
    printf '\nFailed:\n'
    printf '  %s\n' "${failures[@]}"
  fi
  echo
  [ "$skipped" -eq 0 ] || echo "$skipped skipped"
  [ $((passed + failed)) -gt 0 ] || echo "No tests were found."
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

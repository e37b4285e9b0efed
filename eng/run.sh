# Running the commands of build.sh: quiet while they succeed, one clear line when they fail.

fail() {
  echo "build.sh: $*" >&2
  exit 1
}

quietly() { # STEP COMMAND...
  local step=$1 log
  shift
  echo "$step ..."
  log=$root/artifacts/logs/${step%% *}.log
  { "$@" >"$log" 2>&1 </dev/null; } 2>/dev/null || explain "$log" "$step"
}

explain() { # LOG STEP: says why the step failed and ends
  if disk_is_full || grep -qiE 'no space left on device|not enough space on the disk|enough free space' "$1"; then
    fail "$2 failed: the disk is full ($(free_mib "$root") MiB free for $root); free some space and run again."
  elif grep -qE 'error (NU1301|NU1900)|Temporary failure resolving|Failed to fetch|Unable to connect' "$1"; then
    fail "$2 failed: no network, or $(unreachable "$1") does not answer; connect and run again."
  elif grep -qE 'error NU110[123]' "$1"; then
    fail "$2 failed: the package feed lacks $(lacking "$1"); add a source that has it, or use --polyfills."
  fi
  { grep -iE 'error( [A-Z]+[0-9]+)? ?:|^E: ' "$1" | sort -u | grep . || cat "$1"; } >&2
  fail "$2 failed, see above."
}

unreachable() { # LOG: the first host that NuGet or apt-get could not reach
  grep -E 'NU1301|NU1900|^[EW]: ' "$1" | grep -oE "https?://[^/ '\"]+" | head -n 1
}

lacking() { # LOG: the packages that no source has, in this version or at all
  grep -E 'error NU110[123]' "$1" | sed -E 's/.*Unable to find (a stable )?package ([^ ]+).*/\2/; s/\.$//' | sort -u | paste -sd ' '
}

free_mib() { # FOLDER
  df -Pm "$1" | awk 'NR == 2 { print $4 }'
}

disk_is_full() {
  [ "$(free_mib "$root")" -eq 0 ]
}

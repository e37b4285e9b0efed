# Set-up: the SDK, disk space, the package mode and, for the polyfills, what they need from Debian.

mode_file=$root/PackageMode.props
polyfill_packages=(libtorch-dev libopenblas0-pthread g++ make cmake)
first_build_mib=300
dataset=/usr/share/datasets/fashion-mnist

set_up() { # FORCED-MODE FURTHER-DEBIAN-PACKAGES...: leaves the mode in $mode
  local forced=$1 packages=()
  shift
  check_folders
  check_sdk
  choose_mode "$forced"
  [ "$mode" = packages ] || packages=("${polyfill_packages[@]}")
  install_missing "${packages[@]}" "$@"
}

check_folders() { # space is asked for before the first build only: later builds need little
  local free needed=$first_build_mib
  free=$(free_mib "$root")
  [ ! -f "$mode_file" ] || needed=1
  [ "$free" -ge "$needed" ] || fail "the disk is too full: $free MiB free for $root, $needed MiB needed."
  mkdir -p "$root/artifacts/logs" 2>/dev/null && [ -w "$root" ] && [ -w "$root/artifacts/logs" ] || fail "cannot write to $root."
  if [ ! -w "${HOME:-/nowhere}" ]; then # as in a container with a bare user id
    export HOME=$root/artifacts/home
    mkdir -p "$HOME"
  fi
}

check_sdk() {
  local version
  command -v dotnet >/dev/null || fail "no .NET SDK found; install the .NET 10 SDK (https://dot.net/download) and put dotnet on PATH."
  version=$(dotnet --version 2>&1) || version="no SDK (dotnet --version: $(echo "$version" | head -n 1))"
  case ${version%%.*} in
    [1-9][0-9]) ;;
    *) fail "the .NET 10 SDK or later is needed, found $version; install it from https://dot.net/download." ;;
  esac
}

choose_mode() { # FORCED-MODE: or the one remembered, or the one that a restore finds
  local remembered=''
  [ ! -f "$mode_file" ] || remembered=$(sed -nE 's:.*<PackageMode>(packages|polyfills)</PackageMode>.*:\1:p' "$mode_file")
  mode=${1:-$remembered}
  if [ -z "$mode" ]; then
    find_mode
  elif [ "$mode" = packages ] && [ "$mode" != "$remembered" ]; then
    try_packages || explain "$probe_log" "Restoring TorchSharp and Microsoft.ML"
  fi
  [ "$mode" = "$remembered" ] || remember_mode
}

try_packages() {
  probe_log=$root/artifacts/logs/packages.log
  echo "Trying to restore TorchSharp and Microsoft.ML ..."
  dotnet restore "$root/TorchOptimExt.sln" -p:PackageMode=packages >"$probe_log" 2>&1 </dev/null
}

find_mode() {
  if try_packages; then
    mode=packages
  elif grep -qE 'error NU110[123]: .*package (TorchSharp|libtorch|Microsoft\.ML)' "$probe_log"; then
    mode=polyfills
  else
    explain "$probe_log" "Restoring packages"
  fi
}

remember_mode() {
  cat >"$mode_file" <<EOF || explain /dev/null "Writing $mode_file"
<Project>
  <PropertyGroup>
    <PackageMode>$mode</PackageMode>
  </PropertyGroup>
</Project>
EOF
  echo "Package mode: $mode (kept in PackageMode.props)."
}

demo_dataset() { # DEMO-ARGUMENTS...: Debian's Fashion-MNIST, unless other data is named or none is needed
  case " $* " in ' surfaces '* | *' --data'* | *' --help '* | *' -h '*) return ;; esac
  [ -d "$dataset" ] || echo dataset-fashion-mnist
}

bench_dataset() { # BENCH-ARGUMENTS...: the same, for the two tables that train
  case " $* " in *' --data'* | *' --help '* | *' -h '*) return ;; esac
  case " $* " in ' mlnet '* | *' --stochastic '*) [ -d "$dataset" ] || echo dataset-fashion-mnist ;; esac
}

missing() { # PACKAGE...: those not installed; a tool may come from elsewhere, it must be on PATH
  local package
  for package; do
    case $package in
      g++ | make | cmake) command -v "$package" >/dev/null || echo "$package" ;;
      ?*) [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package" ;;
    esac
  done
}

install_missing() { # PACKAGE...
  local wanted
  mapfile -t wanted < <(missing "$@")
  [ ${#wanted[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "missing: ${wanted[*]} (packages of Debian 12, and this system has no apt-get)."
  [ "$(id -u)" -eq 0 ] || fail "missing: ${wanted[*]}; run this once: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${wanted[*]}"
  quietly "Installing ${wanted[*]}" apt_get_install "${wanted[@]}"
  mapfile -t wanted < <(missing "$@")
  [ ${#wanted[@]} -eq 0 ] || fail "still missing after the installation: ${wanted[*]} (is it on PATH?)"
}

apt_get_install() { # PACKAGE...: the lists of a fresh machine are empty or old
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

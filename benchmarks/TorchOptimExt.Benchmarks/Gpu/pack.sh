#!/usr/bin/env bash
# Packs this program for a Linux machine with a GPU and Python's torch, but without .NET and NuGet: the program, the native library of
# TorchSharp, which runs on the wheel's libtorch, and the .NET runtime. Usage: pack.sh [ARCHIVE]; there: tar xf ARCHIVE && ./gpu/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
archive=$(realpath -m "${1:-artifacts/gpu.tar.xz}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet publish benchmarks/TorchOptimExt.Benchmarks -c Release -v quiet --nologo -p:UseAppHost=false -o "$folder/gpu/program"
# Of the native libraries only TorchSharp's own: libtorch is the wheel's.
find "$folder/gpu/program" \( -name '*.so' -o -name '*.so.*' -o -name '*.pdb' -o -name '*.xml' \) ! -name 'libLibTorchSharp.so' -delete
rm -rf "$folder/gpu/program/runtimes"
dotnet=$(dirname "$(realpath "$(command -v dotnet)")")
version=$(dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \(10[^ ]*\).*/\1/p' | tail -1)
mkdir -p "$folder/gpu/dotnet/shared/Microsoft.NETCore.App"
cp "$dotnet/dotnet" "$folder/gpu/dotnet"
cp -r "$dotnet/host" "$folder/gpu/dotnet"
cp -r "$dotnet/shared/Microsoft.NETCore.App/$version" "$folder/gpu/dotnet/shared/Microsoft.NETCore.App"
cat >"$folder/gpu/run.sh" <<'RUN'
#!/usr/bin/env bash
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
torch=$(python3 -c 'import os, torch; print(os.path.dirname(torch.__file__))')
path=$torch/lib
for lib in "$(dirname "$torch")"/nvidia/*/lib; do path=$path:$lib; done
export LD_LIBRARY_PATH=$here/program:$path${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} DOTNET_ROOT=$here/dotnet
exec "$here/dotnet/dotnet" "$here/program/TorchOptimExt.Benchmarks.dll" gpu "$@"
RUN
chmod +x "$folder/gpu/run.sh"
mkdir -p "$(dirname "$archive")"
tar -C "$folder" -cJf "$archive" gpu
echo "$archive: $(du -h "$archive" | cut -f1)"

#!/bin/sh
# Builds libgapscope_capture.so with a compiler alone, for machines without Node: native/build.sh OUT_DIR
# Same flags as binding.gyp. CUDA_INCLUDE names the headers' folder where it is not found by itself.
# TESTS=1 builds the fake libcupti and the test programs too; SANITIZE=address,undefined or thread instruments all of it.
set -eu
cd "$(dirname "$0")/.."
out=${1:?usage: native/build.sh OUT_DIR}
mkdir -p "$out"

include=${CUDA_INCLUDE:-}
for folder in "${CUDA_HOME:-/nonexistent}/include" /usr/local/cuda/include /usr/local/cuda-*/include \
  "${VIRTUAL_ENV:-/nonexistent}"/lib/python3*/site-packages/nvidia/cu13/include \
  /usr/local/lib/python3*/*-packages/nvidia/cu13/include /opt/*/lib/python3*/site-packages/nvidia/cu13/include; do
  [ -z "$include" ] && [ -f "$folder/cupti.h" ] && [ -f "$folder/nvtx3/nvToolsExt.h" ] && include=$folder
done
[ -n "$include" ] || { echo "native/build.sh: no folder with cupti.h and nvtx3/ found: set CUDA_INCLUDE" >&2; exit 1; }

cxx=${CXX:-g++}
flags="-Wall -Wextra -Werror -O2 -g1 -fPIC -fvisibility=hidden -pthread -Inative -isystem $include"
if [ -n "${SANITIZE:-}" ]; then
  # The sanitizer's runtime comes with the program, so undefined symbols stay; frames are wanted in its reports.
  flags="$flags -fsanitize=$SANITIZE -fno-omit-frame-pointer -fno-sanitize-recover=all"
  link=""
else
  link="-static-libstdc++ -static-libgcc -Wl,-z,defs"
fi
link="$link -Wl,--exclude-libs,ALL -Wl,--version-script=native/exports.map"

objects=""
sources="native/arrow/*.cc native/capture/*.cc"
# Everything at once: a compiler run a file, then wait for each.
jobs=""
for source in $sources; do
  object="$out/$(basename "$(dirname "$source")")_$(basename "$source" .cc).o"
  $cxx -std=c++17 $flags ${CXXFLAGS:-} -c "$source" -o "$object" &
  jobs="$jobs $!"
  objects="$objects $object"
done
for job in $jobs; do wait "$job"; done
$cxx $flags -shared $objects $link -o "$out/libgapscope_capture.so" -ldl -lpthread
rm -f $objects

if [ -n "${TESTS:-}" ]; then
  # CUPTI's headers do not mark all they declare as visible.
  $cxx -std=c++17 $flags -fvisibility=default -shared native/test/fake_cupti/*.cc -Wl,-soname,libcupti.so.13 -o "$out/libfake_cupti.so" &
  jobs=$!
  $cxx -std=c++17 $flags native/test/harness/*.cc -o "$out/harness" -ldl &
  jobs="$jobs $!"
  $cxx -std=c++17 $flags native/test/arrow_writer_test.cc native/arrow/*.cc -o "$out/arrow_writer_test" &
  jobs="$jobs $!"
  ${CC:-gcc} $flags native/test/nvtx_program.c -o "$out/nvtx_program" -ldl &
  jobs="$jobs $!"
  for job in $jobs; do wait "$job"; done
fi
echo "$out/libgapscope_capture.so"

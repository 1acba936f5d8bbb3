#!/usr/bin/env bash
# Records every trace of this folder again, on a machine with an NVIDIA GPU, torch with CUDA, and the capture library.
#
#   GAPSCOPE_LIBRARY=build/Release/libgapscope_capture.so traces/record.sh OUT [NAME ...]
#
# OUT gets one NAME.trace a recording: gzipped tables and the pipeline's own run.json, which holds the CUDA-event
# times that the analyzers are checked against. Without names all are made. Only the measured run is recorded (the
# pipeline brackets it with cudaProfilerStart and cudaProfilerStop), after a warm-up that did the same work.
set -euo pipefail

library=$(realpath "${GAPSCOPE_LIBRARY:-build/Release/libgapscope_capture.so}")
out=$(realpath -m "${1:?where to? traces/record.sh OUT [NAME ...]}")
shift
python=${GAPSCOPE_PYTHON:-python3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$out"

# NAME, then the pipeline's options.
record() {
  local name=$1
  shift
  CUDA_INJECTION64_PATH=$library NVTX_INJECTION64_PATH=$library GAPSCOPE_OUT=$scratch/$name GAPSCOPE_PROFILER_API=1 \
    "$python" -m pipelines.ar_video "$@" --profiler-api --out "$scratch/$name.json"
  local recorded=("$scratch/$name"/*.trace)
  if [ ${#recorded[@]} -ne 1 ]; then
    echo "$name: expected one process's trace, found ${#recorded[@]}" >&2
    return 1
  fi
  rm -rf "$out/$name.trace"
  mkdir "$out/$name.trace"
  for table in "${recorded[0]}"/*.arrows; do
    gzip -9 -n -c "$table" >"$out/$name.trace/$(basename "$table").gz"
  done
  cp "$scratch/$name.json" "$out/$name.trace/run.json"
  du -sk "$out/$name.trace"
}

# Raw activity buffers and callbacks, from the start, which the tests replay through a fake libcupti.
record_fixture() {
  CUDA_INJECTION64_PATH=$library NVTX_INJECTION64_PATH=$library GAPSCOPE_OUT=$scratch/fixture \
    GAPSCOPE_DUMP=$scratch/fixture.gsdump \
    "$python" -m pipelines.ar_video --preset small --layers 1 --blocks 6 --switch-at 5 --cuda-graphs
  gzip -9 -n -c "$scratch/fixture.gsdump" >"$out/small-graphs-h200.gsdump.gz"
}

# Two ranks on two GPUs of one machine, by our library and, in another run, by torch.profiler: OUT/ranks-h200. The file of
# each rank counts from its own beginning, and the machine has one clock: what aligning them finds can be checked.
record_ranks() {
  local ranks=("$python" -W ignore -m pipelines.ranks --ranks 2 --steps 12 --late 0.02)
  CUDA_INJECTION64_PATH=$library NVTX_INJECTION64_PATH=$library GAPSCOPE_OUT=$scratch/ranks GAPSCOPE_PROFILER_API=1 \
    "${ranks[@]}" --profiler-api --out "$scratch/ranks.json"
  "${ranks[@]}" --torch-profiler "$scratch/torch"
  rm -rf "$out/ranks-h200"
  mkdir -p "$out/ranks-h200/capture" "$out/ranks-h200/torch-profiler"
  local trace number=0 table
  for trace in "$scratch"/ranks/*.trace; do
    mkdir "$out/ranks-h200/capture/process-$number.trace"
    for table in "$trace"/*.arrows; do
      gzip -9 -n -c "$table" >"$out/ranks-h200/capture/process-$number.trace/$(basename "$table").gz"
    done
    number=$((number + 1))
  done
  cp "$scratch/ranks.json" "$out/ranks-h200/steps.json"
  cp "$scratch"/torch/*.json.gz "$out/ranks-h200/torch-profiler"
  du -sk "$out/ranks-h200"
}

# What predictions are made from: recorded by the campaign that also measures what they are held against.
record_whatif() {
  GAPSCOPE_LIBRARY=$library "$python" -m bench.whatif.campaign "$scratch/whatif" --stages captures \
    --captures ar-small-base ar-full-base dit-base dit-full-base
  local name packed
  for packed in "$scratch"/whatif/captures-*.tar; do tar -xf "$packed" -C "$scratch/whatif"; done
  for name in ar-small ar-full dit dit-full; do
    rm -rf "$out/whatif-$name.trace"
    mv "$scratch/whatif/$name-base.trace" "$out/whatif-$name.trace"
  done
}

for name in "${@:-full-eager small-eager small-graphs full-batch2 whatif}"; do
  for each in $name; do
    case $each in
      full-eager) record full-eager --preset full --blocks 10 --switch-at 7 --attention-backend cudnn ;;
      small-eager) record small-eager --preset small --blocks 10 --switch-at 7 --attention-backend cudnn ;;
      small-graphs) record small-graphs --preset small --blocks 10 --switch-at 7 --attention-backend cudnn --cuda-graphs ;;
      full-batch2) record full-batch2 --preset full --blocks 8 --batch 2 --attention-backend cudnn ;;
      whatif) record_whatif ;;
      fixture) record_fixture ;;
      ranks) record_ranks ;;
      *)
        echo "no recording is called $each" >&2
        exit 1
        ;;
    esac
  done
done

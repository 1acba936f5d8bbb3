#!/bin/sh
# The native tests on builds with AddressSanitizer + UndefinedBehaviorSanitizer and with ThreadSanitizer, into
# build/sanitize: npm run test:sanitizers [-- address|thread]. Fails where a test fails or a sanitizer wrote a report.
set -eu
cd "$(dirname "$0")/.."
root=$PWD/build/sanitize

# check NAME SANITIZERS OPTIONS_VARIABLE
check() {
  name=$1
  SANITIZE=$2 TESTS=1 native/build.sh "$root/$name"
  rm -f "$root/$name"/report.*
  status=0
  options="log_path=$root/$name/report:detect_leaks=0:print_stacktrace=1:die_after_fork=0"
  env GAPSCOPE_BUILD="$root/$name" "$3=$options" UBSAN_OPTIONS="$options" \
    node_modules/.bin/vitest run --project native --maxWorkers 1 || status=1
  for report in "$root/$name"/report.*; do
    [ -f "$report" ] || continue
    head -n 60 "$report"
    status=1
  done
  [ $status = 0 ] && echo "$name: clean" || echo "$name: not clean: see $root/$name/report.*"
  return $status
}

# Leaks are not looked for: a session is left behind on purpose, because another thread may be in one of its functions.
result=0
[ "${1:-address}" = address ] && { check address address,undefined ASAN_OPTIONS || result=1; }
[ "${1:-thread}" = thread ] && { check thread thread TSAN_OPTIONS || result=1; }
exit $result

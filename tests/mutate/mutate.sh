#!/bin/bash
# mutate.sh [--count N] [--seed N] [FILE...]: plants faults in the room check, one at a time, and says which of them no
# test of unit_check finds. README.md beside it has what came of it.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(readlink -f "$here/../..")
work=$root/build/mutate
copy=$work/tree
count=100
seed=1
files=()

while (($# > 0)); do
  case $1 in
    --count | --seed)
      [[ ${2-} =~ ^[0-9]+$ ]] || { echo "mutate: $1 wants a number" >&2; exit 64; }
      if [[ $1 == --count ]]; then count=$2; else seed=$2; fi
      shift
      ;;
    -*) echo "mutate: there is no option '$1'; there are --count, --seed and files" >&2; exit 64 ;;
    *) files+=("$1") ;;
  esac
  shift
done
cd "$root"
((${#files[@]} > 0)) || mapfile -t files < <(find src/check -name '*.cpp' | sort)
for file in "${files[@]}"; do
  [[ $file == src/check/*.cpp && -f $file ]] || { echo "mutate: $file is no source of src/check/" >&2; exit 64; }
done

# The work tree is never touched: what is changed, built and run is a copy.
mkdir -p "$work"
rm -rf "$copy/src" "$copy/tests"
mkdir -p "$copy"
cp -a CMakeLists.txt CMakePresets.json cmake src tests scenarios docs README.md "$copy/"
cd "$copy"

build() { nice -n 19 cmake --build build/dev -j1 --target unit_check; }
# The random histories of the twins take the longest: a tenth of them has to do.
quick='-*Soak*:*Tenths*/1:*Tenths*/2:*Tenths*/3:*Tenths*/4:*Tenths*/5:*Tenths*/6:*Tenths*/7:*Tenths*/8:*Tenths*/9'
run_tests() {
  timeout 600 nice -n 19 build/dev/tests/unit_check --gtest_fail_fast --gtest_brief=1 --gtest_filter="$1"
}

echo "building unit_check without optimisation, in $copy" >&2
# What a mutant makes the compiler warn of, the tests are to find.
[[ -f build/dev/build.ninja ]] ||
  cmake --preset dev -DSTALEMATE_TESTS=ON -DSTALEMATE_BENCH=OFF -DCMAKE_CXX_FLAGS=-w >"$work/configure.log"
build >"$work/build.log" 2>&1 || { tail -20 "$work/build.log" >&2; exit 70; }
run_tests "$quick" >"$work/test.log" 2>&1 ||
  { echo "mutate: unit_check fails without any mutant: $work/test.log" >&2; exit 70; }

# As good as at random, and the same for the same seed and sources.
awk -f "$here/mutants.awk" "${files[@]}" >"$work/all.tsv"
awk -v seed="$seed" '{ printf "%d\t%s\n", (NR * 7919 + seed * 104729 + NR * NR * 31) % 1000003, $0 }' "$work/all.tsv" |
  sort -n | cut -f 2- | awk -v count="$count" 'NR <= count' >"$work/chosen.tsv"
echo "$(wc -l <"$work/chosen.tsv") of $(wc -l <"$work/all.tsv") mutants of ${#files[@]} files, seed $seed" >&2

: >"$work/results.tsv"
survived=0
while IFS=$'\t' read -r file line column old new; do
  cp "$file" "$work/original"
  L=$line C=$column OLD=$old NEW=$new awk '
    NR == ENVIRON["L"] {
      before = substr($0, 1, ENVIRON["C"] - 1)
      $0 = before ENVIRON["NEW"] substr($0, ENVIRON["C"] + length(ENVIRON["OLD"]))
    }
    { print }' "$work/original" >"$file"
  if ! build >"$work/build.log" 2>&1; then
    outcome='does not compile'
  elif ! run_tests "$quick" >"$work/test.log" 2>&1; then
    failed=$(awk '/^\[  FAILED  \]/ { sub(/,$/, "", $4); print $4; exit }' "$work/test.log")
    outcome="killed: ${failed:-it crashed, or did not end}"
  else
    outcome=SURVIVED
    survived=$((survived + 1))
  fi
  printf '%s\t%s:%s\t%s\t->\t%s\n' "$outcome" "$file" "$line" "$old" "$new" | tee -a "$work/results.tsv"
  cp "$work/original" "$file"
done <"$work/chosen.tsv"

awk -F '\t' '{ sub(/:.*/, "", $1); many[$1]++ } END { for (what in many) print many[what], what }' "$work/results.tsv" >&2
echo "all of them: $work/results.tsv" >&2
((survived == 0)) || exit 1

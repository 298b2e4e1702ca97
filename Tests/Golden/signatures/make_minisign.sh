#!/usr/bin/env bash
# Writes the folder `minisign`: keys, messages and signatures as the program minisign (Debian's package of that name)
# makes them. The keys are for tests alone; the password of those that have one is "correct horse".
#
#     Tests/Golden/signatures/make_minisign.sh
set -euo pipefail
cd "$(dirname "$0")"
rm -rf minisign
mkdir minisign
cd minisign
password='correct horse'
export HOME=$PWD

printf 'espalier.plan 1 %064d\n' 7 > statement
: > empty
head -c 70000 /dev/zero > zeros

minisign -G -W -p plain.pub -s plain.key > /dev/null
# With less memory than it likes, minisign makes a key that needs 32 MiB to read.
(ulimit -v 60000; printf '%s\n%s\n' "$password" "$password" | minisign -G -p light.pub -s light.key > /dev/null)
printf '%s\n%s\n' "$password" "$password" | minisign -G -p heavy.pub -s heavy.key > /dev/null
# A key whose password was taken away keeps salt and checksum.
cp light.key stripped.key
printf '%s\n' "$password" | minisign -C -W -s stripped.key > /dev/null

sign() {
  printf '%s\n' "$password" | minisign -S -s "$1.key" -m "$2" -x "$2.$1.$3.minisig" "${@:4}" > /dev/null
}
for message in statement empty zeros; do
  sign plain "$message" hashed -t 'signed for a test'
  sign plain "$message" legacy -l -t 'signed for a test, the old way'
done
sign light statement hashed -t $'Größe: 1\tkB, 漢字' -c 'another comment'
sign light statement legacy -l -t 'signed for a test, the old way'
sign heavy statement hashed -t 'signed for a test'

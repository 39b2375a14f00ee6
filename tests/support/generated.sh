# How the two that write what follows from the program are called, documents.sh and pictures.sh:
# [--check] [PROGRAM]. To be read with the shell's dot; goes to the root of the sources.
. "$(dirname "$0")/support/shell.sh"
cd "$(dirname "$0")/.."

check=
if [ "${1-}" = --check ]; then
    check=yes
    shift
fi
program=${1:-build/lnscope}
case $program in
    */*) ;;
    *) program=./$program ;;
esac

# What tests that look on by strace begin with; to be read by them with the shell's dot.
. "$(dirname "$0")/support/shell.sh"

# begin PROGRAM WHAT: goes into the test's own folder; $program is the whole path of PROGRAM, which is
# named from the root of the sources. Where there is no strace the test ends, and
# says WHAT.
begin() {
    cd "$(dirname "$0")/.."
    program=$(realpath "$1")
    if ! command -v strace > /dev/null || ! strace -o /dev/null true 2> /dev/null; then
        echo "strace is not here: $2"
        exit 0
    fi
    cd "$folder"
    failed=
}

# What the shell tests share: a folder of their own, $folder, which is gone at the end, whatever ends the
# test; and waits. To be read with the shell's dot as the first command, before the test goes to
# another folder.
#
# A shell hears a signal once the command under way is over, which may be long. So the test is run once
# more, behind this shell, which waits, and ends all that the test has started when it is told to end.

# wait_for CONDITION: until it holds, a minute at most; false when it never does
wait_for() {
    for tenth in $(seq 600); do
        ! eval "$1" 2> /dev/null || return 0
        sleep 0.1
    done
    return 1
}

# typed_once CONDITION KEYS: keys for a terminal, which come when the condition holds, or a minute is over
typed_once() {
    wait_for "$1" || true
    printf '%b' "$2"
}

# descendants ID: every process below it
descendants() {
    for child in $(ps -A -o pid= -o ppid= 2> /dev/null |
        awk -v parent="$1" '$2 == parent { print $1 }'); do
        echo "$child"
        descendants "$child"
    done
}

# are_gone ID...: or have ended, and only nobody has asked how
are_gone() {
    for id; do
        kill -0 "$id" 2> /dev/null || continue
        case $(ps -o stat= -p "$id" 2> /dev/null) in
            Z*) ;;
            *) return 1 ;;
        esac
    done
}

# end_below ID: ends it and all below it, those that do not listen too
end_below() {
    ids="$1 $(descendants "$1" | tr '\n' ' ')"
    kill -TERM $ids 2> /dev/null || true
    wait_for "are_gone $ids" || kill -KILL $ids 2> /dev/null || true
}

if [ -z "${OWN_FOLDER-}" ]; then
    folder= behind= status=0
    trap 'exit 1' HUP INT TERM
    trap '[ -z "$behind" ] || end_below "$behind"; [ -z "$folder" ] || rm -rf "$folder"' EXIT
    folder=$(mktemp -d)
    exec 9<&0 # a command behind a shell reads from nowhere
    OWN_FOLDER=$folder sh "$0" "$@" <&9 9<&- &
    behind=$!
    exec 9<&-
    wait "$behind" || status=$?
    behind=
    exit "$status"
fi
folder=$OWN_FOLDER
unset OWN_FOLDER
trap 'exit 1' HUP INT TERM

# Keeps one throw-away PostgreSQL cluster for as long as standard input stays open.
#
#   keeper.sh <bin> <folder> <server options…>
#
# xtask holds the other end of standard input. However xtask ends, the input closes, the server stops
# and the folder goes. That is why this is a process of its own and not a clean-up at the end of xtask.

trap '' HUP INT TERM
bin=$1
folder=$2
shift 2

# The cluster itself may be lost, so making it need not wait for the disk. The server does (fsync stays on).
if ! "$bin/initdb" -D "$folder/data" --username=loam --auth=trust --encoding=UTF8 --no-locale --no-sync \
    >"$folder/log" 2>&1 </dev/null; then
    cat "$folder/log" >&2
    rm -rf "$folder"
    exit 1
fi

exec 3<&0
"$bin/postgres" -D "$folder/data" "$@" >"$folder/log" 2>&1 3<&- &
server=$!

# Waits for the end of the input, then insists: a server that is just starting ignores the first signals.
(
    cat <&3 >/dev/null
    : >"$folder/stopped"
    while kill -QUIT "$server" 2>/dev/null; do sleep 1; done
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-

wait "$server"
status=$?
kill -KILL "$watcher" 2>/dev/null
[ -e "$folder/stopped" ] || tail -n 40 "$folder/log" >&2
rm -rf "$folder"
exit "$status"

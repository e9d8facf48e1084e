#!/bin/sh
# Limits of the system for a server with very many connections: shows them, sets them, and takes that back.
set -eu

usage() {
    cat <<'USAGE'
heartbeat-limits.sh [--root DIR] show    what is, and what would be; changes nothing
heartbeat-limits.sh [--root DIR] apply   shows it, asks, sets it, and keeps it over a restart of the machine
heartbeat-limits.sh [--root DIR] undo    sets what was before
  --root DIR   keeps the files below DIR instead of /
  --yes        does not ask
USAGE
}

# At least these; what is higher stays.
wanted="fs.file-max 2200000
fs.nr_open 1048576
net.core.somaxconn 4096
net.ipv4.tcp_max_syn_backlog 8192"

root=
yes=
command=
while [ $# -gt 0 ]; do
    case $1 in
        --root) root=${2:?--root needs a folder} && shift ;;
        --yes) yes=true ;;
        --help | -h) usage && exit 0 ;;
        show | apply | undo) command=$1 ;;
        *) usage >&2 && exit 2 ;;
    esac
    shift
done
[ -n "$command" ] || { usage >&2 && exit 2; }

sysctls=$root/etc/sysctl.d/90-heartbeat-bus.conf
limits=$root/etc/security/limits.d/90-heartbeat-bus.conf
before=$root/var/lib/heartbeat-bus/sysctl.before

# Prints name, present value and wanted value of each limit that is too low. Values of 19 digits are beyond the shell's.
too_low() {
    echo "$wanted" | while read -r name value; do
        now=$(sysctl -n "$name") || continue
        [ "${#now}" -gt 18 ] || [ "$now" -ge "$value" ] || echo "$name $now $value"
    done
}

show() {
    changes=$(too_low)
    if [ -z "$changes" ]; then
        echo "all limits of the kernel are high enough"
    else
        echo "$changes" | while read -r name now value; do
            echo "$name is $now, to be $value"
        done
    fi
    [ -f "$limits" ] || echo "heartbeat-bus may open as many files as the system's default says, to be 1048576 ($limits)"
}

case $command in
    show) show ;;
    apply)
        show
        if [ -z "$yes" ]; then
            printf 'change this? [y/N] '
            read -r answer
            [ "$answer" = y ] || exit 1
        fi
        changes=$(too_low)
        mkdir -p "$(dirname "$sysctls")" "$(dirname "$limits")" "$(dirname "$before")"
        # The oldest values are the ones to go back to.
        [ -f "$before" ] || : >"$before"
        if [ -n "$changes" ]; then
            echo "$changes" | while read -r name now value; do
                grep -q "^$name " "$before" || echo "$name $now" >>"$before"
                sysctl -q -w "$name=$value"
                echo "$name = $value" >>"$sysctls"
            done
        fi
        printf '%s\n' 'heartbeat-bus soft nofile 1048576' 'heartbeat-bus hard nofile 1048576' >"$limits"
        ;;
    undo)
        [ -f "$before" ] || { echo "nothing was applied" && exit 0; }
        while read -r name value; do
            sysctl -q -w "$name=$value"
            echo "$name is $value again"
        done <"$before"
        rm -f "$sysctls" "$limits" "$before"
        ;;
esac

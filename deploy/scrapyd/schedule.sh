#!/bin/sh
# Put one crawl into the queue of a Scrapyd server; silent where that worked, so that cron mails only trouble.
#
#   schedule.sh SITE [NAME=VALUE…]        arguments of the crawl: limit=100, since=2026-01-31, url=https://…
#   schedule.sh SITE setting=NAME=VALUE   a setting of this one job; they are shown to all who see the server
#
# SCRAPYD_URL names the server (http://127.0.0.1:6800), ~/.netrc holds its user and password. Scrapyd answers
# 200 also to what it refuses, so the answer itself is read. Exit code 1 where nothing was queued.
set -eu
site=${1:?schedule.sh SITE [NAME=VALUE…]}
shift
count=$#
while [ "$count" -gt 0 ]; do
    set -- "$@" --data-urlencode "$1"
    shift
    count=$((count - 1))
done
answer=$(curl --silent --show-error --max-time 60 --netrc-optional \
    "${SCRAPYD_URL:-http://127.0.0.1:6800}/schedule.json" \
    --data-urlencode project=warraq --data-urlencode "spider=$site" "$@")
case $answer in
    *'"status": "ok"'*) exit 0 ;;
esac
echo "schedule.sh: $site was not queued: $answer" >&2
exit 1

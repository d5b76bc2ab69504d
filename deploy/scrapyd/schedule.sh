#!/bin/sh
# Queue one crawl on a Scrapyd server. Print nothing on success, so that cron sends e-mail only about failures.
#
#   schedule.sh SITE [NAME=VALUE…]        arguments of the crawl: limit=100, since=2026-01-31, url=https://…
#   schedule.sh SITE setting=NAME=VALUE   a setting of this job; everyone who can see the server can see it
#
# SCRAPYD_URL names the server (http://127.0.0.1:6800), ~/.netrc holds its user and password. Scrapyd answers
# 200 also when it refuses, so the script reads the answer. Exit code 1 if nothing was queued.
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

#!/bin/sh
# Build the egg, send it to the Scrapyd server that scrapy.cfg names, and remove it there if it cannot be loaded.
#
#   deploy/scrapyd/deploy.sh [TARGET] [OPTION OF scrapyd-deploy…]
#
# If the server cannot load the egg, scrapyd-deploy still exits with 0, and the server keeps the egg as its newest
# version, so that every later job fails. ~/.netrc holds the user and the password.
set -eu
target=${1:-default}
[ $# -eq 0 ] || shift
version=$(date +%s)
answer=$(scrapyd-deploy "$target" --version "$version" "$@") || {
    printf '%s\n' "$answer" >&2
    exit 1
}
printf '%s\n' "$answer"
case $answer in
    *'"status": "ok"'*) exit 0 ;;
esac
url=$(scrapyd-client targets | awk -v target="$target" '$1 == target { print $2 }')
curl --silent --show-error --netrc-optional "${url%/}/delversion.json" \
    --data project=warraq --data "version=$version" >&2
echo "deploy.sh: version $version could not be loaded and was removed; the answer above gives the reason." >&2
exit 1

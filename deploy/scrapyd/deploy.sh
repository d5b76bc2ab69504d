#!/bin/sh
# Build the egg, send it to the Scrapyd server that scrapy.cfg names, and take it back where it does not work.
#
#   deploy/scrapyd/deploy.sh [TARGET] [OPTION OF scrapyd-deploy…]
#
# scrapyd-deploy ends with 0 also where the server could not load the egg, and the server keeps such an egg as
# its newest version, so that every later job fails. A user and a password are read from ~/.netrc.
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
echo "deploy.sh: version $version could not be loaded and was taken back; the answer above says why." >&2
exit 1

#!/bin/sh
# Check this bundle of evidence with nothing but sh, coreutils, openssl, unzip and gzip.
#
#   sh verify.sh [--key PUBLIC.pem] [--tsa-root AUTHORITY.pem] [--warc FILE.warc.gz]...
#
# Each line of the output is one verdict:
#   OK        it was checked and holds
#   WRONG     it was checked and does not hold: something was changed, removed or exchanged
#   UNPROVEN  this bundle alone cannot show it; the sentence says what would
# Exit code: 0 where nothing is WRONG, 1 where something is, 2 where the command made no sense.
#
# --key       the operator's public key, from a place other than this bundle
# --tsa-root  the root certificate of the time stamp authority, from a place other than this bundle
# --warc      a complete WARC file of the archive, which covers the head of each record too

LC_ALL=C
export LC_ALL
umask 077
cr=$(printf '\r')
tab=$(printf '\t')
wrong=0
given_key=
given_root=
given_warcs=

verdict() { # WORD SUBJECT SENTENCE
    [ "$1" = WRONG ] && wrong=$((wrong + 1))
    printf '%-9s %-12s %s\n' "$1" "$2" "$3"
}

stop() {
    printf 'verify.sh: %s\n' "$1" >&2
    exit 2
}

absolute() {
    case $1 in
    /*) printf '%s\n' "$1" ;;
    *) printf '%s/%s\n' "$(pwd)" "$1" ;;
    esac
}

while [ $# -gt 0 ]; do
    case $1 in
    --key | --tsa-root | --warc)
        [ $# -gt 1 ] && [ -r "$2" ] || stop "$1 takes a file that can be read."
        ;;
    esac
    case $1 in
    --key) given_key=$(absolute "$2") ;;
    --tsa-root) given_root=$(absolute "$2") ;;
    --warc)
        given_warcs="$given_warcs$(absolute "$2")
"
        ;;
    *) stop "there is no option $1." ;;
    esac
    shift 2
done
cd "$(dirname "$0")" || stop "the folder of this file cannot be opened."
[ -f SHA256SUMS ] && [ -f subject.txt ] || stop "the bundle is to be unpacked, with this file in it."
for tool in cat sha256sum comm sort cut tr head tail mktemp date openssl unzip gzip; do
    command -v "$tool" >/dev/null || stop "the program $tool is missing."
done
tmp=$(mktemp -d) || stop "there is no room for temporary files."
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

sum_of() { # FILE: prints its SHA-256
    sum=$(sha256sum <"$1") && printf '%s\n' "${sum%% *}"
}

field() { # TEXT NAME: the string after "NAME":" in JSON, into $value
    case $1 in
    *"\"$2\":\""*)
        value=${1#*"\"$2\":\""}
        value=${value%%\"*}
        ;;
    *) value= ;;
    esac
}

seconds() { # DATE: seconds since 1970, or nothing
    date -u -d "$1" +%s 2>/dev/null
}

# --- 1. The files of the bundle -----------------------------------------------------------------------

list_files() { # FOLDER PREFIX
    for entry in "$1"/* "$1"/.[!.]*; do
        if [ -L "$entry" ]; then
            printf '%s\n' "$2${entry##*/}"
        elif [ -d "$entry" ]; then
            (list_files "$entry" "$2${entry##*/}/")
        elif [ -e "$entry" ]; then
            printf '%s\n' "$2${entry##*/}"
        fi
    done
}

list_files . '' | sort >"$tmp/here"
{
    printf 'SHA256SUMS\n'
    [ -f SHA256SUMS.sig ] && printf 'SHA256SUMS.sig\n'
    cut -c67- SHA256SUMS
} | sort >"$tmp/listed"
comm -23 "$tmp/here" "$tmp/listed" >"$tmp/added"
comm -13 "$tmp/here" "$tmp/listed" >"$tmp/missing"
while IFS= read -r name; do
    verdict WRONG files "$name was added: SHA256SUMS does not list it."
done <"$tmp/added"
while IFS= read -r name; do
    verdict WRONG files "$name is missing: SHA256SUMS lists it."
done <"$tmp/missing"
good=0
bad=0
while IFS= read -r line; do
    name=${line#*  }
    [ -f "$name" ] || continue
    if [ "$(sum_of "$name")" = "${line%%  *}" ]; then
        good=$((good + 1))
    else
        bad=$((bad + 1))
        verdict WRONG files "$name was changed after the bundle was made."
    fi
done <SHA256SUMS
[ "$bad" -eq 0 ] && verdict OK files "$good files have the digests that SHA256SUMS lists."

# --- 2. The key ---------------------------------------------------------------------------------------

key_id() { # FILE: prints the id of a public key
    openssl pkey -pubin -in "$1" -outform DER -out "$tmp/der" 2>/dev/null && sum_of "$tmp/der"
}

signature_holds() { # KEY DATA SIGNATURE
    openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$3" >/dev/null 2>&1
}

redacted=
while IFS= read -r line; do
    [ "$line" = "redacted=yes" ] && redacted=yes
done <subject.txt
for key in keys/*.pem; do
    [ -f "$key" ] || continue
    id=$(key_id "$key")
    if [ "keys/$id.pem" = "$key" ]; then
        printf '%s\n' "$id" >>"$tmp/keys"
    else
        verdict WRONG key "$key is not the key that its name says."
    fi
done
trusted=
if [ -n "$given_key" ]; then
    trusted=$(key_id "$given_key")
    [ -n "$trusted" ] || stop "$given_key holds no public key."
fi

find_key() { # ID: the file of a key, into $key_file
    key_file=
    if [ -n "$trusted" ] && [ "$1" = "$trusted" ]; then
        key_file=$given_key
    elif [ -f "keys/$1.pem" ]; then
        key_file=keys/$1.pem
    fi
}

if [ -f SHA256SUMS.sig ]; then
    signed_by=
    for key in "$given_key" keys/*.pem; do
        [ -f "$key" ] && signature_holds "$key" SHA256SUMS SHA256SUMS.sig && signed_by=$(key_id "$key") && break
    done
    if [ -z "$signed_by" ]; then
        verdict WRONG bundle "SHA256SUMS is not signed with any key of this bundle: the list was changed."
    elif [ -n "$trusted" ] && [ "$signed_by" != "$trusted" ]; then
        verdict WRONG bundle "SHA256SUMS is signed with the key $signed_by, not with the one that you gave."
    else
        verdict OK bundle "SHA256SUMS, and with it every file here, is signed with the key $signed_by."
    fi
elif [ -n "$redacted" ]; then
    verdict UNPROVEN bundle "The list of the files is not signed, because the operator was left out."
else
    verdict UNPROVEN bundle "The list of the files is not signed: who can write this file can change what the manifests do not cover (article, pictures without a run, report)."
fi

# --- 3. The manifests: promises, signatures, chain, time stamps ----------------------------------------

authorities="$tmp/authorities.pem"
: >"$authorities"
if [ -n "$given_root" ]; then
    cat "$given_root" >"$authorities"
else
    for certificate in authorities/*.pem; do
        [ -f "$certificate" ] && cat "$certificate" >>"$authorities"
    done
fi

check_stamp() { # MANIFEST TOKEN ENDED: one verdict
    openssl ts -reply -in "$2" -text >"$tmp/text" 2>/dev/null
    moment=
    while IFS= read -r line; do
        case $line in "Time stamp: "*) moment=${line#Time stamp: } ;; esac
    done <"$tmp/text"
    stamped=$(seconds "$moment")
    if [ -z "$moment" ] || [ -z "$stamped" ]; then
        verdict WRONG timestamp "$2 is no time stamp."
        return
    fi
    # Where no root was given, the certificates in the bundle show that the token is of this signature.
    if [ -n "$given_root" ]; then partial=; else partial=-partial_chain; fi
    # shellcheck disable=SC2086
    if [ ! -f "$1.sig" ]; then
        verdict WRONG timestamp "$2 covers a signature that is not here."
    elif [ ! -s "$authorities" ]; then
        verdict UNPROVEN timestamp "$2 ($moment): give the authority's certificate with --tsa-root."
    elif ! openssl ts -verify -data "$1.sig" -in "$2" -CAfile "$authorities" $partial \
        -attime "$stamped" >"$tmp/said" 2>&1; then
        verdict WRONG timestamp "$2 does not hold: it is of other bytes, or of another authority."
    elif [ -n "$(seconds "$3")" ] && [ "$stamped" -lt $(($(seconds "$3") - 600)) ]; then
        verdict WRONG clock "The manifest says that its run ended at $3, after its time stamp of $moment."
    else
        printf '%s %s\n' "$run" "$stamped" >>"$tmp/stamped"
        if [ -n "$given_root" ]; then
            verdict OK timestamp "The manifest of $run existed at $moment, as the authority that you trust says."
        else
            verdict UNPROVEN timestamp "The manifest of $run existed at $moment, if the authority's certificate in authorities/ is genuine: give it with --tsa-root, from another place."
        fi
    fi
}

: >"$tmp/promised"
: >"$tmp/runs"
: >"$tmp/named"
: >"$tmp/stamped"
: >"$tmp/signed"
for manifest in archive/runs/*/manifest.json; do
    [ -f "$manifest" ] || continue
    run=${manifest#archive/runs/}
    run=${run%/manifest.json}
    sum=$(sum_of "$manifest")
    printf '%s %s\n' "$run" "$sum" >>"$tmp/runs"
    tr '{}' '\n\n' <"$manifest" >"$tmp/lines"
    key=null
    ended=
    site=
    own=
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '"run_id":"'*'","sha256":"'*)
            field "$line" run_id
            before=$value
            field "$line" sha256
            printf '%s %s %s\n' "$run" "$before" "$value" >>"$tmp/named"
            continue
            ;;
        *'"key":"'*'"sha256":"'*)
            field "$line" key
            name=$value
            field "$line" sha256
            printf '%s %s %s\n' "archive/$name" "$value" "$run" >>"$tmp/promised"
            continue
            ;;
        esac
        case $line in *'"ended":"'*) field "$line" ended; ended=$value ;; esac
        case $line in *'"key_id":"'*) field "$line" key_id; key=$value ;; esac
        case $line in *'"site":"'*) field "$line" site; site=$value ;; esac
        case $line in *'],"run_id":"'* | '"run_id":"'*) field "$line" run_id; own=$value ;; esac
    done <"$tmp/lines"
    [ "$own" = "$run" ] || verdict WRONG manifest "$manifest is of another run: it says ${own:-nothing}."
    printf '%s %s %s\n' "$run" "$ended" "$site" >>"$tmp/ended"
    if [ "$key" = null ]; then
        [ -f "$manifest.sig" ] && verdict WRONG signature "$manifest.sig is here, and the manifest names no key."
    elif [ ! -f "$manifest.sig" ]; then
        verdict WRONG signature "The manifest of $run is signed, and its signature is missing."
    else
        find_key "$key"
        if [ -n "$trusted" ] && [ "$key" != "$trusted" ]; then
            verdict WRONG signature "The manifest of $run names the key $key, not the one that you gave."
        elif [ -z "$key_file" ]; then
            verdict UNPROVEN signature "The manifest of $run is signed with the key $key, which is not here: give it with --key."
        elif signature_holds "$key_file" "$manifest" "$manifest.sig"; then
            printf '%s\n' "$run" >>"$tmp/signed"
            if [ -n "$trusted" ]; then
                verdict OK signature "The manifest of $run is signed with the key that you gave."
            else
                verdict UNPROVEN signature "The manifest of $run is signed with the key $key; compare this id with one that the operator published elsewhere, or give the key with --key."
            fi
        else
            verdict WRONG signature "The signature is not of the manifest of $run: one of the two was changed."
        fi
    fi
    for token in "$manifest".*.tsr; do
        [ -f "$token" ] && check_stamp "$manifest" "$token" "$ended"
    done
done

chain=0
while read -r run before sum; do
    there=
    while read -r other value; do
        [ "$other" = "$before" ] && there=$value
    done <"$tmp/runs"
    if [ -z "$there" ]; then
        verdict WRONG chain "The manifest of $run names that of $before, which is not here: the chain was cut."
    elif [ "$there" != "$sum" ]; then
        verdict WRONG chain "The manifest of $run names another manifest of $before than the one that is here."
    else
        chain=$((chain + 1))
    fi
done <"$tmp/named"
[ -s "$tmp/runs" ] && verdict OK chain "$chain references from a manifest to the one before it hold."

cut -d' ' -f1 "$tmp/promised" | sort >"$tmp/promised_names"
while IFS= read -r name; do
    case $name in
    archive/runs/*/manifest.json | archive/runs/*/manifest.json.* | archive/runs/*/manifest-sha256.txt) ;;
    archive/*) printf '%s\n' "$name" ;;
    esac
done <"$tmp/here" | sort >"$tmp/kept"
comm -23 "$tmp/kept" "$tmp/promised_names" >"$tmp/unpromised"
while IFS= read -r name; do
    verdict WRONG promise "No manifest here names $name."
done <"$tmp/unpromised"
good=0
while read -r name sum run; do
    [ -f "$name" ] || continue
    if [ "$(sum_of "$name")" = "$sum" ]; then
        good=$((good + 1))
        printf '%s %s\n' "$name" "$run" >>"$tmp/kept_promises"
    else
        verdict WRONG promise "$name is not the file that the manifest of $run promised."
    fi
done <"$tmp/promised"
[ "$good" -gt 0 ] && verdict OK promise "$good files of the archive have the digests that their manifests promised."

# --- 4. The records -----------------------------------------------------------------------------------

read_head() { # FILE: the fields of a WARC record, and the number of bytes of its head into $head_bytes
    type= uri= date= record_id= block_digest= refers= length=
    head_bytes=0
    while IFS= read -r line; do
        head_bytes=$((head_bytes + ${#line} + 1))
        line=${line%"$cr"}
        case $line in
        '') return ;;
        'WARC-Type: '*) type=${line#*: } ;;
        'WARC-Target-URI: '*) uri=${line#*: } ;;
        'WARC-Date: '*) date=${line#*: } ;;
        'WARC-Record-ID: '*) record_id=${line#*: } ;;
        'WARC-Block-Digest: '*) block_digest=${line#*: } ;;
        'WARC-Payload-Digest: '*) payload_digest=${line#*: } ;;
        'WARC-Refers-To: '*) refers=${line#*: } ;;
        'Content-Length: '*) length=${line#*: } ;;
        esac
    done <"$1"
}

dechunk() { # FILE OUTPUT: without chunk framing
    place=1
    chunks=0
    : >"$2"
    while [ "$chunks" -lt 50000 ]; do
        size=$(tail -c +"$place" "$1" | head -c 200 | head -n 1)
        skip=$((${#size} + 1))
        size=${size%"$cr"}
        size=${size%%;*}
        size=${size%% *}
        case $size in '' | *[!0-9A-Fa-f]* | ?????????*) return 1 ;; esac
        size=$((0x$size))
        [ "$size" -eq 0 ] && return 0
        place=$((place + skip))
        tail -c +"$place" "$1" | head -c "$size" >>"$2"
        place=$((place + size + 2))
        chunks=$((chunks + 1))
    done
    return 1
}

payload_of() { # BLOCK OUTPUT: the body of an HTTP message, without chunk framing
    http_bytes=0
    chunked=
    while IFS= read -r line; do
        http_bytes=$((http_bytes + ${#line} + 1))
        line=${line%"$cr"}
        case $line in
        '') break ;;
        [Tt][Rr][Aa][Nn][Ss][Ff][Ee][Rr]-[Ee][Nn][Cc][Oo][Dd][Ii][Nn][Gg]:*[Cc][Hh][Uu][Nn][Kk][Ee][Dd]*) chunked=yes ;;
        esac
    done <"$1"
    tail -c +$((http_bytes + 1)) "$1" >"$tmp/body"
    if [ -n "$chunked" ]; then dechunk "$tmp/body" "$2"; else cat "$tmp/body" >"$2"; fi
}

cut_record() { # FILE OFFSET LENGTH: one record into $tmp/record, its head and its block
    case $2$3 in *[!0-9]*) return 1 ;; esac
    tail -c +$(($2 + 1)) "$1" | head -c "$3" | gzip -dc >"$tmp/record" 2>/dev/null || return 1
    payload_digest=
    read_head "$tmp/record"
    case $length in '' | *[!0-9]*) return 1 ;; esac
    tail -c +$((head_bytes + 1)) "$tmp/record" | head -c "$length" >"$tmp/block"
    [ "$block_digest" = "sha256:$(sum_of "$tmp/block")" ]
}

unpack() { # FILE OF THE WACZ: into $tmp/warc
    [ "$1" = "$unpacked" ] && return 0
    unpacked=
    unzip -p page.wacz "$1" >"$tmp/warc" 2>/dev/null && unpacked=$1
}

check_record() { # FILE OFFSET LENGTH INDEX LINE: nothing, or a sentence that says what is wrong
    unpack "$1" || {
        printf 'page.wacz does not hold %s.\n' "$1"
        return
    }
    cut_record "$tmp/warc" "$2" "$3" || {
        printf 'the record is damaged, or its block is not that of its digest.\n'
        return
    }
    rest=${5#* }
    stamp=${rest%% *}
    spaced=$(printf '%s' "$rest" | tr -d ' ')
    field "$spaced" url
    [ "$value" = "$uri" ] || printf 'the record is of %s.\n' "$uri"
    digits=$(printf '%s' "$date" | tr -cd 0-9 | head -c 14)
    [ "$digits" = "$stamp" ] || printf 'the record names the moment %s, the index %s.\n' "$date" "$stamp"
    field "$spaced" digest
    [ -n "$value" ] || return
    case $type in
    response)
        payload_of "$tmp/block" "$tmp/payload"
        [ "$value" = "sha256:$(sum_of "$tmp/payload")" ] || printf 'the body of the record is not the one that the index of the archive names.\n'
        ;;
    revisit) [ "$value" = "$payload_digest" ] || printf 'the record names another body than the index.\n' ;;
    resource) [ "$value" = "sha256:$(sum_of "$tmp/block")" ] || printf 'the record holds other bytes than the index names.\n' ;;
    *) printf 'the record is no capture.\n' ;;
    esac
}

url= subject_id= subject_moment=
while IFS= read -r line; do
    case $line in
    url=*) url=${line#*=} ;;
    record_id=*) subject_id=${line#*=} ;;
    moment=*) subject_moment=${line#*=} ;;
    esac
done <subject.txt

unpacked=
found=
good=0
: >"$tmp/of_index"
while IFS= read -r row; do
    file=${row%% *}
    row=${row#* }
    offset=${row%% *}
    row=${row#* }
    size=${row%% *}
    row=${row#* }
    index=${row%% *}
    line=${row#* }
    printf '%s%s%s\n' "$index" "$tab" "$line" >>"$tmp/of_index"
    check_record "$file" "$offset" "$size" "$index" "$line" >"$tmp/faults"
    if [ -s "$tmp/faults" ]; then
        while IFS= read -r fault; do
            verdict WRONG record "${uri:-$line}: $fault"
        done <"$tmp/faults"
        continue
    fi
    # check_record ran in this shell, so the fields of the record are known here.
    good=$((good + 1))
    if [ "$record_id" = "$subject_id" ]; then
        found=yes
        subject_index=$index
        [ "$uri" = "$url" ] || verdict WRONG record "The page's record is of $uri, subject.txt says $url."
        [ "$date" = "$subject_moment" ] || verdict WRONG clock "The page's record is of $date, subject.txt says $subject_moment."
        page_digest=$payload_digest
        page_record=$(sum_of "$tmp/record")
    fi
done <records.txt
[ "$good" -gt 0 ] && verdict OK record "$good records have the addresses, moments and bodies that the lines of records.txt name."
[ -n "$found" ] || verdict WRONG record "The record $subject_id of the page is not here: it was exchanged or removed."

if [ -z "$redacted" ]; then
    cut -f1 "$tmp/of_index" | sort -u >"$tmp/indexes"
    good=0
    while IFS= read -r index; do
        if [ ! -f "archive/$index" ]; then
            verdict UNPROVEN index "The index $index is not here, so no manifest covers its records."
            continue
        fi
        while IFS="$tab" read -r name line; do
            [ "$name" = "$index" ] && printf '%s\n' "$line"
        done <"$tmp/of_index" | sort -u >"$tmp/wanted"
        sort -u "archive/$index" >"$tmp/lines"
        comm -23 "$tmp/wanted" "$tmp/lines" >"$tmp/strange"
        while IFS= read -r line; do
            verdict WRONG index "archive/$index has no line $line"
        done <"$tmp/strange"
        [ -s "$tmp/strange" ] || good=$((good + 1))
    done <"$tmp/indexes"
    [ "$good" -gt 0 ] && verdict OK index "The lines of records.txt stand in $good indexes of the archive."
    promise=
    if [ -f "$tmp/kept_promises" ]; then
        while read -r name run; do
            [ "$name" = "archive/${subject_index:-}" ] && promise=$run
        done <"$tmp/kept_promises"
    fi
    if [ -z "$promise" ]; then
        verdict UNPROVEN page "No manifest covers the page's record: its run has none."
    else
        verdict OK page "The manifest of $promise covers address, moment and body of the page $url."
        covered=no
        reached=$promise
        # Follow the chain from this manifest to later ones, until one has a time stamp.
        while :; do
            while read -r run stamped; do
                [ "$run" = "$reached" ] || continue
                covered=yes
                [ -n "${latest:-}" ] && [ "$latest" -le "$stamped" ] || latest=$stamped
            done <"$tmp/stamped"
            [ "$covered" = yes ] && break
            next=
            while read -r run before sum; do
                [ "$before" = "$reached" ] && next=$run
            done <"$tmp/named"
            [ -n "$next" ] && [ "$next" != "$reached" ] || break
            reached=$next
        done
        [ "$covered" = yes ] || verdict UNPROVEN timestamp "No time stamp covers the page: its moment rests on the clock of the crawling machine."
        began=$(seconds "$subject_moment")
        while read -r run ended site; do
            [ "$run" = "$promise" ] || continue
            case $run in
            [0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-*)
                stamp=${run%%-*}
                day=$(printf '%s' "$stamp" | cut -c1-8)
                time=$(printf '%s' "$stamp" | cut -c9-14)
                hour=$(printf '%s' "$time" | cut -c1-2)
                rest=$(printf '%s' "$time" | cut -c3-6)
                minute=$(printf '%s' "$rest" | cut -c1-2)
                second=$(printf '%s' "$rest" | cut -c3-4)
                start=$(seconds "$day $hour:$minute:$second")
                if [ -n "$start" ] && [ -n "$began" ] && [ "$began" -lt $((start - 600)) ]; then
                    verdict WRONG clock "The page is said to be of $subject_moment, before its run $run began."
                fi
                ;;
            esac
            if [ -n "$began" ] && [ -n "$(seconds "$ended")" ] && [ "$began" -gt $(($(seconds "$ended") + 600)) ]; then
                verdict WRONG clock "The page is said to be of $subject_moment, after its run ended at $ended."
            fi
        done <"$tmp/ended"
        if [ -n "${latest:-}" ] && [ -n "$began" ] && [ "$began" -gt $((latest + 600)) ]; then
            verdict WRONG clock "The page is said to be of $subject_moment, after the time stamp that covers it."
        fi
    fi
    # The complete WARC files cover the heads of the records, the requests and the metadata too.
    warc=${subject_index:-none}
    warc=warc/${warc#cdxj/}
    warc=${warc%.cdxj}.warc.gz
    whole=
    [ -f "archive/$warc" ] && whole="archive/$warc"
    printf '%s' "$given_warcs" >"$tmp/given"
    while IFS= read -r name; do
        [ "${name##*/}" = "${warc##*/}" ] && whole=$name
    done <"$tmp/given"
    promised=
    while read -r name sum run; do
        [ "$name" = "archive/$warc" ] && promised=$sum
    done <"$tmp/promised"
    if [ -n "$whole" ] && [ -n "$promised" ]; then
        if [ "$(sum_of "$whole")" != "$promised" ]; then
            verdict WRONG warc "${whole##*/} is not the file that the manifest promised."
        else
            # The page's place in the complete file is in the line of the index.
            while IFS="$tab" read -r name line; do
                [ "$name" = "$subject_index" ] || continue
                spaced=$(printf '%s' "${line#* }" | tr -d ' ')
                field "$spaced" offset
                offset=$value
                field "$spaced" length
                cut_record "$whole" "$offset" "$value" || continue
                [ "$record_id" = "$subject_id" ] && whole_record=$(sum_of "$tmp/record")
            done <"$tmp/of_index"
            if [ -z "${whole_record:-}" ]; then
                verdict WRONG warc "The complete WARC file does not hold the page's record."
            elif [ "$whole_record" != "${page_record:-}" ]; then
                verdict WRONG warc "The page's record in page.wacz is not the one of the complete WARC file: its head was changed."
            else
                verdict OK warc "The complete WARC file is the promised one and holds the page's record: its head and its request are covered too."
            fi
        fi
    else
        verdict UNPROVEN warc "The head of the record, the request and the metadata (server address, headers) are covered only by the complete file ${warc##*/}: ask the archive for it, and give it with --warc."
    fi
fi

# --- 5. The article -----------------------------------------------------------------------------------

if [ -f article.json ]; then
    text_digest= article_id= canonical= pointer=
    while IFS= read -r line; do
        line=${line%,}
        value=${line#*: \"}
        value=${value%\"}
        case $line in
        *' "text_sha256": "'*) text_digest=$value ;;
        *' "id": "'*) article_id=$value ;;
        *' "canonical_url": "'*) canonical=$value ;;
        *' "warc_record_id": "'*) pointer=$value ;;
        *' "payload_digest": "'*) article_payload=$value ;;
        esac
    done <article.json
    printf '%s\n%s' "$canonical" "$text_digest" >"$tmp/name"
    name=$(sum_of "$tmp/name" | cut -c1-32)
    if [ "$(sum_of article.txt)" != "$text_digest" ]; then
        verdict WRONG article "article.txt is not the text that article.json names."
    elif [ "$name" != "$article_id" ]; then
        verdict WRONG article "The id of article.json is not that of its address and text."
    elif [ "$pointer" != "$subject_id" ]; then
        verdict WRONG article "article.json was read from another record, $pointer."
    elif [ -n "${page_digest:-}" ] && [ "${article_payload:-}" != "$page_digest" ]; then
        verdict WRONG article "article.json was read from other bytes than those of the record."
    else
        verdict OK article "article.txt is the text of article.json, whose id is $article_id."
    fi
    verdict UNPROVEN article "That the text is the one of the page: compare article.txt with the page in page.wacz, or read the record again with Warraq."
fi

# --- 6. The pictures ----------------------------------------------------------------------------------

if [ -f pictures.txt ]; then
    while read -r picture warc offset size; do
        if [ ! -f "archive/$warc" ]; then
            verdict UNPROVEN picture "$picture is a derived file; the record of its making is not here."
        elif ! cut_record "archive/$warc" "$offset" "$size"; then
            verdict WRONG picture "The record of $picture is damaged."
        elif [ "$type" != conversion ] || [ "$(sum_of "$tmp/block")" != "$(sum_of "$picture")" ]; then
            verdict WRONG picture "$picture is not the picture that the archive recorded."
        elif [ "$refers" != "$subject_id" ]; then
            verdict WRONG picture "$picture is of another page: it was made of the record $refers."
        elif [ "$uri" != "$url" ]; then
            verdict WRONG picture "$picture is of another address: $uri."
        else
            verdict OK picture "$picture was made of the page's record at $date, and recorded."
        fi
    done <pictures.txt
fi

# --- 7. What no check of this bundle can show ----------------------------------------------------------

if [ -n "$redacted" ]; then
    verdict UNPROVEN redaction "Manifests, signatures and time stamps were left out with the operator's name: nothing here shows who recorded the page, when at the latest, and that it is unchanged since."
fi
verdict UNPROVEN origin "That the site sent these bytes to everyone: they were recorded by one operator; a second, independent copy is the best confirmation."
if [ "$wrong" -gt 0 ]; then
    printf '%s checks failed.\n' "$wrong"
    exit 1
fi
printf 'Nothing is wrong.\n'

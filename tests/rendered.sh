#!/bin/sh
# Recordings as other programs show them: an animated SVG in headless Chromium, stopped where each of
# three chapters begins, the last one in another theme, is the picture that cairo draws of that
# chapter and of no other; asciinema plays the cast to its end. No part of `make check`; what is not installed is left out, and named.
#
#   tests/rendered.sh PROGRAM
set -eu
. "$(dirname "$0")/support/shell.sh"
program=$(realpath "$1")
cd "$folder"

# Only what differs from the frame before is in a cast: the last caption has no letter of those
# before it, so that it is there as a whole.
cat > three.lns << 'EOF'
set layers 2
set width 16
set heads 2
set ffn 32
set batch 2
run until step 20
say "The first chapter."
mark "one"
wait 1s
run until step 60
say "The second chapter."
view curves
mark "two"
wait 1s
run until step 100
say "zzzzzzzzzzzz"
set theme light
view stream
mark "three"
wait 1s
EOF
record() {
    "$program" record three.lns --no-config --fps 10 "$@" 2> said || { cat said >&2; exit 1; }
}
record -o three.svg -o three.cast

# When a chapter begins, as the cast says.
begin() {
    sed -n "s/^\[\([0-9.]*\), \"m\", \"$1\"\]\$/\1/p" three.cast
}

# The SVG at that time of its own, in which a frame lasts 0.1 s.
render() {
    {
        echo '<!doctype html><body style="margin:0">'
        sed 1d three.svg
        echo "<script>const picture = document.querySelector('svg');"
        echo "picture.pauseAnimations(); picture.setCurrentTime($1);</script>"
    } > page.html
    "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1104,672 \
        --user-data-dir="$folder/browser" --screenshot="$folder/$2" "file://$folder/page.html" \
        > said 2>&1 || { cat said >&2; exit 1; }
}

# How far two pictures differ, root mean square: letters are drawn a little differently.
difference() {
    compare -metric RMSE "$1" "$2" null: 2>&1 | sed 's/.*(\(.*\))/\1/'
}

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || browser=
if [ -z "$browser" ] || ! command -v compare > /dev/null; then
    echo "chromium or ImageMagick is not here: animated SVGs were not rendered"
else
    for chapter in one two three; do
        record -o "$chapter.png" --at "$chapter"
        render "$(begin $chapter | awk '{ print $1 + 0.05 }')" "$chapter-svg.png"
    done
    for svg in one two three; do
        for png in one two three; do
            far=$(difference $svg-svg.png $png.png)
            echo "SVG in chapter $svg, PNG of chapter $png: $far apart"
            awk "BEGIN { exit !($far < 0.02) }" && same=1 || same=0
            [ $same = "$([ $svg = $png ] && echo 1 || echo 0)" ] || {
                echo "that is wrong: the same below 0.02, others above" >&2
                exit 1
            }
        done
    done
fi

if ! command -v asciinema > /dev/null; then
    echo "asciinema is not here: casts were not played in it"
else
    for version in 2 3; do
        record -o played.cast --cast-version $version --force
        if [ $version = 3 ] && ! asciinema cat played.cast > played 2>&1; then
            echo "asciinema here is too old for casts of version 3"
            continue
        fi
        asciinema play --speed 100 --idle-time-limit 0.05 played.cast < /dev/null > played
        grep -q zzzzzzzzzzzz played || {
            echo "asciinema does not show the last chapter" >&2
            exit 1
        }
        echo "asciinema plays the cast of version $version"
    done
fi

#!/bin/sh
# Instructions of ten steps of both stacks at two layers, beside the figure that was recorded: the
# same number whatever else the machine does. Valgrind shows the program no AVX-512, so this counts
# the AVX2 build of the kernels. Fails when there are a twentieth more.
#
#   sh tests/bench/instructions.sh build/lnscope
set -eu
recorded=1084659453 # gcc 12.2 and OpenBLAS 0.3.21, Debian 12
counted=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$1" run --no-config --steps 10 --layers 2 --threads 1 2>&1 >/dev/null |
    sed -n 's/.*Collected : //p')
echo "$counted instructions; recorded: $recorded"
[ "$counted" -lt $((recorded + recorded / 20)) ]

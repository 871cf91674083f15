#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Configure a build in a directory below this one, unless it is configured already:
#     elsewhere.sh DIRECTORY CONFIGURE-ARGUMENT...
set -eu
configure=$(cd "$(dirname "$0")/.." && pwd)/configure
mkdir -p "$1"
cd "$1"
shift
[ -e Makefile ] || "$configure" --quiet --disable-shared "$@"

#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Configure a build in a folder below this one, unless it is configured already:
#     elsewhere.sh FOLDER CONFIGURE-ARGUMENT...
set -eu
configure=$(cd "$(dirname "$0")/.." && pwd)/configure
mkdir -p "$1"
cd "$1"
shift
[ -e Makefile ] || "$configure" --quiet --disable-shared "$@"

#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A large network takes the memory it needs; a small file that claims to be large takes almost none.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"
make_small

# The address space is 400 MB; the weights of width 4096 alone are a gigabyte.
limited() { # COMMAND...
    (
        # shellcheck disable=SC3045 # dash and bash have it
        ulimit -v 400000
        exec "$@"
    )
}
case ${CFLAGS-} in
*-fsanitize*)
    skip "large networks are planned without memory for their tensors" \
        "sanitizers need the address space"
    finish
    exit
    ;;
esac

check "a plan takes no memory for tensors" \
    limited odetape plan --net rk4x1 --width 4096 --threads 1
check "a tape takes no memory for tensors" \
    limited odetape tape --net rk4x1 --width 4096 --threads 1

# Compiling takes time in proportion to the network: seconds here, and half an hour if it were
# proportional to the square.
quick() { # COMMAND...: within 20 seconds
    timeout $((20 * ${CK_TIMEOUT_MULTIPLIER:-1})) odetape "$@" >"$scratch/out"
}
check "a thousand blocks of fourteen evaluations are planned in seconds" \
    quick plan --net 'verner89 x1000' --width 4
check "a thousand blocks are listed in seconds" quick tape --net 'rk4 x1000' --width 4

# Copies a file of weights with changed metadata and without its checksums.
claims() { # KEY VALUE FROM TO
    python3 - "$@" <<'END'
import json, struct, sys
key, value, source, target = sys.argv[1:]
data = open(source, "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + size])
words = {k: v for k, v in header["__metadata__"].items() if not k.startswith("xxh3")}
words[key] = value
header["__metadata__"] = words
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
open(target, "wb").write(struct.pack("<Q", len(text)) + text + data[8 + size:])
END
}
refused() { # COMMAND...
    fails 65 'claim\.safetensors' limited timeout 10 "$@"
}
if command -v python3 >/dev/null 2>&1; then
    # shellcheck disable=SC2086,SC2154 # tiny is options
    odetape train --net rk4x1 $tiny --epochs 1 --out run >/dev/null 2>&1
    for claim in 'width 4096' 'net rk4 x1000' 'net verner89 x30'; do
        claims "${claim%% *}" "${claim#* }" run/final.safetensors claim.safetensors
        check "a file that claims $claim is refused by eval" \
            refused odetape eval --data small claim.safetensors
        check "a file that claims $claim is refused by landscape" \
            refused odetape landscape --data small --out land claim.safetensors
    done
else
    skip "a file that claims a large network is refused" "there is no python3"
fi
finish

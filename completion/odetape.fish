# SPDX-License-Identifier: BSD-3-Clause
# Completion for fish.  The program lists the words that may follow, and fish adds files.
function __odetape_complete
    set -l before (commandline -opc)
    odetape --complete $before[2..-1] (commandline -ct) 2>/dev/null
end
complete -c odetape -a '(__odetape_complete)'

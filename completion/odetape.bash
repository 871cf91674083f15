# SPDX-License-Identifier: BSD-3-Clause
# Completion for bash.  The program lists the words that may follow; where it lists none, any file may.
_odetape() {
    local IFS=$'\n'
    # shellcheck disable=SC2207 # a word is a line
    COMPREPLY=($("$1" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o bashdefault -o default -F _odetape odetape

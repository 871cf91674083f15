#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# On a terminal of 60 columns, Ctrl-C leaves no "^" of the terminal's "^C" on the screen.
# shellcheck source=tests/tap.sh
. "${srcdir:?}/tests/tap.sh"
# shellcheck source=tests/cli/lib.sh
. "$srcdir/tests/cli/lib.sh"

# Types Ctrl-C once a line of progress is drawn, and prints the screen as the terminal shows it.
cat >screen.py <<'END'
import fcntl, os, pty, re, signal, struct, sys, termios, time

COLUMNS = 60
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job in the background begins without it
    signal.alarm(90)
    time.sleep(0.5)
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
out, typed, drawn = b"", False, False
while True:
    try:
        part = os.read(fd, 4096)
    except OSError:
        break
    if not part:
        break
    out += part
    if not typed and out.count(b"img/s") > 3:
        os.write(fd, b"\x03")
        typed = True
status = os.waitpid(pid, 0)[1]
rows, at = [[]], 0
for match in re.finditer(r"\x1b\[([0-9;]*)([A-Za-z])|(.)", out.decode("utf-8", "replace"), re.S):
    argument, command, c = match.groups()
    if command == "K":
        del rows[-1][at:]
    elif c == "\r":
        at = 0
    elif c == "\n":
        rows.append([])
    elif c:
        if at == COLUMNS:
            rows.append([])
            at = 0
        rows[-1][at:at + 1] = [c]
        at += 1
for row in rows:
    print("".join(row))
print("typed" if typed else "not typed", "exit", os.WEXITSTATUS(status))
sys.exit(not typed)
END

no_caret() {
    python3 screen.py odetape train --net rk4x2 --width 16 --batch 16 --epochs 50 --out run >screen
    cat screen
    grep -q 'interrupted after' screen && grep -q '^typed exit 130$' screen && ! grep -q '\^' screen
}
if command -v python3 >/dev/null && python3 -c 'import pty' 2>/dev/null; then
    check "Ctrl-C leaves no ^ on the screen" no_caret
else
    skip "Ctrl-C leaves no ^ on the screen" "there is no python3"
fi
finish

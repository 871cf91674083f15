# SPDX-License-Identifier: BSD-3-Clause
"""Small changes of the source that a test must notice; README.md describes the lists.

    mutants.py check                every change still applies, once, and its tests exist
    mutants.py run [--draw N] [ID]  tries all changes, N drawn by the date, or those named

Each change is made in a copy of the tree with a build of its own, MUTANT_JOBS copies at a time.
Results are kept in deep-mutants/results, and a run that was interrupted goes on from there."""
import collections
import concurrent.futures
import contextlib
import datetime
import functools
import hashlib
import os
import pathlib
import queue
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(os.environ.get("srcdir", ".")).resolve()
LISTS = ROOT / "tests/mutants/list"
WANTED = 0.95  # of the changes that are tried
TEST_SECONDS = 600  # of a test on the unchanged tree
SLOWER = 10  # times: a test that takes longer has noticed an endless loop
running = set()  # the processes of make and of tests
Mutant = collections.namedtuple("Mutant", "folder id path function tests before after lives")


# ---- the lists ----


def parse(record, folder):
    fields, before, after = {}, [], []
    for line in record.splitlines():
        if line.startswith(("- ", "+ ")):
            (before if line[0] == "-" else after).append(line[2:])
        else:
            key, colon, value = line.partition(": ")
            if not colon or key not in ("id", "in", "by", "lives"):
                sys.exit(f"{folder}.txt: '{line}' is no line of a record")
            fields[key] = value
    if not before or not {"id", "in", "by"} <= fields.keys():
        sys.exit(f"{folder}.txt: a record needs id, in, by and the text before: {record}")
    path, _, function = fields["in"].partition(" ")
    return Mutant(folder, fields["id"], path, function, fields["by"].split(), "\n".join(before),
                  "\n".join(after), fields.get("lives"))


def read_lists():
    found = []
    for path in sorted(LISTS.glob("*.txt")):
        text = re.sub(r"^#.*\n", "", path.read_text(), flags=re.M)
        found += [parse(r.strip(), path.stem) for r in re.split(r"\n\s*\n", text) if r.strip()]
    for name, count in collections.Counter(m.id for m in found).items():
        if count > 1:
            sys.exit(f"{name}: {count} records have this id")
    return found


# ---- from a record to a place in a file ----


def definitions(text, name):
    """The parts of a C file that define a function or a table, from its first line to its last."""
    start = re.compile(r"^(?![\s#}/*]).*?\b%s\b\s*[(\[=].*?(?:^[^\n]*;$|^\})" % re.escape(name),
                       re.M | re.S)
    head = re.compile(r"^(?![\s#}/*])[^;{]*?\b%s\b\s*[(\[=][^;]*?\{.*?^\}" % re.escape(name),
                      re.M | re.S)
    return list(head.finditer(text)) or list(start.finditer(text))


def places_in(path, m):
    text = path.read_text()
    words = r"\s+".join(re.escape(word) for word in m.before.split())
    parts = definitions(text, m.function) if m.function else [re.match(r".*", text, re.S)]
    return [(path, part.start() + hit.start(), part.start() + hit.end())
            for part in parts for hit in re.finditer(words, part.group())]


def locate(root, m):
    """The only place of the change: in its file or, after code has moved, in another one."""
    hint = root / m.path
    places = places_in(hint, m) if hint.exists() else []
    if not places and m.function:
        places = [p for path in sorted((root / "src").rglob("*.[ch]")) for p in places_in(path, m)]
    if len(places) == 1:
        return places[0]
    raise LookupError(f"{m.id}: '{m.before}' is {len(places)} times in {m.function or m.path}")


def target(test):
    """The program or the script of a test, and the case or the checks of it that run."""
    name, _, case = test.partition(":")
    case = case.replace("_" if name.endswith(".sh") else "+", " ")
    if not name.endswith((".sh", ".py")) and "/" not in name:
        name = f"{name}/{name}"
    return f"tests/{name}", case


def has_case(program, case):
    sources = (ROOT / program).parent.rglob("*.c")
    return any(re.search(r'tcase_create\(\s*"%s"' % case, p.read_text()) for p in sources)


def has_check(script, name):
    return re.search(r'check "[^"]*%s' % re.escape(name), (ROOT / script).read_text())


def faults_of(m):
    try:
        locate(ROOT, m)
    except LookupError as error:
        yield str(error)
    for test in m.tests:
        program, case = target(test)
        found = has_check if program.endswith(".sh") else has_case
        if case and not found(program, case):
            yield f"{m.id}: {program} has no case {case}"
        if not (ROOT / program).exists() and not (ROOT / program).parent.is_dir():
            yield f"{m.id}: {program} is missing"


def check(mutants):
    faults = [fault for m in mutants for fault in faults_of(m)]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(mutants)} changes")
    return bool(faults)


# ---- copies of the tree ----


@contextlib.contextmanager
def session(words, cwd, **options):
    """A process with all that it starts in a session of its own, which ends with the block."""
    child = subprocess.Popen(words, cwd=cwd, start_new_session=True, stdin=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, **options)
    running.add(child.pid)
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        running.remove(child.pid)


def stop(number, frame):
    """Ends with all that runs; the next run restores the copies."""
    for pid in list(running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    os._exit(128 + number)


def make(build, *words):
    with session(["make", "-s", "-j2", *words], build, stdout=subprocess.DEVNULL) as child:
        return child.wait() == 0


class Copy:
    """A copy of the tree that is up to date, with a build in it; only what has changed is copied."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder).resolve()
        self.build = self.root / "build"
        names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE,
                               check=True)
        for name in names.stdout.decode().split("\0")[:-1]:
            source, to = ROOT / name, self.root / name
            if not to.exists() or to.read_bytes() != source.read_bytes():
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, to)
        self.build.mkdir(exist_ok=True)
        if not (self.build / "Makefile").exists():
            subprocess.run(["autoreconf", "-fi"], cwd=self.root, check=True,
                           stderr=subprocess.DEVNULL)
            subprocess.run(["../configure", "--quiet", "--disable-shared", "CFLAGS=-O1 -g0"],
                           cwd=self.build, check=True)
        told = subprocess.run(["make", "-s", "mutants-environment"], cwd=self.build, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        lines = told.stdout.decode().split("\0")
        self.scratch = self.root / "scratch"
        self.environment = {**dict(line.split("=", 1) for line in lines if "=" in line),
                            "TMPDIR": str(self.scratch)}

    def builds(self, tests):
        return make(self.build, *sorted({p for t in tests for p in programs_of(t)}))

    def notices(self, test, seconds):
        """Whether a test fails, or takes longer; None if nothing of it could run."""
        program, case = target(test)
        words = {".sh": ["sh", f"../{program}"],
                 ".py": ["sh", "../tests/python/run.sh", f"../{program}"]}
        variable = "CHECKS" if program.endswith(".sh") else "CK_RUN_CASE"
        environment = dict(self.environment, **({variable: case} if case else {}))
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        with session(words.get(program[-3:], [program]), self.build, env=environment,
                     stdout=subprocess.PIPE, errors="replace") as child:
            late = threading.Timer(seconds, os.killpg, (child.pid, signal.SIGKILL))
            late.start()
            passed = 0
            try:
                for line in child.stdout:
                    if line.startswith("not ok"):
                        return True
                    passed += line.startswith("ok") and "# SKIP" not in line
                return child.wait() != 0 or (False if passed else None)
            finally:
                late.cancel()


def programs_of(test):
    """What make builds for a test."""
    program, _ = target(test)
    if not program.endswith((".sh", ".py")):
        return [program]
    own = program[:-3]
    return ["odetape", "tests/cli/images.stamp", *([own] if (ROOT / f"{own}.c").exists() else [])]


class Baseline:
    """The seconds of each test on the unchanged tree, which are measured once."""

    def __init__(self, known, journal):
        self.known, self.journal = known, journal

    def seconds(self, test):
        return float(self.known[tests_key([test])])

    def has(self, test):
        return tests_key([test]) in self.known

    def measure(self, copy, test):
        """Whether the test passes."""
        if not copy.builds([test]):
            sys.exit(f"the unchanged tree cannot be built for {test}")
        start = time.monotonic()
        if copy.notices(test, TEST_SECONDS) is not False:
            return False
        key = tests_key([test])
        self.known[key] = f"{time.monotonic() - start:.1f}"
        print(key, self.known[key], sep="\t", file=self.journal, flush=True)
        return True


def attempt(copy, m, baseline):
    path, start, end = locate(copy.root, m)
    kept = path.read_text()
    changed = kept[:start] + m.after + kept[end:]
    try:
        for test in m.tests:
            if not baseline.has(test):
                if path.read_text() != kept:
                    path.write_text(kept)
                if not baseline.measure(copy, test):
                    return f"{test} fails, or has nothing to run, on the unchanged tree"
            if path.read_text() != changed:
                path.write_text(changed)
            if not copy.builds([test]):
                return "does not compile"
            seen = copy.notices(test, 30 + SLOWER * baseline.seconds(test))
            if seen is None:
                return f"{test} does not run"
            if seen:
                return f"caught by {test}"
        return "lives"
    finally:
        path.write_text(kept)


# ---- a run ----


@functools.lru_cache(maxsize=None)
def contents(folder):
    """A digest of the source files of a folder."""
    words = hashlib.sha256()
    for path in sorted((ROOT / folder).rglob("*.[chsp]*")):
        if path.is_file():
            words.update(path.read_bytes())
    return words.hexdigest()


def digest(*what):
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


def key_of(m):
    """What a result is kept for: the change and src/.  Tests that noticed it will still do so."""
    return digest(m._replace(lives=None), contents("src"))


def tests_key(tests):
    """That nothing noticed a change, or how long a test takes, holds as long as the tests do."""
    return digest(tests, [contents(str(pathlib.PurePath(target(t)[0]).parent)) for t in tests])


def known_results(path):
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("\t", 1) for line in lines)


def try_all(left, known, journal, jobs):
    copies, baseline = queue.Queue(), Baseline(known, journal)
    for i in range(min(jobs, len(left))):
        copies.put(Copy(f"deep-mutants/{i + 1}"))

    def one(m):
        copy = copies.get()
        try:
            return m, attempt(copy, m, baseline)
        finally:
            copies.put(copy)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for waiting in concurrent.futures.as_completed([pool.submit(one, m) for m in left]):
            m, result = waiting.result()
            known[key_of(m)] = result
            print(f"{m.folder}: {m.id}: {result}", flush=True)
            if result == "lives":
                print(digest(key_of(m), tests_key(m.tests)), result, sep="\t", file=journal,
                      flush=True)
            if result.startswith("caught"):
                print(key_of(m), result, sep="\t", file=journal, flush=True)


def run(mutants, jobs):
    start = time.monotonic()
    results = pathlib.Path("deep-mutants/results")
    results.parent.mkdir(exist_ok=True)
    known = known_results(results)
    for m in mutants:
        if digest(key_of(m), tests_key(m.tests)) in known:
            known[key_of(m)] = "lives"
    left = [m for m in mutants if key_of(m) not in known]
    if left:
        with results.open("a") as journal:
            try_all(left, known, journal, jobs)
    failed = report([(m, known[key_of(m)]) for m in mutants])
    print(f"{len(left)} tried in {(time.monotonic() - start) / 60:.0f} minutes")
    return failed


def report(tried):
    """Prints the score by folder and what lives; the exit code."""
    print(f"\n{'folder':12} changes  caught  score")
    for folder in [*sorted({m.folder for m, _ in tried}), "all"]:
        rows = [result for m, result in tried if folder in (m.folder, "all")]
        caught = sum(result.startswith("caught") for result in rows)
        print(f"{folder:12} {len(rows):7} {caught:7} {100 * caught / len(rows):5.0f}%")
    bad = False
    for m, result in tried:
        if not result.startswith("caught"):
            print(f"{m.id}: {result}{', as its record says: ' + m.lives if m.lives else ''}")
            bad |= result != "lives" or not m.lives
    caught = sum(result.startswith("caught") for _, result in tried)
    return bad or caught < WANTED * len(tried)


def main(words):
    mutants = read_lists()
    if words[:1] == ["check"]:
        return check(mutants)
    if words[1:2] == ["--draw"]:
        day = datetime.date.today().isoformat()
        mutants = random.Random(day).sample(mutants, min(int(words[2]), len(mutants)))
    elif words[1:]:
        mutants = [m for m in mutants if m.id in words[1:] or m.folder in words[1:]]
    if not mutants:
        sys.exit("no change has these names")
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return run(mutants, int(os.environ.get("MUTANT_JOBS") or min(2, os.cpu_count())))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

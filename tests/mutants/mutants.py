# SPDX-License-Identifier: BSD-3-Clause
"""Small changes of the source that a test must notice; README.md describes the lists.

    mutants.py check                every change still applies, once, and its tests exist
    mutants.py run [--draw N] [ID]  tries all changes, N drawn by the date, or those named

Each change is made in a copy of the tree with a build of its own, MUTANT_JOBS copies at a time.
Results are kept in deep-mutants/results, and a run that was interrupted goes on from there."""
import collections
import concurrent.futures
import datetime
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

ROOT = pathlib.Path(os.environ.get("srcdir", ".")).resolve()
LISTS = ROOT / "tests/mutants/list"
WANTED = 0.95  # of the changes that are tried
BUILD_SECONDS = 3600
TEST_SECONDS = 600  # a test that takes longer has noticed an endless loop
running = set()  # the processes of make
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
    """The program or the script of a test, and the case of it that runs."""
    name, _, case = test.partition(":")
    if not name.endswith((".sh", ".py")) and "/" not in name:
        name = f"{name}/{name}"
    return f"tests/{name}", case


def has_case(program, case):
    sources = (ROOT / program).parent.rglob("*.c")
    return any(re.search(r'tcase_create\(\s*"%s"' % case, p.read_text()) for p in sources)


def faults_of(m):
    try:
        locate(ROOT, m)
    except LookupError as error:
        yield str(error)
    for test in m.tests:
        program, case = target(test)
        if case and not has_case(program, case):
            yield f"{m.id}: {program} has no case {case}"
        if not (ROOT / program).exists() and not (ROOT / program).parent.is_dir():
            yield f"{m.id}: {program} is missing"


def check(mutants):
    faults = [fault for m in mutants for fault in faults_of(m)]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(mutants)} changes")
    return bool(faults)


# ---- copies of the tree ----


def make(build, *words, seconds=BUILD_SECONDS, **environment):
    """Runs make with all that it starts in a session of its own, which ends after a time."""
    child = subprocess.Popen(["make", "-s", *words], cwd=build, start_new_session=True,
                             env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    running.add(child.pid)
    try:
        return child.wait(seconds)
    finally:
        running.remove(child.pid)
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def stop(number, frame):
    """Ends with all that runs; the next run restores the copies."""
    for pid in list(running):
        os.killpg(pid, signal.SIGKILL)
    os._exit(128 + number)


def prepare(folder):
    """A copy of the tree that is up to date, with a build in it; only what has changed is copied."""
    copy = pathlib.Path(folder).resolve()
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    for name in names.stdout.decode().split("\0")[:-1]:
        source, to = ROOT / name, copy / name
        if not to.exists() or to.read_bytes() != source.read_bytes():
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, to)
    (copy / "build").mkdir(exist_ok=True)
    if not (copy / "build/Makefile").exists():
        subprocess.run(["autoreconf", "-fi"], cwd=copy, check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["../configure", "--quiet", "--disable-shared", "CFLAGS=-O1 -g0"],
                       cwd=copy / "build", check=True)
    return copy


def notices(copy, test):
    """Whether a test fails; None if it could not be tried."""
    program, case = target(test)
    build, name = copy / "build", re.sub(r"\.(sh|py)$", "", program)
    (build / f"{name}.log").unlink(missing_ok=True)
    try:
        make(build, f"{name}.log", seconds=TEST_SECONDS, **({"CK_RUN_CASE": case} if case else {}))
    except subprocess.TimeoutExpired:
        return True
    results = build / f"{name}.trs"
    text = results.read_text() if results.exists() else ""
    if re.search(r":test-result: (FAIL|ERROR)", text):
        return True
    return False if ":test-result: PASS" in text else None


def build_of(m):
    """What make builds for the tests of a change."""
    programs = {target(t)[0] for t in m.tests}
    return sorted({"odetape" if p.endswith((".sh", ".py")) else p for p in programs})


def attempt(copy, m):
    path, start, end = locate(copy, m)
    kept = path.read_text()
    path.write_text(kept[:start] + m.after + kept[end:])
    try:
        if make(copy / "build", *build_of(m)) != 0:
            return "does not compile"
        for test in m.tests:
            seen = notices(copy, test)
            if seen is None:
                return f"{test} does not run"
            if seen:
                return f"caught by {test}"
        return "lives"
    finally:
        path.write_text(kept)


def baseline(copy, mutants):
    """The tests must pass on the tree as it is."""
    for m in mutants:
        if make(copy / "build", *build_of(m)) != 0:
            sys.exit(f"{m.id}: {' '.join(build_of(m))} cannot be built")
    for test in sorted({t for m in mutants for t in m.tests}):
        if notices(copy, test) is not False:
            sys.exit(f"{test} fails, or has nothing to run, on the unchanged tree")


# ---- a run ----


def digest(m, tree):
    return hashlib.sha256(repr((m, tree)).encode()).hexdigest()[:16]


def tree_digest():
    words = hashlib.sha256()
    for folder in ("src", "tests"):
        for path in sorted((ROOT / folder).rglob("*.[chs]*")):
            if path.is_file() and "mutants" not in path.parts:
                words.update(path.read_bytes())
    return words.hexdigest()


def known_results(path):
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("\t", 1) for line in lines)


def run(mutants, jobs):
    results, tree = pathlib.Path("deep-mutants/results"), tree_digest()
    results.parent.mkdir(exist_ok=True)
    known = known_results(results)
    left = [m for m in mutants if digest(m, tree) not in known]
    if left:
        copies = queue.Queue()
        for i in range(min(jobs, len(left))):
            copies.put(prepare(f"deep-mutants/{i + 1}"))
        first = copies.get()
        baseline(first, left)
        copies.put(first)

    def one(m):
        copy = copies.get()
        try:
            return m, attempt(copy, m)
        finally:
            copies.put(copy)

    with results.open("a") as journal, concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for m, result in pool.map(one, left):
            known[digest(m, tree)] = result
            print(f"{m.folder}: {m.id}: {result}", flush=True)
            if result == "lives" or result.startswith("caught"):
                print(digest(m, tree), result, sep="\t", file=journal, flush=True)
    return report([(m, known[digest(m, tree)]) for m in mutants])


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
    return run(mutants, int(os.environ.get("MUTANT_JOBS") or os.cpu_count()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

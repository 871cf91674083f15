# SPDX-License-Identifier: BSD-3-Clause
"""What a step costs when processes on several machines share it: make bench-scaling.

Two network namespaces stand for two machines; bench/link is the cable between them.  Runs with
different cables take turns.  The last columns are a model of the step:

    T = C + S (L + (P - 1) (o + b/B)) + rest

C is the time that the images of a process take alone, and S the number of exchanges that all wait for:
those of the norms, and of the loss.  L is the latency of a message, o the work for one, b the bytes that
a process sends to each of the P - 1 others, and B the bandwidth.  The gradients of W weights travel in
2 K exchanges while the backward half runs; the rest is what does not fit into it, at least the last two
exchanges of three messages each (a question whether there is room, the answer, the data).

For the table, P is 2, and C, o and B are in the time that was measured without a delay.  --predict
prints the model for more processes instead; then --compute, --waited, --weights and --norm-bytes are
numbers of a network, from the journal of a run with two processes.

Run as root, in the build directory.  --help lists the options."""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

IMAGE = 3073  # bytes of an image in the files of CIFAR-10
STEPS = 10  # of an epoch


def run(*words, **options):
    return subprocess.run(words, check=True, **options)


def ip(*words):
    run("ip", *words)


class Machines:
    """Two network namespaces, and the program `link` between them."""

    names = ("odetape-bench0", "odetape-bench1")
    addresses = ("10.77.0.1", "10.77.0.2")

    def __init__(self, link, folder):
        self.link, self.folder, self.cable = link, folder, None
        self.agent = folder / "agent"
        for name in self.names:
            subprocess.run(("ip", "netns", "del", name), stderr=subprocess.DEVNULL, check=False)
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        # mpirun starts the processes of a machine by AGENT ADDRESS COMMAND.
        self.agent.write_text(
            '#!/bin/sh\nn=${1##*.}\nshift\nexec ip netns exec odetape-bench$((n - 1)) sh -c "$*"\n')
        self.agent.chmod(0o755)

    def lay_cable(self, microseconds, loss):
        self.remove_cable()
        self.cable = subprocess.Popen((self.link, *self.names, str(microseconds), str(loss)))
        for name, address in zip(self.names, self.addresses):
            for _ in range(100):
                if subprocess.run(("ip", "-n", name, "link", "show", "odetape0"),
                                  capture_output=True, check=False).returncode == 0:
                    break
                time.sleep(0.02)
            ip("-n", name, "addr", "add", address + "/24", "dev", "odetape0")
            ip("-n", name, "link", "set", "odetape0", "up", "mtu", "9000")

    def remove_cable(self):
        if self.cable:
            self.cable.terminate()
            self.cable.wait()
        self.cable = None

    def close(self):
        self.remove_cable()
        for name in self.names:
            subprocess.run(("ip", "netns", "del", name), check=False)

    def launch(self, command, variables):
        network = self.addresses[0].rsplit(".", 1)[0] + ".0/24"
        words = ["ip", "netns", "exec", self.names[0], "mpirun", "-q", "--allow-run-as-root", "-n", "2",
                 "--host", ",".join(a + ":1" for a in self.addresses), "--bind-to", "none",
                 "--wdir", str(self.folder)]
        for name, value in (("plm_rsh_agent", str(self.agent)), ("btl", "tcp,self"),
                            ("btl_tcp_if_include", network), ("oob_tcp_if_include", network),
                            ("mpi_yield_when_idle", "1")):
            words += ["--mca", name, value]
        for name in variables:
            words += ["-x", name]
        done = subprocess.run((*words, *command), env={**os.environ, **variables}, check=False,
                              capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            sys.exit("scaling.py: mpirun failed:\n" + done.stderr[-2000:])


def make_images(odetape, folder, batch):
    """A data set of STEPS batches."""
    run(odetape, "data", "make", "all", cwd=folder, stdout=subprocess.DEVNULL)
    (folder / "data").mkdir()
    shutil.copy(folder / "all" / "batches.meta.txt", folder / "data")
    for name, images in (("data_batch_1.bin", STEPS * batch), ("test_batch.bin", batch)):
        data = (folder / "all" / name).read_bytes()[:images * IMAGE]
        (folder / "data" / name).write_bytes(data)


def read_journal(path):
    """The last epoch, and the number of weights."""
    events = [json.loads(line) for line in path.read_text().splitlines()]
    weights = next(e["net"]["params"] for e in events if e["event"] == "run")
    return [e for e in events if e["event"] == "epoch"][-1], weights


def train(options, folder, sync, machines):
    """Seconds of a step, what it sends, and how many exchanges all wait for; without machines, of one
    process with one thread."""
    command = [options.odetape, "train", "--net", options.net, "--width", str(options.width),
               "--stem-stride", str(options.stride), "--data", "data", "--batch", str(options.batch),
               "--epochs", "2", "--milestones", "none", "--threads", "1", "--out", "run", "--force"]
    if not machines:
        run(*command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    else:
        machines.launch([*command, "--sync", sync],
                        {"ODETAPE_MPI_MODULE": options.module, "OMP_WAIT_POLICY": "passive",
                         "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")})
    epoch, weights = read_journal(folder / "run" / "metrics.jsonl")
    cost = epoch.get("sharing")
    waited = cost["exchanges"] - 2 * buckets_of(weights) if machines else 0
    return options.batch / epoch["images_per_second"], cost, waited


def print_row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def milliseconds(seconds):
    return f"{1e3 * seconds:.0f}"


# ---- the model ----

LAST = 6  # messages of the last two exchanges of gradients, one after the other
BUCKET = 2**18  # floats that travel together


def buckets_of(weights):
    return -(-weights // BUCKET)


def model(processes, compute, waited, latency, work, norm_bytes, bandwidth, weights):
    """Seconds of a step."""
    others = processes - 1
    exchanges = 2 * buckets_of(weights)
    travel = (exchanges * (3 * latency + others * work) +
              2 * 4 * weights * others / processes / bandwidth)
    backward = 2 / 3 * compute
    last = LAST * latency + 2 * others * work
    small = latency + others * (work + norm_bytes / bandwidth)
    return compute + waited * small + max(last, travel - backward)


NETWORKS = {"Ethernet": (20e-6, 1e-6, 1.25e9), "InfiniBand": (2e-6, 0.3e-6, 12.5e9)}


def step_of(options, processes, compute, network):
    latency, work, bandwidth = network
    if processes == 1:
        return compute
    return model(processes, compute, options.waited, latency, work, options.norm_bytes, bandwidth,
                 options.weights)


def predict(options):
    print_row("processes", "images", *(f"{n}: step, ms | efficiency" for n in NETWORKS))
    print_row(*2 * ["---"], *len(NETWORKS) * ["--- | ---"])
    for processes in (1, 2, 4, 8, 16, 64, 512):
        cells = [str(processes), str(16 * processes)]
        for network in NETWORKS.values():
            step = step_of(options, processes, options.compute, network)
            cells.append(f"{1e3 * step:.1f} | {100 * options.compute / step:.0f} %")
        print_row(*cells)


PICTURE = """set terminal svg size 720,400 font 'Helvetica,14' background 'white'
set logscale x 2
set xrange [2:640]
set yrange [0:105]
set xtics (2, 4, 8, 16, 32, 64, 128, 256, 512)
set xlabel 'processes, 16 images each'
set ylabel 'efficiency, %'
set key at graph 0.03, 0.36 left top Left reverse spacing 1.2
set grid ytics lc rgb '#dddddd'
set arrow from 16, 0 to 16, 105 nohead dt 3 lc rgb '#888888'
set label 'most today' at 17.5, 5 tc rgb '#666666'
"""


def draw(options):
    """The efficiency for each network and for --compute and 30 ms, drawn by gnuplot."""
    numbers, lines = "", []
    for colour, compute in (("#00427d", options.compute), ("#c05800", 0.03)):
        for dashes, (name, network) in zip((2, 1), NETWORKS.items()):
            numbers += f"$data{len(lines)} << END\n"
            for quarter in range(4, 38):
                processes = 2 ** (quarter / 4)
                step = step_of(options, processes, compute, network)
                numbers += f"{processes} {100 * compute / step}\n"
            numbers += "END\n"
            lines.append(f"$data{len(lines)} with lines lw 2 dt {dashes} lc rgb '{colour}' "
                         f"title '{name}, {1e3 * compute:.0f} ms alone'")
    picture = run("gnuplot", "-d", "/dev/stdin", input=numbers + PICTURE + "plot " + ", ".join(lines) + "\n",
                  text=True, capture_output=True).stdout
    pathlib.Path(options.picture).write_text(picture)


def measure(options, folder, machines):
    cables = [(0.0, 0.0)] + [(float(d), 0.0) for d in options.delays.split(",")]
    cables += [(500.0, float(p)) for p in options.losses.split(",") if p]
    found = {}
    for _ in range(options.rounds):
        for cable in cables:
            machines.lay_cable(*cable)
            for sync in ("norm", "none"):
                found.setdefault((sync, cable), []).append(train(options, folder, sync, machines))
    alone = statistics.median(train(options, folder, "norm", None)[0] for _ in range(options.rounds))
    print(f"{options.net}, width {options.width}, stem-stride {options.stride}, batch {options.batch}, "
          f"{options.rounds} rounds; one process of one thread takes {milliseconds(alone)} ms\n")
    print_row("--sync", "delay", "loss", "step, ms: median (least, most)", "kB sent", "exchanges",
              "travelling, ms", "hidden, ms", "model, ms", "model / measured")
    print_row(*10 * ["---"])
    for sync in ("norm", "none"):
        waited = found[sync, cables[0]][0][2]
        zero = statistics.median(t for t, _, _ in found[sync, cables[0]])
        for delay, loss in cables:
            times = [t for t, _, _ in found[sync, (delay, loss)]]
            cost = found[sync, (delay, loss)][-1][1]
            step = statistics.median(times)
            expected = zero + 1e-6 * delay * (waited + LAST)
            print_row(sync, f"{delay:g} us", f"{100 * loss:g} %",
                      f"{milliseconds(step)} ({milliseconds(min(times))}, {milliseconds(max(times))})",
                      f"{cost['bytes'] / 1e3:.0f}", f"{cost['exchanges']:.0f}",
                      milliseconds(cost["seconds"]), milliseconds(cost["hidden_seconds"]),
                      *(["", ""] if loss else [milliseconds(expected), f"{expected / step:.2f}"]))


def main():
    arguments = argparse.ArgumentParser(description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = arguments.add_argument
    add("--odetape", default=os.path.abspath("odetape"))
    add("--module", default=os.path.abspath(".libs/comm_mpi.so"))
    add("--link", default=os.path.abspath("bench/link"))
    add("--net", default="euler x8")
    add("--width", type=int, default=64)
    add("--stride", type=int, default=1, help="of the stem")
    add("--batch", type=int, default=128)
    add("--rounds", type=int, default=3)
    add("--delays", default="50,500,5000", help="microseconds in one direction")
    add("--losses", default="0.001,0.01", help="shares of the packets, with 500 us")
    add("--predict", action="store_true", help="print the model for more processes")
    add("--picture", help="with --predict: an SVG of the efficiency to write")
    add("--compute", type=float, default=0.1, help="seconds of a step of 16 images, alone")
    add("--waited", type=float, default=37, help="exchanges that all wait for")
    add("--weights", type=int, default=600000)
    add("--norm-bytes", type=float, default=1024, help="of one exchange, from a process to another")
    options = arguments.parse_args()
    if options.predict:
        predict(options)
        if options.picture:
            draw(options)
        return
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("mpirun"):
        sys.exit("scaling.py: network namespaces need root, ip (iproute2) and mpirun")
    with tempfile.TemporaryDirectory(prefix="odetape-scaling.") as name:
        folder = pathlib.Path(name)
        machines = Machines(options.link, folder)
        try:
            make_images(options.odetape, folder, options.batch)
            measure(options, folder, machines)
        finally:
            machines.close()


if __name__ == "__main__":
    main()

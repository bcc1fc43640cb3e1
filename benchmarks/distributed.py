#!/usr/bin/env python3
"""Where does training on more processes stop paying? Measures the parts of a step, and computes its time from them.

usage: benchmarks/distributed.py [--network NAME LATENCY_US GIGABYTES_PER_S]... [--seconds S] [--json FILE]

Measured, on this machine, with programs of this repository (build/release):
  image      microseconds per image on one thread      training_step --threads 1, between batches of 128 and 1024
  fixed      microseconds per step besides             the same: preparing weights, clearing and adding lanes, Adam
  latency    microseconds for an agreement             mpirun -np 2 exchange
  bandwidth  bytes per second that a process sends     the same, from the sum of gradients of 4 kB to 8 MB
The time of a step of B images on P processes of one thread each (docs/distributed.md):
  ceil(B / P) * image + fixed + 5 * latency * ceil(log2 P) + 2 * (P - 1) / P * bytes / bandwidth
"""
import argparse
import json
import math
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "build" / "release" / "benchmarks"
MODELS = {"ae7k": 7265, "dae74k": 74497, "vae": 134165, "dense32": 50992, "deep_dense": 222384, "classifier": 50186}
BATCHES = [128, 1024, 8192, 65536]
PROCESSES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-np", "2"]


def step_times(seconds):
    """model -> (image, fixed) in microseconds"""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run([PROGRAMS / "training_step", "--threads", "1", "--batch", "128", "1024", "--seconds", str(seconds),
                        "--models", *MODELS, "--json", file.name], check=True, stdout=subprocess.DEVNULL)
        results = json.loads(pathlib.Path(file.name).read_text())["results"]
    times = {}
    for model in MODELS:
        small, large = (1e6 * r["batch"] / r["images_per_second"] for r in results if r["model"] == model)
        image = (large - small) / (1024 - 128)
        times[model] = image, max(0.0, small - 128 * image)
    return times


def exchange():
    """(latency in microseconds, bandwidth in bytes per microsecond) between two processes of this machine"""
    measured = json.loads(subprocess.run([*MPIRUN, PROGRAMS / "exchange"], check=True, capture_output=True, text=True).stdout)
    small, large = measured["sums"][0], measured["sums"][-1]
    return measured["any_us"], (large["bytes"] - small["bytes"]) / (large["us"] - small["us"])


def step(batch, processes, image, fixed, parameters, latency, bandwidth):
    """Microseconds."""
    compute = math.ceil(batch / processes) * image + fixed
    if processes == 1:
        return compute
    return (compute + 5 * latency * math.ceil(math.log2(processes))
            + 2 * (processes - 1) / processes * 4 * parameters / bandwidth)


def table(name, latency, bandwidth, times):
    print(f"\n{name}: latency {latency:.1f} us, bandwidth {bandwidth / 1000:.2f} GB/s. How many times as fast as one process:\n")
    print("| model | batch | " + " | ".join(str(p) for p in PROCESSES[1:]) + " | efficiency 50 % at |")
    print("| :--- | ---: | " + " | ".join("---:" for _ in PROCESSES) + " |")
    for model, (image, fixed) in times.items():
        for batch in BATCHES:
            def gain(p):
                return step(batch, 1, image, fixed, MODELS[model], latency, bandwidth) / step(
                    batch, p, image, fixed, MODELS[model], latency, bandwidth)
            cells = [f"{gain(p):.1f}" for p in PROCESSES[1:]]
            useful = max((p for p in range(1, min(batch, 4096) + 1) if gain(p) >= p / 2), default=1)
            print(f"| {model} | {batch} | " + " | ".join(cells) + f" | {useful}{'+' if useful == 4096 else ''} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", nargs=3, action="append", metavar=("NAME", "LATENCY_US", "GIGABYTES_PER_S"), default=[],
                        help="a table for processes that are joined by such a network, too")
    parser.add_argument("--seconds", type=float, default=1, help="for each measurement of a model")
    parser.add_argument("--json", help="writes what was measured")
    options = parser.parse_args()
    times, (latency, bandwidth) = step_times(options.seconds), exchange()
    print("| model | parameters | us per image | us per step besides |\n| :--- | ---: | ---: | ---: |")
    for model, (image, fixed) in times.items():
        print(f"| {model} | {MODELS[model]:,} | {image:.1f} | {fixed:.0f} |")
    table("Two processes of this machine", latency, bandwidth, times)
    for name, microseconds, gigabytes in options.network:
        table(name, float(microseconds), 1000 * float(gigabytes), times)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"steps": times, "latency_us": latency, "bytes_per_us": bandwidth}))


if __name__ == "__main__":
    main()

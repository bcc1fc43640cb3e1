"""Compares latent's training step with PyTorch's and Keras's: one Markdown table, and the same as JSON.

The programs run in turns, one short measurement each, for several rounds, so that a machine that slows down or is busy
for a while does so for all of them. A number in the table is the median of the rounds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PEERS = [
    ("torch_step.py", "nchw"),
    ("torch_step.py", "channels_last"),
    ("torch_step.py", "compile"),
    ("keras_step.py", "fit"),
    ("keras_step.py", "function"),
]


def run(command):
    """Runs one benchmark program, which gets `--json FILE`, and returns what it wrote there."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "result.json")
        done = subprocess.run([*command, "--json", file], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
        for line in done.stderr.splitlines():
            if line.startswith("note:"):
                print(line, file=sys.stderr)
        with open(file) as stream:
            return json.load(stream)


def measure(options):
    """Returns ours {(model, threads): [result]} and the peers' {(peer, variant, model, threads): [images/s]}."""
    ours, peers, peak = {}, {}, {}
    variants = [peer for peer in PEERS if options.compile or "compile" not in peer]
    models = ["--models", *options.models] if options.models else []
    for number in range(1, options.rounds + 1):
        print(f"round {number} of {options.rounds}: latent", file=sys.stderr)
        answer = run([options.ours, "--threads", *map(str, options.threads), *models])
        for threads, gflops in answer.get("peak_gflops", {}).items():
            peak.setdefault(threads, []).append(gflops)
        for result in answer["results"]:
            ours.setdefault((result["model"], result["threads"]), []).append(result)
        for script, variant in variants:
            for threads in options.threads:
                print(f"round {number} of {options.rounds}: {script} {variant}, {threads} threads", file=sys.stderr)
                command = [sys.executable, os.path.join(HERE, script), "--variant", variant]
                answer = run([*command, "--threads", str(threads), "--seconds", str(options.seconds), *models])
                for result in answer["results"]:
                    key = (answer["peer"], variant, result["model"], threads)
                    peers.setdefault(key, []).append(result)
    return ours, peers, {threads: statistics.median(values) for threads, values in peak.items()}


def median(results, what):
    values = [result[what] for result in results if result.get(what) is not None]
    return statistics.median(values) if values else None


def summarise(ours, peers):
    """One row for each model and number of threads that latent measured."""
    rows = []
    for (model, threads), results in sorted(ours.items()):
        row = {"model": model, "threads": threads, "batch": results[0]["batch"]}
        for what in ("images_per_second", "gflops", "share_of_peak", "share_at_clock"):
            row[what] = median(results, what)
        row["peers"] = {}
        for (peer, variant, peer_model, peer_threads), peer_results in peers.items():
            if (peer_model, peer_threads) != (model, threads):
                continue
            if peer_results[0]["batch"] != row["batch"]:
                raise SystemExit(f"{model}: latent's batch is {row['batch']}, {peer}'s {peer_results[0]['batch']}")
            row["peers"].setdefault(peer, {})[variant] = median(peer_results, "images_per_second")
        fastest = [speed for variants in row["peers"].values() for speed in variants.values()]
        row["ratio"] = row["images_per_second"] / max(fastest) if fastest else None
        rows.append(row)
    return rows


def table(rows):
    """The Markdown table. Of each peer its fastest variant is shown."""
    names = sorted({peer for row in rows for peer in row["peers"]})
    lines = [
        "| model | threads | batch | latent, images/s | share of peak | "
        + "".join(f"{name}, images/s | " for name in names)
        + "latent / best peer |",
        "| --- | ---: | ---: | ---: | ---: | " + "---: | " * len(names) + "---: |",
    ]
    for row in rows:
        cells = [row["model"], str(row["threads"]), str(row["batch"]), f"{row['images_per_second']:,.0f}"]
        cells.append("" if row["share_of_peak"] is None else f"{row['share_of_peak']:.0%}")
        for name in names:
            variants = row["peers"].get(name, {})
            best = max(variants, key=variants.get, default=None)
            cells.append(f"{variants[best]:,.0f} ({best})" if best else "")
        cells.append("" if row["ratio"] is None else f"**{row['ratio']:.2f}x**")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return "unknown processor"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", default=os.path.join(ROOT, "build/release/benchmarks/training_step"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--models", nargs="+", help="default all")
    parser.add_argument("--seconds", type=float, default=2.0, help="time a peer spends on each model")
    parser.add_argument(
        "--compile",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="torch.compile, which takes minutes in the first round",
    )
    parser.add_argument("--json", default=os.path.join(ROOT, "build/peers/comparison.json"))
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error(f"--rounds: expected at least 1, received {options.rounds}")
    if not os.access(options.ours, os.X_OK):
        parser.error(f"{options.ours} is missing; build it with: cmake --build --preset release --target training_step")

    ours, peers, peak = measure(options)
    rows = summarise(ours, peers)
    report = {"processor": processor(), "rounds": options.rounds, "peak_gflops": peak, "rows": rows}
    os.makedirs(os.path.dirname(os.path.abspath(options.json)), exist_ok=True)
    with open(options.json + ".part", "w") as file:
        json.dump(report, file, indent=1)
    os.replace(options.json + ".part", options.json)
    print(table(rows))


if __name__ == "__main__":
    main()

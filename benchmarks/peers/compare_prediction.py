"""Compares latent's predictions with ONNX Runtime's, OpenVINO's and PyTorch's: one Markdown table, and the same as JSON.

The programs run in turns for several rounds, as in compare.py; a number in the table is the median of the rounds. PyTorch is
left out where it is not installed.
"""

import argparse
import importlib.util
import json
import os
import sys

from compare import HERE, ROOT, median, processor, run

MODELS = ["dae74k", "vae_decoder"]
PEERS = {"onnxruntime": "onnxruntime", "openvino": "openvino", "pytorch": "torch"}


def measure(options):
    """Returns {(model, threads, batch): {library: [result]}}."""
    found = {}
    peers = [peer for peer, module in PEERS.items() if importlib.util.find_spec(module)]
    common = ["--models", *MODELS, "--batch", *map(str, options.batch), "--seconds", str(options.seconds)]
    for number in range(1, options.rounds + 1):
        for threads in options.threads:
            print(f"round {number} of {options.rounds}, {threads} threads", file=sys.stderr)
            arguments = ["--threads", str(threads), *common]
            answers = {"latent": run([options.ours, *arguments])}
            for peer in peers:
                script = os.path.join(HERE, "prediction.py")
                answers[peer] = run([sys.executable, script, "--variant", peer, *arguments])
            for library, answer in answers.items():
                for result in answer["results"]:
                    key = (result["model"], result["threads"], result["batch"])
                    found.setdefault(key, {}).setdefault(library, []).append(result)
    return found


def summarise(found):
    rows = []
    for (model, threads, batch), libraries in sorted(found.items()):
        row = {"model": model, "threads": threads, "batch": batch}
        for library, results in libraries.items():
            row[library] = {what: median(results, what) for what in ("first_us", "median_us", "p99_us")}
        peers = [row[library]["median_us"] for library in libraries if library != "latent"]
        row["ratio"] = min(peers) / row["latent"]["median_us"] if peers else None
        rows.append(row)
    return rows


def table(rows):
    names = [name for name in ("latent", *PEERS) if any(name in row for row in rows)]
    lines = [
        "| model | batch | threads | " + "".join(f"{name}, us | " for name in names) + "99 %, us | best peer / latent |",
        "| --- | ---: | ---: | " + "---: | " * len(names) + "---: | ---: |",
    ]
    for row in rows:
        cells = [row["model"], f"{row['batch']:,}", str(row["threads"])]
        cells += [f"{row[name]['median_us']:,.0f}" for name in names]
        cells.append(f"{row['latent']['p99_us']:,.0f}")
        cells.append("" if row["ratio"] is None else f"**{row['ratio']:.1f}x**")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", default=os.path.join(ROOT, "build/release/benchmarks/prediction"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8, 128, 10000])
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each model, batch and library")
    parser.add_argument("--json", default=os.path.join(ROOT, "build/peers/prediction.json"))
    options = parser.parse_args()
    rows = summarise(measure(options))
    os.makedirs(os.path.dirname(os.path.abspath(options.json)), exist_ok=True)
    with open(options.json + ".part", "w") as file:
        json.dump({"processor": processor(), "rounds": options.rounds, "rows": rows}, file, indent=1)
    os.replace(options.json + ".part", options.json)
    print(table(rows))


if __name__ == "__main__":
    main()

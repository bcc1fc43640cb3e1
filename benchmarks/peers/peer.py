"""What the peers' benchmarks share: the command line, the clock, the models' sizes and the output.

Each script measures ONE variant on ONE number of threads, since TensorFlow fixes its threads when it starts.
"""

import argparse
import json
import os
import statistics
import sys
import time

# Models, the parameters they must have, and the batch they are trained with.
PARAMETERS = {
    "ae7k": 7_265,
    "dae74k": 74_497,
    "dae_transpose": 74_497,
    "vae": 134_165,
    "dense32": 50_992,
    "deep_dense": 222_384,
    "unet": 58_049,
    "classifier": 50_186,
}
BATCH = {
    "ae7k": 128,
    "dae74k": 128,
    "dae_transpose": 128,
    "vae": 128,
    "dense32": 256,
    "deep_dense": 256,
    "unet": 128,
    "classifier": 128,
}
CLASSES = 10  # of the classifier


def arguments(description, variants):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--variant", choices=variants, default=variants[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--models", nargs="+", choices=PARAMETERS, default=list(PARAMETERS))
    parser.add_argument("--seconds", type=float, default=2.0, help="time spent on each model, after warming up")
    parser.add_argument("--json", help="file for the results; otherwise they are printed")
    options = parser.parse_args()
    # Read by the libraries when they are imported, so before that.
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(options.threads)
    return options


def check_parameters(model, count):
    if count != PARAMETERS[model]:
        raise SystemExit(f"{model}: expected {PARAMETERS[model]} parameters, received {count}")


def note(text):
    """Says something on one line, which compare.py hands on."""
    print("note:", " ".join(str(text).split())[:300], file=sys.stderr)


def images_per_second(run, images, seconds):
    """The median speed of at least five timed calls of `run`, which trains on `images` images."""
    speeds = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(speeds) < 5:
        start = time.perf_counter()
        run()
        speeds.append(images / (time.perf_counter() - start))
    return statistics.median(speeds)


def report(peer, options, speeds):
    """Writes {"peer", "variant", "results": [{"model", "threads", "batch", "images_per_second"}]}; a speed of None is
    left out."""
    results = [
        {"model": model, "threads": options.threads, "batch": BATCH[model], "images_per_second": speed}
        for model, speed in speeds.items()
        if speed is not None
    ]
    text = json.dumps({"peer": peer, "variant": options.variant, "results": results}, indent=1)
    if options.json:
        with open(options.json, "w") as file:
            file.write(text)
    else:
        print(text)

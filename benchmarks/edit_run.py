#!/usr/bin/env python3
"""Times the edit-run loop: from saving an edit of the README's program to the line of its first epoch, of 12,800 digits.

usage: benchmarks/edit_run.py [--rounds N] [--data FOLDER] [--compilers g++ clang++-19]

In each round every way takes its turn: g++ -O3 by hand, as without any help, and scripts/latent with each compiler. The last column
compares the medians with g++ by hand. The machine should do nothing else meanwhile.
"""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parent.parent
LATENT = str(root / "scripts/latent")


def readme_program(data):
    """The README's program, on the digits in a folder and with epochs of 100 batches of 128."""
    program = re.search(r"```cpp\n(.*?)```", (root / "README.md").read_text(), re.S)[1]
    for old, new in (('"data/mnist"', f'"{data}"'), ("test.images}});", "test.images}, .steps_per_epoch = 100});")):
        assert program.count(old) == 1, f"the README's program has no {old}"
        program = program.replace(old, new)
    return program


def mnist():
    """A folder with 60,000 digits."""
    places = [root / "data"]
    if "LATENT_DATA" in os.environ:
        places.insert(0, pathlib.Path(os.environ["LATENT_DATA"]))
    for place in places:
        for folder in (place, place / "mnist"):
            if (folder / "train-images-idx3-ubyte.gz").exists() or (folder / "train-images-idx3-ubyte").exists():
                return folder
    raise SystemExit("edit_run: MNIST is neither in $LATENT_DATA nor in data/mnist (scripts/fetch_data.sh)")


def until_first_epoch(commands, folder):
    """Runs commands one after the other; the seconds until the last one writes the line of its first epoch."""
    began = time.perf_counter()
    for command in commands[:-1]:
        subprocess.run(command, cwd=folder, check=True)
    with subprocess.Popen(commands[-1], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith("Epoch"):
                seconds = time.perf_counter() - began
                process.kill()
                return seconds
    raise SystemExit(f"edit_run: {shlex.join(commands[-1])} wrote no line of an epoch")


def main():
    compilers = [name for name in ("g++", "clang++-16", "clang++-19") if shutil.which(name)]
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", help="a folder with MNIST's files; default: $LATENT_DATA, data/mnist")
    parser.add_argument("--compilers", nargs="+", default=compilers, help="for scripts/latent; default: those that are here")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "program.cpp")
        program = readme_program(pathlib.Path(arguments.data or mnist()).resolve())
        os.environ.setdefault("LATENT_CACHE", folder + "/cache")
        # What a program needs that reads nothing but MNIST.
        flags = subprocess.run([LATENT, "flags", "--compiler", "g++"], capture_output=True, text=True, check=True).stdout
        by_hand = ["g++", "program.cpp", "-o", "program", *shlex.split(flags.replace("-DLATENT_FILES", "").replace("-larchive -lcsv", ""))]
        ways = {"g++ -O3 by hand": [by_hand, ["./program"]]}
        for compiler in arguments.compilers:
            ways[f"latent run, {compiler}"] = [[LATENT, "run", "--compiler", compiler, "program.cpp"]]
        first = {}
        source.write_text(program)
        for way, commands in list(ways.items())[1:]:
            first[way] = until_first_epoch(commands, folder)
        seconds = {way: [] for way in ways}
        for edit in range(arguments.rounds):
            for way, commands in ways.items():
                source.write_text(f"{program}// edit {edit} of {way}\n")
                seconds[way].append(until_first_epoch(commands, folder))

    medians = {way: statistics.median(times) for way, times in seconds.items()}
    print("| from an edit to the first epoch's line | median, s | all, s | the first time, s | of g++ -O3 |")
    print("| :--- | ---: | :--- | ---: | ---: |")
    for way, times in seconds.items():
        share = medians[way] / medians["g++ -O3 by hand"]
        print(f"| {way} | {medians[way]:.1f} | {' '.join(f'{t:.1f}' for t in times)} "
              f"| {f'{first[way]:.0f}' if way in first else ''} | {share:.0%} |")


if __name__ == "__main__":
    sys.exit(main())

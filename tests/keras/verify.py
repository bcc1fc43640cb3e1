#!/usr/bin/env python3
"""Compares latent with numbers that Keras computed: a folder of references, docs/verify_against_keras.md.

Every case whose configuration latent has becomes a small C++ program, in double and in float; the programs are compiled
in parts and run. A case that is off is shown with the tensor, the index, the expected number and the one that came out.
The last line is always "N passed, M failed, K unsupported"; the exit code is 0 only if nothing failed and nothing is
unsupported.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))

from keras_to_cpp import Unsupported  # noqa: E402
from toolchain import Stop, Toolchain, default_jobs  # noqa: E402
from verify_cases import RUNNERS, Case, into_parts, source  # noqa: E402

# ------------------------------------------------------------- the folder


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Stop(f"{path}: {error}") from None


def read_folder(folder, only):
    """The cases as (group, case), in order."""
    if not folder.is_dir():
        raise Stop(f"{folder}: no such folder")
    files = [
        path for kind in ("layers", "losses", "optimizers", "models") for path in sorted((folder / kind).glob("*.json"))
    ]
    found, groups = [], []
    for path in files:
        kind, content = path.parent.name, read_json(path)
        group = "models" if kind == "models" else f"{kind}/{path.stem}"
        cases = [content] if kind == "models" else content.get("cases") if isinstance(content, dict) else None
        if kind == "models" and path.stem == "batches":
            continue
        names = [group if kind != "models" else f"models/{path.stem}", kind]
        groups.append(names[0])
        if only and not any(name in only for name in names):
            continue
        if not path.with_suffix(".safetensors").exists():
            raise Stop(f"{path.with_suffix('.safetensors')}: no such file, but there is {path.name}")
        if not isinstance(cases, list) or not all(
            isinstance(c, dict) and {"case", "config", "tensors"} <= set(c) for c in cases
        ):
            raise Stop(f"{path}: expected cases with case, config and tensors")
        found += [(group, case) for case in cases]
    unknown = [name for name in only if name not in groups and name not in {group.split("/")[0] for group in groups}]
    if unknown:
        raise Stop(f"--only {unknown[0]}: there is no such group; there are {', '.join(groups) or 'none'}")
    if not found:
        raise Stop(
            f"{folder}: expected layers/*.json, losses/*.json, optimizers/*.json or models/*.json, found no cases"
        )
    return found


def to_cpp(folder, found, report):
    """The cases that can be tried; the others are in the report."""
    cases = []
    batches = folder / "models" / "batches.json"
    data = {"clean", *(read_json(batches)["tensors"] if batches.exists() else ())}  # reference.cpp has clean ones
    for group, entry in found:
        case = Case(group, entry["case"], None, None)
        try:
            runner = RUNNERS.get(group) or RUNNERS[group.split("/")[0]]
            header, code = runner(entry)
        except Unsupported as problem:
            report.unsupported.append((case, str(problem)))
            continue
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            report.unsupported.append((case, f"its description is not understood: {error!r}"))
            continue
        needed = [kinds if isinstance(kinds, list) else [kinds] for kinds in entry["config"].get("data", {}).values()]
        missing = [kind for kinds in needed for kind in kinds if kind not in data]  # of a model
        if missing:
            report.fail(case, [f"models/batches.json has no {', '.join(missing)}"])
        else:
            cases.append(case._replace(header=header, code=code))
    return cases


# ------------------------------------------------------------- running


class Report:
    """What came out, and the progress on the terminal."""

    def __init__(self):
        self.total, self.done, self.start = 0, 0, time.monotonic()
        self.passed, self.failed, self.unsupported = [], [], []
        self.lock = threading.Lock()

    def say(self, words):
        print(words, flush=True)

    def progress(self, count, words):
        with self.lock:
            self.done += count
            self.say(f"[{self.done:4}/{self.total}  {time.monotonic() - self.start:4.0f} s] {words}")

    def fail(self, case, lines):
        with self.lock:
            self.failed.append(case)
            for line in lines:
                line = line.removeprefix(f"{case.group}, case ").removeprefix(f"{case.name}, ")  # said once
                self.say(f"FAILED {case.group}, case {case.name}: {line}")


def results_of(output):
    """case -> (how it ended, the lines that were wrong); a case without an end was running when the program stopped."""
    results, name = {}, None
    for line in output.splitlines():
        kind, _, words = line.partition(" ")
        if kind == "@begin":
            name = words
            results[name] = (None, [])
        elif name and kind == "@wrong":
            results[name][1].append(words)
        elif name and kind in ("@passed", "@failed"):
            results[name] = (kind[1:], results[name][1])
    return results


def run_part(part, folder, toolchain, report):
    program, errors = toolchain.program(source(part))
    if program is None:
        if len(part) > 1:  # which of them?
            half = len(part) // 2
            run_part(part[:half], folder, toolchain, report)
            run_part(part[half:], folder, toolchain, report)
            return
        case, first = part[0], next((line for line in errors.splitlines() if "error:" in line), errors.strip())
        said = re.search(r"latent: [^\"”]*", errors)
        if said:  # latent's own sentence
            with report.lock:
                report.unsupported.append((case, f"{case.code}: {said[0].strip()}"))
        else:
            report.fail(case, [f"does not compile: {case.code}: {first.partition('error:')[2].strip() or first}"])
        report.progress(1, f"{case.group}: {case.name} does not compile")
        return
    environment = {**os.environ, "LATENT_KERAS_REFERENCE": str(folder)}
    done = subprocess.run([program], capture_output=True, text=True, errors="replace", env=environment, check=False)
    results = results_of(done.stdout)
    lost = [case for case in part if results.get(f"{case.group}/{case.name}", (None,))[0] is None]
    if lost and len(part) > 1:  # the program ended early: each of the rest alone
        part = [case for case in part if case not in lost]
        for case in lost:
            run_part([case], folder, toolchain, report)
    for case in part:
        end, wrong = results.get(f"{case.group}/{case.name}", (None, []))
        if end == "passed":
            report.passed.append(case)
        elif end == "failed":
            report.fail(case, wrong)
        else:
            how = signal.Signals(-done.returncode).name if done.returncode < 0 else f"code {done.returncode}"
            report.fail(case, [*wrong, f"the program ended with {how}. {done.stderr.strip()[-500:]}"])
    groups = collections.Counter(case.group for case in part)
    report.progress(len(part), ", ".join(f"{group} {count}" for group, count in groups.items()))


def verify(arguments, build):
    found = read_folder(arguments.folder, arguments.only)
    report = Report()
    cases = to_cpp(arguments.folder, found, report)
    report.total = len(cases)
    report.say(f"{arguments.folder}: {len(found)} cases, {len(cases)} of them to be tried")
    if cases:
        toolchain = Toolchain(arguments.flags, build)
        toolchain.check()
        parts = into_parts(cases)
        compiler = f"{' '.join(toolchain.compiler)} {arguments.flags}"
        report.say(f"compiling {len(parts)} parts with {compiler}, {arguments.jobs} at a time, in {build}")
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            common = [toolchain.common("verify_main", pool), toolchain.common("reference", pool)]
            if len(parts) > 1:
                common.append(toolchain.precompile(pool))
            for part in common:
                part.result()
            running = [pool.submit(run_part, part, arguments.folder, toolchain, report) for part in parts]
            for part in concurrent.futures.as_completed(running):
                part.result()
    for case, reason in report.unsupported:
        report.say(f"UNSUPPORTED {case.group}, case {case.name}: {reason}")
    summary(report)
    print(f"{len(report.passed)} passed, {len(report.failed)} failed, {len(report.unsupported)} unsupported")
    return 0 if not report.failed and not report.unsupported else 1


def summary(report):
    kinds = {"passed": report.passed, "failed": report.failed, "unsupported": [case for case, _ in report.unsupported]}
    counts = {kind: collections.Counter(case.group for case in cases) for kind, cases in kinds.items()}
    print(f"\n{'':42}  " + "  ".join(kinds))
    for group in sorted(set().union(*counts.values())):
        print(f"{group:42}", *(f"{counts[kind][group] or '':{len(kind) + 1}}" for kind in kinds))


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/verify_against_keras.sh",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", type=pathlib.Path, metavar="DIR", help="the references: layers/, losses/, optimizers/, models/"
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="GROUP",
        help="such as layers, layers/conv2d or models/dae74k; may be given several times",
    )
    parser.add_argument(
        "--jobs", type=int, default=default_jobs(), metavar="N", help="compilers at a time (default: %(default)s)"
    )
    parser.add_argument(
        "--build",
        type=pathlib.Path,
        metavar="DIR",
        help="a folder for the programs, in which what is still right is not compiled again (default: a temporary one)",
    )
    parser.add_argument(
        "--flags", default="-O2 -march=native", help="for the compiler (default: %(default)s); CXX names another one"
    )
    arguments = parser.parse_args()
    if arguments.jobs < 1:
        parser.error(f"--jobs is at least 1, received {arguments.jobs}")
    arguments.folder = arguments.folder.resolve()
    return arguments


def main():
    arguments = parse()
    try:
        if arguments.build:
            arguments.build.mkdir(parents=True, exist_ok=True)
            return verify(arguments, arguments.build.resolve())
        with tempfile.TemporaryDirectory(prefix="latent_verify_") as build:
            return verify(arguments, pathlib.Path(build))
    except (Stop, OSError) as problem:
        print(f"verify_against_keras: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

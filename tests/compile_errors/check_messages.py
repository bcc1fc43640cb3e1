"""Wrong programs must not compile, and the compiler must say why in words. The first lines of a program say what is expected:

    // sentence: latent: a layer does not fit            is in the line of its first error; there is no second error
    // names: Conv2D<8, {3, 3}>, Receives<Shape<10>>     is in that line, too, without namespaces and some spaces; or
    // message: Conv2D<8, {3, 3}>                        is somewhere in the message
    // clang adds: latent: Dense's options are           and may be missing: with Clang there is this second error

    // more errors follow                             (those of the language itself)
    // clang says: latent: write trainer.fit          takes the place of the sentence with Clang

or, for a program that is right,

    // compiles

And each template that has a guide in layers/angle_brackets.hpp is written with parentheses; all layers have one.

All programs of this folder are compiled as one, each in a namespace of its own, for the headers take longer than the programs.
An error is that of the program through which the compiler came to it. (What is wrong in a template is said once: no two programs
may make the same mistake with the same arguments.)

usage: check_messages.py COMPILER FOLDER_FOR_THE_PROGRAM [-IFOLDER ...] [PROGRAM.cpp ...]     the programs: default all
"""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
LAYERS = HERE.parents[1] / "include/latent/layers"
GUIDES = re.findall(r"^LATENT_IN_ANGLE_BRACKETS\((\w+),", (LAYERS / "angle_brackets.hpp").read_text(), re.MULTILINE)


def in_parentheses(folder):
    return folder / "templates_in_parentheses.cpp"


def compiled(compiler, folder, flags, programs):
    """What the compiler says of all programs."""
    headers = ["latent/latent.hpp", "latent/io/save_model.hpp"]
    lines = [f"#include <{header}>" for header in headers]
    in_parentheses(folder).write_text("".join(f"inline auto made_{name} = latent::{name}(1);\n" for name in GUIDES))
    lines.append(f'#include "{in_parentheses(folder)}"')
    for program in programs:
        lines += [f"namespace {program.stem} {{", f'#include "{program}"', "}"]
    source = folder / "all_programs.cpp"
    source.write_text("\n".join(lines) + "\n")
    # Of Clang's messages the chain of instantiations is wanted whole; neither is to stop.
    options = ["-ferror-limit=0", "-ftemplate-backtrace-limit=0"] if "clang" in version_of(compiler) else ["-fmax-errors=0"]
    run = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", "-w", *options, *flags, str(source)], text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"})
    return run.stdout


def version_of(compiler):
    return subprocess.run([compiler, "--version"], text=True, stdout=subprocess.PIPE).stdout


def messages(output, clang):
    """The errors, each with the lines that belong to it. GCC says first how it came there, Clang afterwards."""
    lines = output.splitlines()
    errors = [i for i, line in enumerate(lines) if ": error: " in line or ": fatal error: " in line]
    starts = []
    for i in errors:
        start = i
        while start > 0 and (lines[start - 1].startswith(("In file included from", "                 from "))
                             or (not clang and re.match(r"\S+:(\d+:\d+:   |\s+In |\s+recursively )|\S+: (In |At )", lines[start - 1]))):
            start -= 1
        starts.append(start)
    ends = starts[1:] + [len(lines)]
    return [(lines[i], lines[start:end]) for i, start, end in zip(errors, starts, ends)]


def program_of(message, programs):
    """The program that a message leads to."""
    text = "\n".join(message)
    found = [program for program in programs if re.search(re.escape(str(program)) + r":\d+:", text)]
    return found[0] if len(found) == 1 else None


def templates_in_parentheses(output):
    """How many templates lack their sentence, of those with a guide and of all layers."""
    layers = {name for header in LAYERS.glob("*.hpp")
              for name in re.findall(r"^template <.*>\n(?:  requires.*\n)?struct (\w+)\b[^;]*?\n  static constexpr const char ?\*",
                                     header.read_text(), re.MULTILINE)}
    failures = 0
    for name in sorted(layers | set(GUIDES)):
        if f"latent: write {name}<" not in output:
            failures += 1
            print(f"{name} in parentheses: expected 'latent: write {name}<...>'"
                  + ("" if name in GUIDES else "; layers/angle_brackets.hpp has no guide for it"))
    print(f"{len(GUIDES)} templates in parentheses, {failures} failures")
    return failures


def spelt(letters):
    return f'FixedString<{len(letters) + 1}>{{"{bytes(letters).decode()}"}}'


def plain(message):
    """GCC and Clang write types a little differently: Conv2D<8, latent::Size{3, 3}> and Conv2D<8, {3, 3}>."""
    text = "\n".join(message).replace("latent::", "")
    text = re.sub(r"(Size|Margin|Real)\{", "{", text)
    # Clang 14 writes a name as numbers: Named<{{104, 0}}, ...>.
    text = re.sub(r"\{\{((?:\d+, )*)0\}\}", lambda of: spelt([int(c) for c in of[1].split(", ")[:-1]]), text)
    while "> >" in text:
        text = text.replace("> >", ">>")
    return text


def complaint(program, received, clang):
    """What is not as the program's first lines say, or nothing."""
    text = program.read_text()
    if text.startswith("// compiles\n"):
        return "expected to compile" if received else None
    begins = re.match(r"// sentence: ([^\n]+)\n// (names|message): ([^\n]+)\n", text)
    if not begins:
        return "expected to begin with '// compiles', or with '// sentence: ...' and '// names: ...' or '// message: ...'"
    sentence, where, names = begins.groups()
    if clang and (other := re.search(r"\n// clang says: ([^\n]+)\n", text)):
        sentence = other[1]
    if not received:
        return f"expected '{sentence}', but it compiles, or makes the same mistake as another program"
    if sentence not in received[0][0].replace('\\"', '"'):  # Clang 14 escapes quotation marks
        return f"expected '{sentence}' in the first error"
    lines = received[0][:1] if where == "names" else [line for _, message in received for line in message]
    if names not in plain(lines).replace(program.stem + "::", ""):
        return f"expected '{names}' in the {'first error' if where == 'names' else 'message'}"
    more = re.search(r"\n// clang adds: ([^\n]+)\n", text) if clang else None
    expected = 2 if more else 1
    if len(received) != expected and "\n// more errors follow\n" not in text:
        return f"errors: expected {expected}, received {len(received)}"
    if more and more[1] not in received[1][0]:
        return f"expected '{more[1]}' in the second error"
    return None


def main():
    compiler, folder, *rest = sys.argv[1:]
    flags = [word for word in rest if word.startswith("-")]
    programs = [pathlib.Path(word).resolve() for word in rest if not word.startswith("-")] or sorted(HERE.glob("*.cpp"))
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    output = compiled(compiler, folder, flags, programs)
    clang = "clang" in version_of(compiler)
    of_program, failures = {program: [] for program in programs}, templates_in_parentheses(output)
    for error, message in messages(output, clang):
        program = program_of(message, programs)
        if program is None and any(in_parentheses(folder).name in line for line in message):
            continue
        if program is None:
            failures += 1
            print("of which program is this error?", *message, sep="\n")
        else:
            of_program[program].append((error, message))
    for program, received in of_program.items():
        why = complaint(program, received, clang)
        print(f"{program.stem}: {why or 'as expected'}")
        if why:
            failures += 1
            print(*(line for _, message in received for line in message), sep="\n")
    print(f"{len(programs)} programs, {failures} failures")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())

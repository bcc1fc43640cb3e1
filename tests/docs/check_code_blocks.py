"""Compiles every C++ block of the Markdown that users read, and the examples in the headers' comments, all in one translation unit,
without making code of it.

usage: check_code_blocks.py FOLDER COMPILER [FLAG...]    (FOLDER: where the translation unit goes)

A block with `namespace latent {` or `TEST_CASE` stands outside of functions, as a file does; a program's `main` and everything else get a
namespace of their own. All other blocks are fragments, the body of a function, which finds the variables of given.hpp. Where that is
not enough a comment before the block, which no reader sees, says more:

    <!-- compile: Tensor<4, double> x(2, 5, 5, 2); -->   these declarations come before the block
    <!-- compile after above -->                          so does the block before it (declarations may follow: `above: ...`)
    <!-- compile outside -->                              outside of functions
    <!-- compile not: a part of a file that is tested --> with the reason
    <!-- include: FILE ... -->                            a part of a file of the library

An example in a header is what stands behind `///     `, if a line of it ends like C++. IN_HEADERS has what some of them need to know.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?:<!-- *(?P<comment>(?:compile|include)\b(?:(?!-->).)*?) *-->\s*\n)?^```cpp\n(?P<code>.*?)^```", re.M | re.S)


EXAMPLE = re.compile(r"(?:^ */// {5}.*\n)+", re.M)
ROWS = "extern Sequential<Input<4>, Dense<4>> rows; extern Trainer<decltype(rows), Adam, MeanSquaredError> trainer;"
LABELS = "extern std::vector<int> labels;"
IN_HEADERS = {  # what is declared before the example
    "core/source.hpp": f"extern Tensor<2> x, y; {ROWS}",
    "datasets/generated_source.hpp": f"Tensor<2> wave(Index i, Index epoch); {ROWS}",
    "evaluation/pca.hpp": LABELS,
    "evaluation/tsne.hpp": LABELS,
    "io/keras_layers.hpp": "struct Gain;",
    "io/training_state.hpp": "extern EarlyStopping early_stopping;",
    "kernels/conv2d_alone.hpp": "extern Index images; extern int threads; extern Tensor<4> kernel;",
    "losses/sum_over_pixels.hpp": "extern given::Autoencoder vae;",
    "models/walk.hpp": "constexpr engine::Plan<float> plan = given::Autoencoder::network::plan<>; extern Index samples; "
                       "extern const float* images; extern float* code;",
    "pictures/beside.hpp": "extern Tensor<2> pca, tsne;",
    "pictures/grid.hpp": "extern Tensor<4> denoised;",
    "pictures/histogram.hpp": "extern std::vector<double> values;",
    "pictures/plot.hpp": "extern std::vector<double> losses, val_losses;",
    "pictures/scatter.hpp": LABELS,
    "pictures/sheet.hpp": "extern Tensor<2> points;",
    "training/loss_and_gradient.hpp": "extern Sequential<Input<2>, Dense<1>> critic; extern Tensor<2> z, ones;",
    "training/reduce_lr_on_plateau.hpp": "extern Tensor<4> a, b;",
    "training/state.hpp": "extern double best; extern int waited_;",
}
NOT_COMPILED = {"core/compiler.hpp": "a part of a class"}


class Block:
    def __init__(self, path, line, comment, code, before):
        self.place, self.line, self.code = path, line, code
        words, _, context = comment.partition(":")
        self.skipped = words.startswith(("compile not", "include"))
        if words == "compile not" and not context.strip():
            raise SystemExit(f"{path}:{line}: a block that is not compiled needs a reason")
        self.outside = words == "compile outside" or re.search(r"^(namespace latent \{|TEST_CASE)", code, re.M)
        self.head, self.context = "", context.strip() if words == "compile" else ""
        if words == "compile after above":
            self.head = "\n".join([before.head, before.code if before.outside else ""])
            self.context = "\n".join([context.strip(), before.context, "" if before.outside else before.code])
        elif words not in ("", "compile", "compile outside", "compile not", "include"):
            raise SystemExit(f"{path}:{line}: what does \"{words}\" mean?")

    def translated(self, number, includes):
        """The block as a part of the translation unit; its #include lines go to the head."""
        return where_it_is(self.head + self.code, self.translated_whole(number, includes))

    def translated_whole(self, number, includes):
        def without_includes(text):
            includes.update(re.findall(r"^#include .*", text, re.M))
            return re.sub(r"^#(include|pragma once).*", "", text, flags=re.M)
        head, context, code = without_includes(self.head), without_includes(self.context), without_includes(self.code)
        code = f'#line {self.line} "{self.place}"\n{code}'
        if re.search(r"^namespace latent \{", self.code, re.M):
            return code
        if not self.outside and "int main(" not in self.code:
            code = f"void fragment() {{\n{context}\n{code}\n}}"
        return f"namespace block_{number} {{\nusing namespace latent;\nusing namespace given;\n{head}\n{code}\n}}"


def where_it_is(words, code):
    """The code; where there is no MPI library, without what needs it."""
    return f"#if __has_include(<mpi.h>)\n{code}\n#endif" if "latent/mpi.hpp" in words else code


def blocks():
    paths = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("exercises/**/*.md")), ROOT / "examples/README.md"]
    for path in paths:
        text, before = path.read_text(), None
        found = list(BLOCK.finditer(text))
        if len(found) != len(re.findall(r"^```cpp\b", text, re.M)):
            raise SystemExit(f"{path}: a C++ block that does not end, or begins in the middle of a line")
        for match in found:
            line = text[: match.start("code")].count("\n") + 1
            before = Block(str(path.relative_to(ROOT)), line, (match["comment"] or "").strip(), match["code"], before)
            yield before


def examples():
    for path in sorted(ROOT.glob("include/latent/**/*.hpp")):
        text, name = path.read_text(), str(path.relative_to(ROOT / "include/latent"))
        for match in EXAMPLE.finditer(text):
            code = re.sub(r"^ */// {5}", "", match[0], flags=re.M)
            if not re.search(r"[;{}] *(//.*)?$", code, re.M):
                continue  # a formula, a table
            line = text[: match.start()].count("\n") + 1
            comment = f"compile not: {NOT_COMPILED[name]}" if name in NOT_COMPILED else ""
            block = Block(f"include/latent/{name}", line, comment, code, None)
            spaces = ["pictures", "evaluation", "datasets", *(["kernels"] if name.startswith("kernels/") else [])]
            block.head = f'#include "latent/{name}"\n' + "".join(f"using namespace latent::{space};\n" for space in spaces)
            block.head += IN_HEADERS.get(name, "")
            block.outside = block.outside or code.startswith("void ")
            yield block


def main():
    folder, compiler = pathlib.Path(sys.argv[1]), sys.argv[2:]
    everything = [*blocks(), *examples()]
    compiled = [block for block in everything if not block.skipped]
    includes = set()
    parts = [block.translated(number, includes) for number, block in enumerate(compiled)]
    folder.mkdir(parents=True, exist_ok=True)
    unit = folder / "code_blocks.cpp"
    lines = [where_it_is(line, line) for line in sorted(includes)] + [f'#include "{ROOT}/tests/docs/given.hpp"', *parts]
    unit.write_text("\n".join(lines) + "\n")
    status = subprocess.run([*compiler, "-std=c++20", "-w", "-fsyntax-only", str(unit)], cwd=ROOT).returncode
    for block in everything:
        if block.skipped:
            print(f"not compiled: {block.place}:{block.line}")
    print(f"{len(compiled)} blocks compiled: " + ("they are right" if status == 0 else "see above what is wrong with them"))
    return status or not compiled


if __name__ == "__main__":
    sys.exit(main())

"""The C++ compiler as verify.py needs it: is everything there, what is compiled already, what has to be."""

import hashlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess

TESTS = pathlib.Path(__file__).resolve().parent
PROJECT = TESTS.parent.parent

EIGEN = ["/usr/include/eigen3", "/usr/local/include/eigen3", "/opt/homebrew/include/eigen3"]
NEEDED = {  # header: Debian's package
    "Eigen/Core": "libeigen3-dev",
    "doctest/doctest.h": "doctest-dev",
    "nlohmann/json.hpp": "nlohmann-json3-dev",
    "zlib.h": "zlib1g-dev",
}


class Stop(Exception):
    """Nothing can be verified; its text says why."""


def default_jobs():
    """As many compilers as there are processors, and 1.5 GB for each."""
    processors = os.cpu_count() or 1
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return processors
    return max(1, min(processors, memory // 1_500_000_000))


class Toolchain:
    def __init__(self, flags, build):
        self.compiler = shlex.split(os.environ.get("CXX", "c++"))
        if not shutil.which(self.compiler[0]):
            raise Stop(f"there is no C++ compiler {self.compiler[0]}; set CXX, or on Debian: apt-get install g++")
        eigen = [folder for folder in EIGEN if pathlib.Path(folder, "Eigen/Core").exists()][:1]
        script = PROJECT / "scripts/openmp_flag.sh"
        openmp = subprocess.run(
            ["sh", script, self.compiler[-1]], capture_output=True, text=True, check=True
        ).stdout.strip()
        self.flags = [
            "-std=c++20",
            openmp,
            "-DEIGEN_DONT_PARALLELIZE",
            *shlex.split(flags),
            f"-I{PROJECT / 'include'}",
            f"-I{PROJECT / 'tests'}",
            *[f"-isystem{folder}" for folder in eigen],
            '-DLATENT_SHARED_DIR="/nowhere"',
            f'-DLATENT_SOURCE_DIR="{PROJECT}"',
        ]
        self.build = build
        version = subprocess.run([*self.compiler, "--version"], capture_output=True, text=True, check=False)
        # What every program depends on: the compiler, the flags, the library, the headers of the tests.
        key = hashlib.sha256("\0".join([version.stdout, *self.compiler, *self.flags]).encode())
        headers = [path for room in ("include", "tests") for path in sorted((PROJECT / room).rglob("*.hpp"))]
        for path in [*headers, TESTS / "reference.cpp", TESTS / "verify_main.cpp"]:
            key.update(path.read_bytes())
        self.key = key.hexdigest()
        self.objects = []
        self.headers = []  # the option with which a program finds all headers compiled

    def run(self, *arguments):
        return subprocess.run(
            [*self.compiler, *self.flags, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def check(self):
        """Whether what latent needs is there, in words."""
        program = self.build / "check.cpp"
        program.write_text(
            "".join(
                f"#if !__has_include(<{name}>)\n#error missing {name}, Debian's {package}\n#endif\n"
                for name, package in NEEDED.items()
            )
            + "#include <type_traits>\ntemplate <class T> concept C = std::is_same_v<T, int>;\n"
            "int main() { return C<int> ? 0 : 1; }\n"
        )
        done = self.run(program, "-o", self.build / "check", "-lz")
        if done.returncode != 0:
            missing = re.findall(r"missing .*", done.stderr)
            words = "\n".join(dict.fromkeys(missing)) or done.stderr.strip()
            raise Stop(f"{' '.join(self.compiler)} cannot compile latent's tests:\n{words}")

    def common(self, name, pool):
        """Compiles tests/keras/<name>.cpp, once."""
        file = self.build / f"{name}-{self.key[:16]}.o"
        self.objects.append(file)

        def compile_():
            if not file.exists():
                part = file.with_suffix(".part.o")
                done = self.run("-c", TESTS / f"{name}.cpp", "-o", part)
                if done.returncode != 0:
                    raise Stop(f"{name}.cpp does not compile:\n{done.stderr}")
                part.rename(file)

        return pool.submit(compile_)

    def precompile(self, pool):
        """Compiles the headers that every part reads, once: several seconds of each of dozens."""
        header = self.build / f"headers-{self.key[:16]}.hpp"
        file = header.with_name(header.name + ".gch")  # where both GCC and Clang look for it

        def compile_():
            if not file.exists():
                header.write_text("#include <doctest/doctest.h>\n#include <latent/latent.hpp>\n")
                unfinished = file.with_suffix(".part")
                done = self.run("-x", "c++-header", header, "-o", unfinished)
                if done.returncode != 0:
                    raise Stop(f"latent.hpp does not compile:\n{done.stderr}")
                unfinished.rename(file)
            self.headers = ["-include", header]

        return pool.submit(compile_)

    def program(self, code):
        """A program of this source: its path, or the compiler's errors."""
        name = hashlib.sha256((self.key + code).encode()).hexdigest()[:16]
        file, program = self.build / f"part_{name}.cpp", self.build / f"part_{name}"
        if not program.exists():
            file.write_text(code)
            unfinished = program.with_suffix(".part")
            done = self.run(*self.headers, file, *self.objects, "-o", unfinished, "-lz")
            if done.returncode != 0:
                return None, done.stderr
            unfinished.rename(program)
        return program, ""

"""latent for Conan 2: `conan create packaging/conan` in the project's folder. See packaging/README.md."""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, cmake_layout
from conan.tools.files import copy, load, rmdir

ROOT = os.path.join("..", "..")


class Latent(ConanFile):
    name = "latent"
    description = "A header-only C++20 neural-network library for learning and teaching auto-encoders"
    license = "MIT"
    topics = ("neural-network", "autoencoder", "deep-learning", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    # The targets beside latent::latent, by what they need. (libcsv, which latent::files needs, too, is the system's.)
    options = {"pictures": [True, False], "datasets": [True, False], "io": [True, False], "archives": [True, False]}
    default_options = {"pictures": True, "datasets": True, "io": True, "archives": False}
    generators = "CMakeDeps", "CMakeToolchain"
    no_copy_source = True

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, ROOT, "include", "latent", "core", "version.hpp"))
        self.version = ".".join(re.findall(r"#define LATENT_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))

    def export_sources(self):
        source = os.path.join(self.recipe_folder, ROOT)
        for pattern in ("CMakeLists.txt", "CHANGELOG.md", "LICENSE", "cmake/*", "include/*", "packaging/debian/*"):
            copy(self, pattern, source, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("eigen/3.4.0", transitive_headers=True)
        if self.options.pictures:
            self.requires("stb/cci.20230920", transitive_headers=True)
        if self.options.datasets or self.options.archives:
            self.requires("zlib/[>=1.2.11 <2]", transitive_headers=True)
        if self.options.archives:
            self.requires("libarchive/[>=3.6 <4]", transitive_headers=True)
        if self.options.io:
            self.requires("nlohmann_json/[>=3.11 <4]", transitive_headers=True)

    def validate(self):
        if self.settings.get_safe("compiler.cppstd"):
            check_min_cppstd(self, 20)

    def build(self):
        cmake = CMake(self)
        unwanted = ("BUILD_TESTS", "BUILD_EXAMPLES", "BUILD_BENCHMARKS", "INSTALL_COMMAND")
        cmake.configure({f"LATENT_{what}": False for what in unwanted})

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        for folder in ("doc", "pkgconfig"):  # for pkg-config there is Conan's own generator
            rmdir(self, os.path.join(self.package_folder, "share", folder))

    def package_id(self):
        self.info.clear()  # nothing but headers: one package for all

    def package_info(self):
        # latent's own files for CMake describe the targets.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("share", "cmake", "latent")]
        self.cpp_info.bindirs = self.cpp_info.libdirs = []

#!/bin/sh
# Installs with apt the missing packages that latent needs to be built and tested.
# usage: scripts/install_dependencies.sh [--with-data] [--with-benchmarks] [--with-browser] [--with-docs]
#   --with-data        also Debian's Fashion-MNIST, if there is no MNIST on this machine
#   --with-benchmarks  also Google Benchmark and oneDNN, for benchmarks/conv2d
#   --with-browser     also Chromium and Selenium, for the tests of the reports
#   --with-docs       also Doxygen and the other packages for scripts/build_docs.sh
#   PRESET=clang|tsan  also clang, with its OpenMP
#   PRESET=test|asan   also a newer clang, where apt-get has one
set -eu
unset CDPATH
case "${1:-}" in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;; esac
cd "$(dirname "$0")/.."

with_data=no with_benchmarks=no with_browser=no with_docs=no
for option in "$@"; do
  case "$option" in
    --with-data) with_data=yes ;;
    --with-benchmarks) with_benchmarks=yes ;;
    --with-browser) with_browser=yes ;;
    --with-docs) with_docs=yes ;;
    *)
      echo "usage: scripts/install_dependencies.sh [--with-data] [--with-benchmarks] [--with-browser] [--with-docs]," \
           "received $option" >&2
      exit 2
      ;;
  esac
done

case "${PRESET:-}" in
  "" | release | debug | test | asan | clang | tsan | fuzz) ;;
  *) echo "install_dependencies: there is no PRESET=$PRESET" >&2 && exit 2 ;;
esac

missing="" wished=""
need() {  # need PACKAGE found?
  [ "$2" = yes ] || missing="$missing $1"
}
program() { command -v "$1" >/dev/null 2>&1 && echo yes || echo no; }
header() {
  for folder in /usr/include /usr/local/include /opt/homebrew/include; do
    [ -e "$folder/$1" ] && echo yes && return
  done
  echo no
}
mnist() {
  for folder in ${LATENT_DATA:+"$LATENT_DATA" "$LATENT_DATA/mnist"} data data/mnist; do
    [ -e "$folder/train-images-idx3-ubyte.gz" ] || [ -e "$folder/train-images-idx3-ubyte" ] || continue
    echo yes
    return
  done
  echo no
}

need g++ "$(program "${CXX:-g++}")"
need cmake "$(program cmake)"
need ninja-build "$(program ninja)"
need libeigen3-dev "$(header eigen3/Eigen/Core)"
need libstb-dev "$(header stb/stb_image_write.h)"
need zlib1g-dev "$(header zlib.h)"
need libarchive-dev "$(header archive.h)"
need libcsv-dev "$(header csv.h)"
need nlohmann-json3-dev "$(header nlohmann/json.hpp)"
need libcli11-dev "$(header CLI/CLI.hpp)"
need doctest-dev "$(header doctest/doctest.h)"
# Training on several processes. Any MPI library will do.
need libopenmpi-dev "$(program mpicxx)"
need openmpi-bin "$(program mpirun)"
if [ "${PRESET:-}" = clang ] || [ "${PRESET:-}" = tsan ]; then
  need clang "$(program clang++)"
  # libomp-dev puts omp.h into a folder of clang's version.
  need libomp-dev "$(ls /usr/lib/llvm-*/lib/libomp.so >/dev/null 2>&1 && echo yes || echo no)"
fi
# The first that apt-get has; without it the tests take longer, and that is all. Clang 17 skips more than 16 (core/compiler.hpp).
quick() { scripts/quick_compiler.sh "$PRESET" | grep -Eq '[+]-(1[7-9]|[2-9][0-9])$'; }
case "${PRESET:-}" in
  test) quick || wished="clang-19 clang-16 clang" ;;
  asan) quick || wished="clang-19,libclang-rt-19-dev clang-16,libclang-rt-16-dev clang" ;;
esac
if [ "$with_benchmarks" = yes ]; then
  need libbenchmark-dev "$(header benchmark/benchmark.h)"
  need libdnnl-dev "$(header dnnl.hpp)"
fi
if [ "$with_browser" = yes ]; then
  need chromium "$(program chromium)"
  need chromium-driver "$(program chromedriver)"
  need python3-selenium "$(/usr/bin/python3 -c 'import selenium' 2>/dev/null && echo yes || echo no)"
fi
if [ "$with_docs" = yes ]; then
  need doxygen "$(program doxygen)"
  need doxygen-awesome-css "$([ -e /usr/share/doxygen-awesome-css ] && echo yes || echo no)"
  need libjs-katex "$([ -e /usr/share/javascript/katex ] && echo yes || echo no)"
  for module in markdown_it mdit_py_plugins pygments; do
    package=python3-$(echo "$module" | tr _ -)
    need "$package" "$(/usr/bin/python3 -c "import $module" 2>/dev/null && echo yes || echo no)"
  done
fi
if [ "$with_data" = yes ] && [ "$(mnist)" = no ] && [ ! -e /usr/share/datasets/fashion-mnist ]; then
  echo "No MNIST found in \$LATENT_DATA or data/mnist: Fashion-MNIST will do."
  need dataset-fashion-mnist no
fi

if [ -z "$missing$wished" ]; then
  echo "Everything latent needs is installed."
  exit 0
fi
echo "Missing:$missing${wished:+ $(echo "${wished%% *}" | tr , ' ') (not needed, but it saves time)}"
give_up() {
  [ -n "$missing" ] || exit 0
  echo "$1" >&2
  exit 1
}

if [ "$(program apt-get)" = no ]; then
  give_up "There is no apt-get here. Install what these Debian packages hold, in your system's way:$missing"
fi
if [ "$(id -u)" -eq 0 ]; then
  as_root="env"
elif sudo -n true 2>/dev/null || { [ -t 0 ] && [ "$(program sudo)" = yes ]; }; then
  as_root="sudo env"
else
  give_up "This needs root. Run as root: apt-get install$missing"
fi
echo "Installing them with apt-get."
install() { $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }
$as_root DEBIAN_FRONTEND=noninteractive apt-get update -qq || [ -z "$missing" ]
# shellcheck disable=SC2086  # a list of words
[ -z "$missing" ] || install $missing
for packages in $wished; do
  # shellcheck disable=SC2046  # a list of words
  ! install $(echo "$packages" | tr , ' ') || break
done

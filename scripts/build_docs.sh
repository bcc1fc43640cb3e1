#!/bin/sh
# Builds the site, guides and API reference, into build/docs/html; installs what is missing for it.
# usage: scripts/build_docs.sh [--check]
#   --check  also tries every link; installs nothing, and skips (exit code 77) where a tool is missing
#
# Doxygen makes the pages, doxygen-awesome-css their looks, KaTeX the formulas. All of it is copied into the site, which asks
# nothing of other hosts and needs no server: open build/docs/html/index.html.
set -eu
unset CDPATH
case "${1:-}" in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;; esac
cd "$(dirname "$0")/.."

check=no
case "${1:-}" in
  --check) check=yes ;;
  "") scripts/install_dependencies.sh --with-docs ;;
  *)
    echo "usage: scripts/build_docs.sh [--check], received $1" >&2
    exit 2
    ;;
esac
theme=/usr/share/doxygen-awesome-css
katex=/usr/share/javascript/katex
python=/usr/bin/python3
missing=""
command -v doxygen >/dev/null 2>&1 || missing="$missing doxygen"
[ -e "$theme/doxygen-awesome.css" ] || missing="$missing doxygen-awesome-css"
[ -e "$katex/katex.min.js" ] || missing="$missing libjs-katex"
"$python" -c 'import markdown_it, mdit_py_plugins, pygments' 2>/dev/null ||
  missing="$missing python3-markdown-it python3-mdit-py-plugins python3-pygments"
if [ -n "$missing" ]; then
  echo "build_docs: skipped, for these Debian packages are missing:$missing (scripts/build_docs.sh installs them)" >&2
  exit 77
fi

out=build/docs
rm -rf "$out/html" "$out/theme"
mkdir -p "$out/html/katex/fonts" "$out/theme"
cp "$theme"/*.css "$theme"/*.js "$out/theme"
cp "$katex/katex.min.js" "$katex/katex.min.css" "$katex/contrib/auto-render.js" "$out/html/katex"
cp -L "$katex"/fonts/*.woff2 "$out/html/katex/fonts"

# Doxygen's own header, with KaTeX where it would load MathJax, and doxygen-awesome's scripts.
(cd "$out" && doxygen -w html header.html footer.html doxygen.css)
awk '/^\$mathjax/ { while ((getline line < "scripts/docs/header.html") > 0) print line; next } { print }' \
  "$out/header.html" >"$out/header_with_katex.html"
mv "$out/header_with_katex.html" "$out/header.html"

"$python" scripts/docs/pages.py "$out/pages"
LATENT_VERSION=$(sed -n 's/^#define LATENT_VERSION_[A-Z]* //p' include/latent/core/version.hpp | paste -sd.)
export LATENT_VERSION
doxygen scripts/docs/Doxyfile
"$python" scripts/docs/search.py "$out/html" "$out/pages/sections.json"
[ "$check" = no ] || "$python" scripts/docs/check_site.py "$out/html"
echo "The site is $PWD/$out/html/index.html"

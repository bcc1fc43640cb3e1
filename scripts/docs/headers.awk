# Makes a header readable to Doxygen, line for line, so that numbers of lines stay what they are.
#
# - The comment at the head of a file stands above #pragma once, where Doxygen attaches it to nothing: it is the file's.
# - Where the file is that of one class (layers/dense.hpp, Dense), the class has that comment, too.
# - Members that every layer, loss, optimiser ... has are described once, in members.txt, not in each of them.
# - stb's code is included into a namespace, and is not latent's.
# - Of members declared together (`Index height, width;`) Doxygen describes the first alone; here each is declared by itself.
#
# usage: awk -v members=members.txt -f headers.awk HEADER
BEGIN {
  while ((getline line < members) > 0)
    if (line !~ /^#/ && (at = index(line, "\t"))) said[substr(line, 1, at - 1)] = substr(line, at + 1)
}
/^#include <stb_/ { $0 = "" }
# To Doxygen a full stop ends the summary of a comment, unless a backslash follows: "D.\ Kingma".
/^ *\/\/\// {
  while (match($0, / [A-Z]\. /)) $0 = substr($0, 1, RSTART + 2) "\\" substr($0, RSTART + 3)
}
{ lines[NR] = $0 }
function is_documented(i) { return lines[i - 1] ~ /^ *\/\/\// || lines[i] ~ /\/\/\/</ || lines[i] ~ /\/\*\*/ }
# Puts a comment before the declaration that line i is a part of, unless there is one.
function document(i, comment) {
  while (lines[i - 1] ~ /^ *(template <|requires |\[\[)/) i--
  if (comment == "" || is_documented(i)) return
  match(lines[i], /^ */)
  lines[i] = substr(lines[i], 1, RLENGTH) "/** " comment " */ " substr(lines[i], RLENGTH + 1)
}
function meaning(name) { return (folder "/" name) in said ? said[folder "/" name] : said[name] }
# One declaration for each member of a line such as `Index height = 1, width = 1;  ///< of the window`.
function separate(i,    declaration, comment, count, pieces, type, p, name, out) {
  declaration = lines[i]
  if (match(declaration, / *\/\/\/< /)) {
    comment = substr(declaration, RSTART + RLENGTH)
    declaration = substr(declaration, 1, RSTART - 1)
  } else if (lines[i - 1] ~ /^ *\/\/\/ / && lines[i - 2] !~ /^ *\/\/\//) {
    comment = lines[i - 1]
    sub(/^ *\/\/\/ /, "", comment)
  }
  if (declaration !~ /^  +[A-Za-z][^()<]*, [^()<]*;$/ || declaration ~ /^ *(return|using|friend)|[+?-]/) return
  sub(/;$/, "", declaration)
  count = split(declaration, pieces, /, /)
  type = pieces[1]
  sub(/( = .*|\{.*|\[.*)$/, "", type)
  if (!match(type, /[*&]?[A-Za-z_0-9]+$/)) return
  pieces[1] = substr(pieces[1], RSTART)
  type = substr(type, 1, RSTART - 1)
  for (p = 1; p <= count; ++p) {
    name = pieces[p]
    sub(/( = .*|\{.*|\[.*)$/, "", name)
    sub(/^[*&]/, "", name)
    if (name !~ /^[A-Za-z_0-9]+$/) return
    name = comment != "" ? comment : meaning(name)
    out = out (p > 1 || lines[i - 1] ~ /^ *\/\/\// || name == "" ? "" : "/** " name " */ ")
    if (p > 1 && name != "") out = out " /** " name " */ "
    out = out (p > 1 ? substr(type, match(type, /[^ ]/)) : type) pieces[p] ";"
  }
  lines[i] = out
}
END {
  name = FILENAME
  sub(/.*\/latent\//, "", name)
  own = folder = name
  sub(/\/.*/, "", folder)
  gsub(/.*\/|_|\.hpp$/, "", own)
  for (i = 1; i <= NR; ++i) {
    if (match(lines[i], /^(struct|class) [A-Za-z0-9]+/) && lines[i] !~ /;$/) {
      type = substr(lines[i], RSTART, RLENGTH)
      sub(/^[a-z]+ /, "", type)
      if (tolower(type) == tolower(own) && !owned++) document(i, "@copydoc " name)
    }
    if (!match(lines[i], /^  +[a-z\[:A-Z]/) || lines[i] ~ /^ *(return|else|if|for|case|using namespace)/) continue
    separate(i)
    declared = lines[i]
    sub(/\[\[.*\]\] /, "", declared)
    sub(/ *(\(|=|;|\{|\[).*/, "", declared)
    sub(/.*[ *&]/, "", declared)
    document(i, meaning(declared))
  }
  if (lines[1] ~ /^\/\/\//) print "/// @file"
  cut = lines[1] !~ /^\/\/\//
  for (i = 1; i <= NR; ++i) {
    if (!cut && lines[i] == "") { cut = 1; continue }
    print lines[i]
  }
}

/// The program that marks an exercise. marks.cpp ends with
///
///     #define MARKS_OF(yours) mark<yours::Dense>
///     #include "../support/main.inc"
///
/// and begins with #include YOURS: a student's file, or one that variants.py made of the skeleton, the solution and its
/// planted mistakes, which defines VARIANTS.
#pragma once

#include "sheet.hpp"

namespace marks {

using Mark = void (*)(Sheet&);

/// What a variant of the solution has to lose: the name of a property, and words of the message.
struct Loss {
  const char *property, *words;
};
/// The skeleton, the solution, or the solution with a planted mistake.
struct Variant {
  const char* title;
  Mark mark;
  double seconds;            ///< its limit; 0: the usual one
  bool loses_everything;     ///< the skeleton
  std::vector<Loss> losses;  ///< all other properties keep their marks
};

/// marks [--json FILE] [--seconds N]: prints the sheet, and "marks: N of M" as its last line.
int mark_yours(int argc, char** argv, const char* exercise, Mark mark);
/// Marks all variants. Returns 1 if one of them has other marks, or other words, than it should, or if the solution does
/// not have 10.
int mark_variants(const char* exercise, const std::vector<Variant>& variants);

}  // namespace marks

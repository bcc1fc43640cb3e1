#include "main.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "latent/core/files.hpp"

namespace marks {

namespace {
/// Objects of the solution are made before main, where nothing limits their time: the program is ended by SIGALRM after so many
/// seconds, as scripts/mark.sh has set them.
#ifdef __APPLE__  // which orders them as they are linked
[[gnu::constructor]]
#else  // the first
[[gnu::constructor(101)]]
#endif
void limit_time_before_main() {
  if (const char* const seconds = std::getenv("MARKS_SECONDS_BEFORE_MAIN"))
    alarm(static_cast<unsigned>(std::strtoul(seconds, nullptr, 10)));
}
}  // namespace

int mark_yours(int argc, char** argv, const char* exercise, Mark mark) {
  alarm(0);
  std::string json;
  Limits limits;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--json" && i + 1 < argc)
      json = argv[++i];
    else if (option == "--seconds" && i + 1 < argc && std::atof(argv[i + 1]) > 0)
      limits.seconds = std::atof(argv[++i]);
    else
      return std::fprintf(stderr, "usage: marks [--json FILE] [--seconds N], received %s\n", argv[i]), 2;
  }
  Sheet sheet(limits);
  mark(sheet);
  std::printf("%s\n%smarks: %d of %d\n", exercise, sheet.text().c_str(), sheet.marks(), sheet.of());
  std::fflush(stdout);
  try {
    if (!json.empty()) latent::write_atomically(json, sheet.json(exercise));
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "marks: %s\n", error.what()), 1;
  }
  std::_Exit(0);  // objects of the solution, which may print or crash when they are destroyed, have no say any more
}

namespace {

/// What is not as planned; empty if all is.
std::string surprise(const Variant& variant, const Sheet& sheet) {
  if (sheet.of() != 10) return latent::text("an exercise has 10 marks, this one ", sheet.of());
  for (const Property& property : sheet.properties()) {
    const Loss* planned = nullptr;
    for (const Loss& loss : variant.losses)
      if (property.name == loss.property) planned = &loss;
    const bool loses = planned || variant.loses_everything;
    if (property.marks != (loses ? 0 : property.of))
      return latent::text("expected ", loses ? 0 : property.of, " marks for \"", property.name, "\"");
    if (planned && property.message.find(planned->words) == std::string::npos)
      return latent::text("expected \"", planned->words, "\" in the message of \"", property.name, "\"");
  }
  for (const Loss& loss : variant.losses) {
    bool found = false;
    for (const Property& property : sheet.properties()) found |= property.name == loss.property;
    if (!found) return latent::text("there is no property \"", loss.property, "\"");
  }
  return "";
}

}  // namespace

int mark_variants(const char* exercise, const std::vector<Variant>& variants) {
  int surprises = 0;
  for (const Variant& variant : variants) {
    Limits limits{.output_size = 100};
    if (variant.seconds > 0) limits.seconds = variant.seconds;
    Sheet sheet(limits);
    variant.mark(sheet);
    const std::string what = surprise(variant, sheet);
    std::printf("%s, %s: %d of %d\n%s", exercise, variant.title, sheet.marks(), sheet.of(), sheet.text().c_str());
    if (!what.empty()) std::printf("  NOT AS PLANNED: %s\n", what.c_str()), ++surprises;
  }
  constexpr std::size_t fewest = 2 + 8;  // the skeleton, the solution, and mistakes
  if (variants.size() < fewest) std::printf("NOT AS PLANNED: at least 8 planted mistakes\n"), ++surprises;
  return surprises > 0;
}

}  // namespace marks

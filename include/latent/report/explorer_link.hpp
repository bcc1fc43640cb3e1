/// Links from a report to the explorers of its run, which are made later (explorer.hpp).
#pragma once

#include <string>
#include <string_view>

#include "latent/core/files.hpp"
#include "latent/report/html.hpp"

namespace latent::report {

/// Marks the place in the head of a report for links to explorers.
inline constexpr std::string_view explorers_place = "<!-- explorers -->";

/// Adds a link from the report of a run to an explorer in the same folder, unless there is one. A file that is not a report by latent
/// stays as it is. Throws FileError. (A report that is rewritten because the training continues has lost the link: the explorer then
/// has older weights.)
[[gnu::cold]] inline void link_to_explorer(const std::string& report, const std::string& explorer) {
  std::string html = read_file(report);
  const std::size_t place = html.find(explorers_place);
  const std::string link = text("<a href=\"", link_to_file(explorer), "\">");
  if (place == std::string::npos || html.substr(0, place).find(link) != std::string::npos) return;
  html.insert(place, text("<p class=\"explorer\">", link, "Explore this network</a>",
                          ": walk through its codes, draw for it, go on training</p>\n"));
  write_atomically(report, html);
}

}  // namespace latent::report

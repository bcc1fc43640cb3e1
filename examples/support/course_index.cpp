// One page of all reports and explorers of the course: usage: course_index OUT.html <LINES, where a line is
//
//     name|command|figure|Keras's value|ours|seconds|report|picture|explorers
//
// The last three are files; those of the report and of the explorers, of which there may be none or several with blanks between
// them, relative to the page. Written by scripts/run_course.sh.
#include <iostream>
#include <sstream>

#include "latent/report/picture.hpp"
#include "latent/report/script.hpp"
#include "latent/report/style.hpp"

using namespace latent;

/// A small copy of a picture, in the page.
static std::string thumbnail(const std::string& path) {
  report::Picture picture(path, read_file(path));
  picture.frames = {picture.frames.back()};
  while (picture.width() > 320) picture.reduce();
  return picture.image(0, picture.title.empty() ? path : picture.title, "");
}

static std::string number_cell(const std::string& value) {
  return text("<td class=\"n\" data-v=\"", report::escaped(value), "\">", report::escaped(value), "</td>");
}

/// Links to explorers: "explorer", or, where a run has several, their names.
static std::string explorer_links(const std::string& files) {
  std::istringstream in(files);
  std::string links;
  for (std::string file; in >> file;) {
    const std::string name = file.substr(file.rfind('/') + 1);
    links +=
        text("<br><a href=\"", report::escaped(file), "\">", report::escaped(name.substr(0, name.rfind('.'))), "</a>");
  }
  return links;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: course_index OUT.html <LINES\n";
    return 2;
  }
  try {
    std::string rows;
    for (std::string line; std::getline(std::cin, line);) {
      std::vector<std::string> cells;
      std::istringstream in(line);
      for (std::string cell; std::getline(in, cell, '|');) cells.push_back(cell);
      if (cells.size() == 8) cells.emplace_back();  // getline sees nothing behind the last |
      check(cells.size() == 9, "expected 9 values, received ", cells.size(), ": ", line);
      rows += text("<tr><td class=\"thumb\">", thumbnail(cells[7]), "</td><td><a href=\"", report::escaped(cells[6]),
                   "\">", report::escaped(cells[0]), "</a><br><code>", report::escaped(cells[1]), "</code>",
                   explorer_links(cells[8]), "</td><td>", report::escaped(cells[2]), "</td>", number_cell(cells[3]),
                   number_cell(cells[4]), number_cell(cells[5]), "</tr>\n");
    }
    write_atomically(
        argv[1], text(report::head_html("The course", report::style),
                      "<body data-status=\"finished\">\n<header class=\"top\"><h1>The course</h1>\n<p "
                      "class=\"lead\">The reports of all runs, with explorers of their networks, "
                      "beside the figures of Keras 3.15 with TensorFlow 2.21 on the same data. An error or a loss is "
                      "better when it is "
                      "lower.</p></header>\n<main id=\"main\"><section id=\"reports\" aria-label=\"Reports\"><div "
                      "class=\"scroll\"><table "
                      "class=\"sortable\"><thead><tr><th scope=\"col\">picture</th><th scope=\"col\">run</th><th "
                      "scope=\"col\">figure</th><th "
                      "scope=\"col\" class=\"n\">Keras</th><th scope=\"col\" class=\"n\">latent</th><th scope=\"col\" "
                      "class=\"n\">seconds</th></tr></thead><tbody>\n",
                      rows, "</tbody></table></div></section></main>\n<script>", report::script,
                      "</script>\n</body>\n</html>\n"));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "course_index: " << error.what() << '\n';
    return 1;
  }
}

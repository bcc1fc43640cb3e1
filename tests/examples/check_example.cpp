// usage: check_example PROGRAM OUT "options of the program" CLAIM...
//
// Runs the program in its short form and checks what it left behind. A claim is
//   name<0.25  name>0.9  the program printed "name: value", and the value is so
//   falls=0.8            in history.csv, val_loss has at least two epochs and ends below 0.8 of its start
//   again=words          run a second time in the same folder, the program prints these words
//   picture.png          was written and is not blank: 1 % of its pixels differ from the most frequent colour
// Whatever is claimed, it leaves a whole report of less than 2 MB.
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>

#include "latent/core/files.hpp"
#include "latent/core/text.hpp"
#include "pictures/decode.hpp"

namespace {

std::string failure_of_picture(const std::string& path) {
  const latent::pictures::Image image = decode_png(latent::read_file(path));
  const unsigned char* const rgb = image.rgb.data();
  const std::size_t pixels = image.rgb.size() / 3;
  // The only color that more than half of the pixels can have: each pair of different ones is left out.
  std::size_t color = 0, more = 0, count = 0;
  for (std::size_t i = 0; i < pixels; ++i) {
    if (more == 0) color = i;
    more = std::memcmp(rgb + 3 * i, rgb + 3 * color, 3) == 0 ? more + 1 : more - 1;
  }
  for (std::size_t i = 0; i < pixels; ++i) count += std::memcmp(rgb + 3 * i, rgb + 3 * color, 3) == 0;
  return static_cast<double>(count) > 0.99 * static_cast<double>(pixels) ? "is blank" : "";
}

std::string failure_of_fall(const std::string& path, double factor) {
  std::istringstream lines(latent::read_file(path));
  std::string line, cell;
  std::getline(lines, line);
  std::size_t column = 0, at = 0;
  for (std::istringstream cells(line); std::getline(cells, cell, ','); ++at)
    if (cell == "val_loss") column = at;
  if (column == 0) return "has no column val_loss";
  std::vector<double> losses;
  while (std::getline(lines, line)) {
    at = 0;
    for (std::istringstream cells(line); std::getline(cells, cell, ','); ++at)
      if (at == column) losses.push_back(std::stod(cell));
  }
  if (losses.size() < 2) return latent::text("has ", losses.size(), " epochs");
  return losses.back() < factor * losses.front()
             ? ""
             : latent::text("val_loss goes from ", losses.front(), " to ", losses.back());
}

std::string failure_of_report(const std::string& path) {
  const std::string page = latent::read_file(path);
  const std::size_t most = 2000000;
  if (page.size() > most) return latent::text("has ", page.size(), " bytes");
  if (!page.ends_with("</html>\n") || page.find("<body data-status=\"finished\"") == std::string::npos)
    return "is not finished";
  // The numbers, and a picture: what these are, report.report tests.
  return page.find("<img ") == std::string::npos ? "has no picture" : "";
}

std::string failure(const std::string& claim, const std::string& out, const std::map<std::string, double>& figures) {
  std::smatch part;
  if (claim.ends_with(".png")) return failure_of_picture(out + "/" + claim);
  if (std::regex_match(claim, part, std::regex("falls=(.*)")))
    return failure_of_fall(out + "/history.csv", std::stod(part[1]));
  if (!std::regex_match(claim, part, std::regex("(.*)([<>])(.*)"))) return "is no claim";
  const auto figure = figures.find(part[1]);
  if (figure == figures.end()) return "was not printed";
  const double limit = std::stod(part[3]);
  return (part[2] == "<" ? figure->second < limit : figure->second > limit) ? "" : latent::text("is ", figure->second);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::string program = argv[1], out = argv[2];
  std::filesystem::remove_all(out);
  std::filesystem::create_directories(out);
  int status = 0;
  const auto run = [&] {
    const std::string output = out + "/output.txt";
    status = std::system((program + " --out " + out + " " + argv[3] + " > " + output + " 2>&1").c_str());
    return latent::read_file(output);
  };
  const std::string printed = run();
  std::cout << printed;
  if (printed.find("was not found") != std::string::npos) return 77;  // the data are not on this machine
  if (status != 0) {
    std::cout << "FAILED: exit status " << status << "\n";
    return 1;
  }
  std::map<std::string, double> figures;
  const std::regex figure("([A-Za-z0-9_.]+): ([-+0-9.e]+)");
  std::istringstream lines(printed);
  std::smatch part;
  for (std::string line; std::getline(lines, line);)
    if (std::regex_match(line, part, figure)) figures[part[1]] = std::stod(part[2]);
  int failures = 0;
  if (const std::string problem = failure_of_report(out + "/report.html"); !problem.empty()) {
    std::cout << "FAILED: report.html " << problem << "\n";
    ++failures;
  }
  for (int i = 4; i < argc; ++i) {
    std::string problem;
    try {
      if (const std::string claim = argv[i]; claim.starts_with("again="))
        problem = run().find(claim.substr(6)) == std::string::npos ? "was not printed the second time" : "";
      else
        problem = failure(claim, out, figures);
    } catch (const std::exception& error) {
      problem = error.what();
    }
    if (problem.empty()) continue;
    std::cout << "FAILED: " << argv[i] << ": " << problem << "\n";
    ++failures;
  }
  return failures > 0 ? 1 : 0;
}

// After all other tests of this folder: has every case of the references been run?
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <set>

#include "keras/reference.hpp"

namespace {

using Cases = std::set<std::pair<std::string, std::string>>;  // group and case

/// What the tests have written down (Group::ran).
Cases cases_run(const char* file) {
  Cases run;
  std::ifstream in(file);
  for (std::string group, name; std::getline(in, group, '\t') && std::getline(in, name);) run.emplace(group, name);
  return run;
}

}  // namespace

TEST_CASE("every case of the references is run") {
  const char* file = std::getenv("LATENT_KERAS_CASES_RUN");
  if (!file) {
    MESSAGE("skipped: ctest knows where the tests write down what they run");
    return;
  }
  const Cases run = cases_run(file);
  struct Row {
    std::size_t run = 0, all = 0;
  };
  std::map<std::string, Row> rows;
  Row sum;
  std::vector<std::string> problems;
  for (const auto& [root, group] : keras::all_groups()) {
    const std::vector<std::string> names = keras::Group(group).cases();
    for (const std::string& name : names) {
      const bool was_run = run.contains({group, name});
      if (!was_run) problems.push_back(group + ", case " + name + " was not run");
      const bool is_model = group.starts_with("models/"), own = root != keras::folder();
      Row& row = rows[(is_model ? "models" : group) + (own ? ", not in the folder" : "")];
      row.all += 1, row.run += was_run, sum.all += 1, sum.run += was_run;
    }
  }
  const auto line = [](const std::string& group, const auto& were_run, const auto& all) {
    std::cout << std::left << std::setw(42) << group << std::right << std::setw(10) << were_run << std::setw(20) << all
              << "\n";
  };
  std::cout << keras::folder() << "\n";
  line("group", "cases run", "cases in the folder");
  for (const auto& [group, row] : rows) line(group, row.run, row.all);
  line("sum", sum.run, sum.all);
  for (const std::string& problem : problems) FAIL_CHECK(problem);
  CHECK(sum.all > 0);
}

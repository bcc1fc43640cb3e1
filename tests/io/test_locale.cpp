// Files and texts under other locales than "C": the same bytes.
#include <clocale>
#include <locale>

#include "files.hpp"
#include "latent/evaluation.hpp"
#include "latent/io.hpp"
#include "latent/latent.hpp"
#include "latent/pictures.hpp"

using namespace latent;

namespace {

struct German : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
  std::string do_truename() const override { return "wahr"; }
};

/// All that the library writes with numbers in it.
std::vector<std::string> written() {
  const TemporaryFolder folder;
  const std::string file = (folder.path / "file").string();
  std::vector<std::string> all;
  Sequential<Input<60>, Dense<40, ReLU>, Dense<60>> model{Seed{1}};
  save_weights(file, model);
  all.push_back(read_file(file));
  load_weights(file, model);
  History history;
  history.append({{"loss", 1.0 / 3}, {"val_loss", 12345.625}});
  history.save_csv(file);
  all.push_back(read_file(file));
  all.push_back(model.summary());
  all.push_back(text(12345, " ", 12345.5, " ", 0.5f, " ", true, " ", std::size_t{98765}));
  all.push_back(evaluation::ConfusionTable({0, 0, 1}, {0, 1, 1}).text());
  const auto picture = [&](const pictures::Image& image) {
    all.emplace_back(reinterpret_cast<const char*>(image.rgb.data()), image.rgb.size());
  };
  picture(pictures::plot({{"loss", {0.31, 0.22, 12345.5}}}));
  picture(pictures::bars({{"a", 1234.5}, {"b", 0.25}}));

  std::FILE* lines = std::fopen(file.c_str(), "w+");
  ProgressBar progress(lines);
  Training training{.epochs = 1200, .batches = 1, .samples = 1000};
  training.logs["loss"] = 0.125;
  progress.on_epoch_begin(training);
  progress.on_epoch_end(training);
  std::fclose(lines);
  const std::string line = read_file(file);  // without the speed, which is another each time
  all.push_back(line.substr(0, 16));
  all.push_back(line.substr(line.find("  loss")));
  CHECK(has(line, "s  "));
  CHECK(has(line, "."));

  try {
    model.predict(Tensor<2>(20000, 61));
    FAIL_CHECK("expected an error");
  } catch (const std::invalid_argument& error) {
    all.emplace_back(error.what());
  }
  return all;
}

}  // namespace

TEST_CASE("digit grouping and a decimal comma change nothing that is written") {
  const std::vector<std::string> plain = written();
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new German));
  CHECK(written() == plain);
  std::locale::global(before);
}

TEST_CASE("a locale of C with a decimal comma changes nothing that is written") {
  const std::vector<std::string> plain = written();
  const char* found = nullptr;
  for (const char* name : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "pl_PL.UTF-8"})
    if (!found) found = std::setlocale(LC_ALL, name);
  if (found)
    CHECK(written() == plain);
  else
    MESSAGE("no such locale is installed: skipped");
  std::setlocale(LC_ALL, "C");
}

/// Makes explorer.html, next to the weights: a page to explore the codes of a network that you have trained.
///
///     build/release/examples/variational_autoencoder
///     build/release/examples/latent_explorer out/variational_autoencoder/weights.safetensors
///     xdg-open out/variational_autoencoder/explorer.html
///
/// The page explains what to look at, docs/explorer.md how it is made. The networks of the course are already compiled for the
/// browser; scripts/build_explorer.sh compiles any other network.

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <latent/datasets.hpp>
#include <latent/report/explorer.hpp>

using namespace latent;

namespace {

/// The digits of the sample; of `data`, if it is given, the test images, and then some of the others.
report::ExplorerImages find_images(const std::string& data, Index count) {
  const std::string sample = LATENT_SOURCE_DIR "/data/mnist_sample";
  const datasets::Found found = datasets::find_mnist(data.empty() ? sample : data);
  const datasets::Dataset all = datasets::load(found);
  report::ExplorerImages images;
  const auto take = [&](const datasets::LabelledImages& from) {
    const Index size = from.images.size() / from.images.dimension(0);
    for (Index n = 0; n < from.images.dimension(0) && static_cast<Index>(images.labels.size()) < count; ++n) {
      images.labels.push_back(static_cast<std::uint8_t>(from.labels[static_cast<std::size_t>(n)]));
      for (Index i = 0; i < size; ++i)
        images.pixels.push_back(static_cast<std::uint8_t>(std::lround(255 * from.images.data()[n * size + i])));
    }
  };
  take(all.test);
  take(all.train);
  images.description =
      text("The points and the training are ", with_commas(static_cast<long>(images.labels.size())), " images of ",
           data.empty() ? "the sample of MNIST that comes with latent" : found.description);
  return images;
}

void explore(int argc, char** argv) {
  std::string weights, out, title, data, network_folder;
  Index count = 10000;
  CLI::App app("Makes explorer.html: the space of codes of a trained network, to walk through in a browser.");
  app.add_option("weights", weights, "a file of save_model, such as out/<program>/weights.safetensors")->required();
  app.add_option("--out", out, "the page; otherwise explorer.html beside the weights");
  app.add_option("--title", title, "of the page; otherwise the name of the folder");
  app.add_option("--data", data, "MNIST or Fashion-MNIST for the points; otherwise the sample of 5,000 digits");
  app.add_option("--points", count, "how many images at most, 10 or more")
      ->check(CLI::Validator(
          [](const std::string& points) {
            Index number = 0;
            const bool fits = CLI::detail::lexical_cast(points, number) && number >= 10 && number <= 70000;
            return fits ? std::string() : "expected a whole number from 10 to 70000, received " + points;
          },
          ""));
  app.add_option("--network", network_folder, "the compiled network; scripts/build_explorer.sh says which");
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return text("latent_explorer: ", error.what(), "\nlatent_explorer: --help shows the options\n");
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == 0 ? 0 : 2);
  }

  namespace fs = std::filesystem;
  const fs::path folder = fs::absolute(weights).parent_path();
  if (out.empty()) out = (fs::path(weights).parent_path() / "explorer.html").string();
  const fs::path report_file = fs::path(out).parent_path() / "report.html";
  const io::SafeTensors file = io::read_safetensors(weights);
  std::vector<report::CompiledNetwork> networks;
  if (network_folder.empty())
    networks = report::compiled_networks(LATENT_SOURCE_DIR "/explorer/networks.tar.xz");
  else
    networks.push_back(report::compiled_network(network_folder));
  const report::CompiledNetwork& network = network_folder.empty() ? report::network_of(file, networks) : networks[0];
  const report::ExplorerPage page{.title = title.empty() ? folder.filename().string() : title,
                                  .weights = fs::path(weights).filename().string(),
                                  .folder = LATENT_SOURCE_DIR "/explorer/page",
                                  .report = fs::exists(report_file) ? report_file.filename().string() : ""};
  const std::string html = report::explorer_html(file, network, find_images(data, count), page);
  write_atomically(out, html);
  if (!page.report.empty()) report::link_to_explorer(report_file.string(), fs::path(out).filename().string());
  std::cout << "written: " << out << ", " << with_commas(static_cast<long>(html.size() / 1000)) << " kB\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    explore(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "latent_explorer: " << error.what() << "\n";
    return 1;
  }
  return 0;
}

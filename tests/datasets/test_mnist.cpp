#include <map>
#include <numeric>

#include "datasets/idx_files.hpp"
#include "datasets/test_files.hpp"
#include "files.hpp"
#include "latent/core/files.hpp"
#include "latent/datasets/find.hpp"
#include "latent/datasets/mnist.hpp"

using namespace latent;
using namespace latent::datasets;

namespace {

const std::vector<std::string> names{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                                     "t10k-labels-idx1-ubyte"};

/// Writes a tiny MNIST of 3 + 2 images.
void write_mnist(const TemporaryFolder& folder, const std::string& under, bool packed) {
  const std::vector<std::string> contents{idx_images(3, 28, 28), idx_labels(3), idx_images(2, 28, 28), idx_labels(2)};
  for (std::size_t i = 0; i < 4; ++i) {
    folder.write(under + "/" + names[i] + (packed ? ".gz" : ""), packed ? gzip(contents[i]) : contents[i]);
  }
}

double mean(const Tensor<4>& images) {
  const Index size = images.size();
  return std::accumulate(images.data(), images.data() + size, 0.0) / static_cast<double>(size);
}

std::vector<int> first_labels(const LabelledImages& data) { return {data.labels.begin(), data.labels.begin() + 10}; }

int count_of(const LabelledImages& data, int label) {
  return static_cast<int>(std::count(data.labels.begin(), data.labels.end(), label));
}

}  // namespace

TEST_CASE("four small files, plain and packed") {
  const TemporaryFolder folder;
  for (const bool packed : {false, true}) {
    const std::string under = packed ? "packed" : "plain";
    write_mnist(folder, under, packed);
    const auto [train, test] = load_mnist((folder.path / under).string());
    CHECK(train.images.dimension(0) == 3);
    CHECK(test.images.dimension(0) == 2);
    CHECK(train.labels == std::vector<int>{0, 1, 2});
    CHECK(test.labels == std::vector<int>{0, 1});
  }
}

TEST_CASE("the first images with their labels") {
  LabelledImages data{Tensor<4>(3, 2, 2, 1), {5, 0, 7}};
  for (Index i = 0; i < data.images.size(); ++i) data.images.data()[i] = static_cast<float>(i);
  const auto [images, labels] = first_of(data, 2);
  CHECK(labels == std::vector<int>{5, 0});
  REQUIRE(images.dimension(0) == 2);
  CHECK(images(1, 1, 1, 0) == 7);
  CHECK(first_of(data, 9).labels == data.labels);
  CHECK(first_of(data, 9).images.dimension(0) == 3);
  CHECK(first_of(data, 0).labels == data.labels);
  CHECK_THROWS_WITH_AS((void)first_of(data, -1), doctest::Contains("received -1"), std::invalid_argument);
  data.labels.pop_back();
  CHECK_THROWS_WITH_AS((void)first_of(data, 2), "first_of: 3 images but 2 labels", std::invalid_argument);
}

TEST_CASE("a folder of data, as --data takes it: the folder itself before its subfolder mnist") {
  const TemporaryFolder folder;
  write_mnist(folder, "data/mnist", false);
  const std::string data = (folder.path / "data").string();
  CHECK(load_mnist(data).train.labels == std::vector<int>{0, 1, 2});
  CHECK(find_mnist(data).folder == (folder.path / "data" / "mnist").string());
  std::filesystem::copy(folder.path / "data/mnist", folder.path / "data");
  std::filesystem::remove(folder.path / "data/mnist/t10k-labels-idx1-ubyte");
  CHECK(load_mnist(data).test.labels == std::vector<int>{0, 1});
  const std::string nowhere = (folder.path / "nowhere").string();
  CHECK_THROWS_WITH_AS(load_mnist(nowhere), doctest::Contains("nowhere/train-images-idx3-ubyte"), FileError);
  CHECK_THROWS_WITH_AS(load_mnist(nowhere), doctest::Contains("scripts/fetch_data.sh"), FileError);
  CHECK_THROWS_WITH_AS(find_mnist(nowhere), doctest::Contains("scripts/fetch_data.sh"), std::invalid_argument);
}

TEST_CASE("Kaggle's names") {
  const TemporaryFolder folder;
  const std::string kaggle = (folder.path / "kaggle").string();
  folder.write("kaggle/train-images.idx3-ubyte", idx_images(3, 28, 28));
  folder.write("kaggle/train-labels-idx1-ubyte/train-labels-idx1-ubyte", idx_labels(3));
  folder.write("kaggle/t10k-images-idx3-ubyte/t10k-images.idx3-ubyte", idx_images(2, 28, 28));
  folder.write("kaggle/t10k-labels.idx1-ubyte.gz", gzip(idx_labels(2)));
  CHECK(holds_mnist(kaggle));
  const auto [train, test] = load_mnist(kaggle);
  CHECK(train.labels == std::vector<int>{0, 1, 2});
  CHECK(test.images.dimension(0) == 2);
}

TEST_CASE("what does not fit together is an error") {
  const TemporaryFolder folder;
  const auto in = [&](const std::string& name) { return (folder.path / "m" / name).string(); };
  const auto error = [&](const std::string& name) {
    return file_error(in(name), [&] { load_mnist((folder.path / "m").string()); });
  };
  for (const auto& name : names) {
    write_mnist(folder, "m", false);
    std::filesystem::remove(in(name));
    CHECK(has(error(name), "is not there"));
  }
  write_mnist(folder, "m", false);
  folder.write("m/" + names[1], idx_labels(4));
  CHECK(has(error(names[1]), "expected 3 labels"));
  CHECK(has(error(names[1]), "received 4"));
  folder.write("m/" + names[1], idx_header({3}) + std::string("\1\xb\2"));
  CHECK(has(error(names[1]), "expected labels 0 to 9, received 11 at offset 9"));
  folder.write("m/" + names[0], idx_images(3, 28, 27));
  CHECK(has(error(names[0]), "expected images of 28 x 28 pixels, received 28 x 27"));
}

TEST_CASE("the sample that comes with the project") {
  const auto [train, test] = load_mnist(LATENT_SOURCE_DIR "/data/mnist_sample");
  CHECK(train.images.dimension(0) == 4000);
  CHECK(test.images.dimension(0) == 1000);
  CHECK(first_labels(train) == std::vector<int>{5, 0, 4, 1, 9, 2, 1, 3, 1, 4});
  CHECK(first_labels(test) == std::vector<int>{7, 2, 1, 0, 4, 1, 4, 9, 5, 9});
  CHECK(mean(train.images) == doctest::Approx(0.1307).epsilon(0.02));
}

TEST_CASE("all of MNIST") {
  const std::string folder = LATENT_SHARED_DIR "/data/mnist";
  if (!holds_mnist(folder)) {
    MESSAGE("skipped: MNIST is not in " << folder);
    return;
  }
  const auto [train, test] = load_mnist(folder);
  CHECK(train.images.dimension(0) == 60000);
  CHECK(test.images.dimension(0) == 10000);
  CHECK(count_of(train, 5) == 5421);
  CHECK(count_of(test, 9) == 1009);
  CHECK(mean(train.images) == doctest::Approx(0.1307).epsilon(5e-4));
  CHECK(mean(test.images) == doctest::Approx(0.1325).epsilon(5e-4));
  const auto sample = load_mnist(LATENT_SOURCE_DIR "/data/mnist_sample");
  CHECK(std::equal(sample.train.images.data(), sample.train.images.data() + sample.train.images.size(),
                   train.images.data()));
  CHECK(std::equal(sample.test.labels.begin(), sample.test.labels.end(), test.labels.begin()));
}

TEST_CASE("Fashion-MNIST") {
  if (!holds_mnist(debian_fashion_mnist)) {
    MESSAGE("skipped: the package dataset-fashion-mnist is not installed");
    return;
  }
  const auto [train, test] = load_fashion_mnist(debian_fashion_mnist);
  CHECK(train.images.dimension(0) == 60000);
  CHECK(test.images.dimension(0) == 10000);
  for (int label = 0; label < 10; ++label) {
    CHECK(count_of(train, label) == 6000);
    CHECK(count_of(test, label) == 1000);
  }
  CHECK(mean(train.images) == doctest::Approx(0.2860).epsilon(5e-4));
  CHECK(mean(test.images) == doctest::Approx(0.2868).epsilon(5e-4));
}

TEST_CASE("MNIST is looked for in the promised order") {
  const TemporaryFolder folder;
  const auto back = std::filesystem::current_path();
  std::filesystem::create_directories(folder.path / "work");
  std::filesystem::current_path(folder.path / "work");
  unsetenv("LATENT_DATA");
  setenv("KERAS_HOME", (folder.path / "keras").c_str(), 1);  // nothing there yet

  const bool fashion = holds_mnist(debian_fashion_mnist);
  Found found = find_mnist();
  CHECK(found.kind == (fashion ? Kind::fashion_mnist : Kind::sample));
  CHECK(has(found.description, fashion ? "Fashion-MNIST" : "SAMPLE of MNIST: only 4,000 + 1,000 digits"));
  CHECK(has(found.description, "scripts/fetch_data.sh"));

  folder.write("keras/datasets/mnist.npz", read_file(test_file("mnist.npz")));
  found = find_mnist();
  CHECK(found.folder == (folder.path / "keras/datasets/mnist.npz").string());
  CHECK(has(found.description, "only 3 + 2 digits from " + found.folder));
  CHECK(load(found).train.labels == std::vector<int>{3, 0, 9});
  CHECK(find_mnist((folder.path / "keras/datasets").string()).folder == found.folder);
  CHECK(find_mnist(found.folder).folder == found.folder);
  unsetenv("KERAS_HOME");
  setenv("HOME", folder.path.c_str(), 1);
  std::filesystem::rename(folder.path / "keras", folder.path / ".keras");
  CHECK(find_mnist().folder == (folder.path / ".keras/datasets/mnist.npz").string());
  std::filesystem::remove(folder.path / ".keras/datasets/mnist.npz");
  write_mnist(folder, ".keras/datasets/fashion-mnist", true);
  CHECK(find_fashion_mnist().folder == (folder.path / ".keras/datasets/fashion-mnist").string());
  std::filesystem::remove_all(folder.path / ".keras");
  found = find_mnist();

  write_mnist(folder, "shared/data/mnist", true);  // beside the working folder: nobody's business
  CHECK(find_mnist().folder == found.folder);
  write_mnist(folder, "work/data/mnist", true);
  CHECK(find_mnist().folder == "data/mnist");
  write_mnist(folder, "work/data", true);
  CHECK(find_mnist().folder == "data");
  setenv("LATENT_DATA", "elsewhere", 1);  // nothing there yet
  CHECK(find_mnist().folder == "data");
  write_mnist(folder, "work/elsewhere/mnist", false);
  CHECK(find_mnist().folder == "elsewhere/mnist");
  write_mnist(folder, "work/given", false);
  found = find_mnist("given");
  CHECK(found.folder == "given");
  CHECK(found.kind == Kind::sample);
  CHECK(has(found.description, "only 3 + 2 digits from given"));
  CHECK(load(found).train.labels.size() == 3);
  CHECK_THROWS_WITH_AS(find_mnist("nowhere"), doctest::Contains("nowhere/mnist.npz"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(find_mnist("nowhere"), doctest::Contains("nowhere/mnist"), std::invalid_argument);

  unsetenv("LATENT_DATA");
  std::filesystem::current_path(back);
}

TEST_CASE("Fashion-MNIST and other data are looked for where they are promised") {
  const TemporaryFolder folder;
  const auto back = std::filesystem::current_path();
  std::filesystem::create_directories(folder.path / "work");
  std::filesystem::current_path(folder.path / "work");
  unsetenv("LATENT_DATA");

  write_mnist(folder, "work/clothes", false);
  CHECK(find_fashion_mnist("clothes").kind == Kind::fashion_mnist);
  write_mnist(folder, "work/fashion", false);
  CHECK(has(find_mnist("fashion").description, "clothes and not digits"));
  CHECK(has(find_mnist("fashion").description, "scripts/fetch_data.sh"));
  CHECK_FALSE(has(find_fashion_mnist("fashion").description, "fetch_data"));  // who wants clothes has them
  CHECK_THROWS_WITH_AS(find_fashion_mnist("nowhere"), doctest::Contains("in\n  nowhere/fashion-mnist\n  nowhere"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(find_fashion_mnist("nowhere"), doctest::Contains("Debian's package"), std::invalid_argument);
  write_mnist(folder, "work/data/fashion-mnist", false);
  CHECK(find_fashion_mnist().folder == "data/fashion-mnist");
  write_mnist(folder, "elsewhere/fashion-mnist", false);
  write_mnist(folder, "elsewhere", false);  // which are digits
  setenv("LATENT_DATA", "../elsewhere", 1);
  CHECK(find_fashion_mnist().folder == "../elsewhere/fashion-mnist");
  CHECK(find_fashion_mnist("data").folder == "data/fashion-mnist");
  CHECK(find_fashion_mnist("../elsewhere/fashion-mnist").folder == "../elsewhere/fashion-mnist");
  unsetenv("LATENT_DATA");

  folder.write("shared/data/pages/1.png", "");
  CHECK_THROWS_WITH_AS(find_data("pages"), "pages was not found; looked for\n  data/pages", std::invalid_argument);
  folder.write("work/data/pages/1.png", "");
  CHECK(find_data("pages") == "data/pages");
  folder.write("elsewhere/pages/1.png", "");
  setenv("LATENT_DATA", "../elsewhere", 1);
  CHECK(find_data("pages") == "../elsewhere/pages");
  CHECK(find_data("pages", "data") == "data/pages");
  CHECK(find_data("pages", "data/pages") == "data/pages");
  CHECK_THROWS_AS(find_data("pages", "nowhere"), std::invalid_argument);

  unsetenv("LATENT_DATA");
  std::filesystem::current_path(back);
}

TEST_CASE("images have a fingerprint") {
  Tensor<4> images(1, 2, 2, 1);
  images.setZero();
  const std::string zeros = fingerprint(images);
  CHECK(zeros == "7e9c9e9619a0c401");  // see core/test_fingerprint.cpp
  images(0, 1, 1, 0) = 1;
  CHECK(fingerprint(images) != zeros);
  images.setZero();
  CHECK(fingerprint(images) == zeros);
}

TEST_CASE("where an idx file may lie, in order, and a fingerprint by hand") {
  const std::vector<std::string> places{
      "f/a-idx1-b",          "f/a-idx1-b.gz",         "f/a-idx1-b/a-idx1-b", "f/a-idx1-b/a-idx1-b.gz",
      "f/a.idx1-b",          "f/a.idx1-b.gz",         "f/a.idx1-b/a.idx1-b", "f/a.idx1-b/a.idx1-b.gz",
      "f/a-idx1-b/a.idx1-b", "f/a-idx1-b/a.idx1-b.gz"};
  CHECK(idx_places("f", "a-idx1-b") == places);
  CHECK(idx_places("f", "abc")[4] == "f/abc");
  const TemporaryFolder folder;
  const std::string here = folder.path.string();
  CHECK(existing_idx(here, "a-idx1-b") == "");
  for (std::size_t i = places.size(); i-- > 0;) {  // from the last to the first; a folder of that name is no file
    if (i < 2 || i == 4 || i == 5) continue;       // there are folders
    folder.write(places[i].substr(2), "x");
    CHECK(existing_idx(here, "a-idx1-b") == here + places[i].substr(1));
  }
  CHECK(file_error(here + "/q-idx1-b", [&] { find_idx(here, "q-idx1-b"); }) ==
        here +
            "/q-idx1-b: is not there, and neither is the same name with .gz; scripts/fetch_data.sh downloads MNIST, "
            "and data/mnist_sample has some digits to try");
}

TEST_CASE("what is said of what was found: as many as MNIST has, one fewer, clothes, and Keras's file") {
  const TemporaryFolder folder;
  const auto write = [&](const std::string& name, std::uint32_t train) {  // only the heads are read
    folder.write(name + "/" + names[0], idx_header({train, 28, 28}));
    folder.write(name + "/" + names[2], idx_header({10000, 28, 28}));
    return (folder.path / name).string();
  };
  const std::string whole = write("whole", 60000), part = write("part", 59999), fashion = write("fashion", 60000);
  CHECK(describe_mnist(whole).description == "MNIST: 60,000 + 10,000 digits from " + whole);
  CHECK(describe_mnist(whole).kind == Kind::mnist);
  CHECK(describe_mnist(whole).folder == whole);
  CHECK(describe_mnist(part).description ==
        "SAMPLE of MNIST: only 59,999 + 10,000 digits from " + part +
            " (for all 60,000 + 10,000, put MNIST into data/mnist or run scripts/fetch_data.sh)");
  CHECK(describe_mnist(part).kind == Kind::sample);
  CHECK(describe_mnist(fashion).description == "Fashion-MNIST, clothes and not digits: 60,000 + 10,000 images from " +
                                                   fashion +
                                                   " (put MNIST into data/mnist or run scripts/fetch_data.sh)");
  CHECK(describe_mnist(fashion, false).description == "Fashion-MNIST: 60,000 + 10,000 images from " + fashion);
  CHECK(describe_mnist(fashion).kind == Kind::fashion_mnist);
  const std::string torch = write("FashionMNIST/raw", 60000), study = write("fashion-study/mnist", 60000);
  CHECK(has(describe_mnist(torch).description, "Fashion-MNIST, clothes and not digits"));  // as torchvision has it
  CHECK(describe_mnist(study).description == "MNIST: 60,000 + 10,000 digits from " + study);
  CHECK(is_called_fashion("Fashion"));
  CHECK_FALSE(is_called_fashion(""));
  CHECK_FALSE(is_called_fashion("/"));
  CHECK(find_fashion_mnist(whole).description ==
        "MNIST: 60,000 + 10,000 digits from " + whole + ", taken for Fashion-MNIST");
  CHECK(find_fashion_mnist(fashion).description == "Fashion-MNIST: 60,000 + 10,000 images from " + fashion);
  const std::string npz = test_file("mnist.npz");
  CHECK(npz_count(npz, "x_train") == 3);
  CHECK(npz_count(npz, "y_test") == 2);
  CHECK(file_error(npz, [&] { npz_count(npz, "z"); }) == npz + ": has no array z");
  CHECK(file_error(test_file("named.npz"), [&] { npz_count(test_file("named.npz"), "y"); }) ==
        test_file("named.npz") + ": has no array y");
  CHECK(describe_mnist(npz).description ==
        "SAMPLE of MNIST: only 3 + 2 digits from " + npz +
            " (for all 60,000 + 10,000, put MNIST into data/mnist or run scripts/fetch_data.sh)");
  CHECK(is_mnist_npz(npz));
  CHECK(!is_mnist_npz(test_file("named.npz")));
  CHECK(!is_mnist_npz(folder.path / "mnist.npz"));

  const char* old_home = std::getenv("HOME");
  const std::string home = old_home ? old_home : "";
  unsetenv("KERAS_HOME"), unsetenv("HOME");
  CHECK(keras_datasets() == "");
  setenv("HOME", "", 1);
  CHECK(keras_datasets() == "");
  const auto here = std::filesystem::current_path();  // where there is an mnist.npz that nobody has named
  std::filesystem::current_path(std::filesystem::path(npz).parent_path());
  CHECK(find_mnist().folder != "mnist.npz");
  std::filesystem::current_path(here);
  setenv("HOME", "/h", 1);
  CHECK(keras_datasets() == "/h/.keras/datasets");
  setenv("KERAS_HOME", "", 1);
  CHECK(keras_datasets() == "/h/.keras/datasets");
  setenv("KERAS_HOME", "/k", 1);
  CHECK(keras_datasets() == "/k/datasets");
  unsetenv("KERAS_HOME"), setenv("HOME", home.c_str(), 1);
  using Folders = std::vector<std::filesystem::path>;
  unsetenv("LATENT_DATA");
  CHECK(data_folders("") == Folders{"data"});
  CHECK(data_folders("p") == Folders{"p"});
  setenv("LATENT_DATA", "", 1);
  CHECK(data_folders("") == Folders{"data"});
  setenv("LATENT_DATA", "d", 1);
  CHECK(data_folders("") == Folders{"d", "data"});
  unsetenv("LATENT_DATA");
}

TEST_CASE("images without labels, and labels without an image, are told by both their files") {
  const TemporaryFolder folder;
  write_mnist(folder, "m", false);
  const std::string place = (folder.path / "m").string(), images = place + "/" + names[0],
                    labels = place + "/" + names[1];
  const auto problem = [&](const std::string& path) { return file_error(path, [&] { load_mnist(place); }); };
  folder.write("m/" + names[1], idx_labels(2));
  CHECK(problem(labels) == labels + ": expected 3 labels, as many as the images in " + images + ", received 2");
  folder.write("m/" + names[1], idx_header({3}) + std::string("\x9\x0\xa", 3));
  CHECK(problem(labels) == labels + ": expected labels 0 to 9, received 10 at offset 10");
  folder.write("m/" + names[1], idx_header({3}) + std::string("\xa\x0\x9", 3));
  CHECK(problem(labels) == labels + ": expected labels 0 to 9, received 10 at offset 8");
  folder.write("m/" + names[1], idx_header({3}) + std::string("\x9\x0\x9", 3));
  CHECK(load_mnist(place).train.labels == std::vector<int>{9, 0, 9});
  for (const auto& [height, width] : {std::pair{27u, 28u}, {28u, 29u}}) {
    folder.write("m/" + names[0], idx_images(3, height, width));
    CHECK(problem(images) == text(images, ": expected images of 28 x 28 pixels, received ", height, " x ", width));
  }
}

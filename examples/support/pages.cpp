#include "support/pages.hpp"

#include <algorithm>
#include <filesystem>
#include <latent/datasets/png_reader.hpp>
#include <latent/pictures.hpp>

namespace latent {

Pairs load_pages(const std::string& folder, int text_number) {
  check(std::filesystem::is_directory(folder + "/train") && std::filesystem::is_directory(folder + "/train_cleaned"),
        "expected a folder with train/ and train_cleaned/, received ", folder);
  std::vector<int> numbers;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/train"))
    if (const int number = std::atoi(entry.path().stem().c_str()); number > 0 && (number - 1) % 3 == text_number)
      numbers.push_back(number);
  std::sort(numbers.begin(), numbers.end());
  const auto count = static_cast<Index>(numbers.size());
  check(count > 0, "expected pages N.png with (N - 1) % 3 == ", text_number, " in ", folder, "/train, found none");
  Pairs pages{Tensor<4>(count, page_height, page_width, 1), Tensor<4>(count, page_height, page_width, 1)};
  for (Index n = 0; n < count; ++n)
    for (const bool dirty : {true, false}) {
      const std::string path =
          text(folder, dirty ? "/train/" : "/train_cleaned/", numbers[static_cast<std::size_t>(n)], ".png");
      const Tensor<4> page = datasets::read_png(path);
      if (page.dimension(1) != page_height || page.dimension(2) != page_width || page.dimension(3) != 1)
        throw FileError(path,
                        text("expected a grey page of ", page_height, " x ", page_width, " pixels, received ",
                             page.dimension(1), " x ", page.dimension(2), " in ", page.dimension(3), " channels"));
      float* ink = (dirty ? pages.dirty : pages.clean).data() + n * page.size();
      for (Index i = 0; i < page.size(); ++i) ink[i] = 1 - page.data()[i];
    }
  return pages;
}

Pairs random_patches(const Pairs& pages, Index count, Seed seed) {
  const Random random(seed, Purpose::split);
  const auto choose = [&](Index i, Index among) {
    return static_cast<Index>(random.uniform(i) * static_cast<double>(among));
  };
  Pairs patches{Tensor<4>(count, patch, patch, 1), Tensor<4>(count, patch, patch, 1)};
  for (Index n = 0; n < count; ++n) {
    const Index page = choose(3 * n, pages.dirty.dimension(0));
    const Index top = choose(3 * n + 1, page_height - patch + 1), left = choose(3 * n + 2, page_width - patch + 1);
    for (Index y = 0; y < patch; ++y)
      for (Index x = 0; x < patch; ++x) {
        patches.dirty(n, y, x, 0) = pages.dirty(page, top + y, left + x, 0);
        patches.clean(n, y, x, 0) = pages.clean(page, top + y, left + x, 0);
      }
  }
  return patches;
}

Tensor<4> printed(const Tensor<4>& pages, const std::vector<Index>& which, Index top, Index left, Index height,
                  Index width) {
  Tensor<4> pieces(static_cast<Index>(which.size()), height, width, 1);
  for (std::size_t n = 0; n < which.size(); ++n)
    for (Index y = 0; y < height; ++y)
      for (Index x = 0; x < width; ++x)
        pieces(static_cast<Index>(n), y, x, 0) = 1 - pages(which[n], top + y, left + x, 0);
  return pieces;
}

void save_pages(const std::string& file, const std::string& title, const std::vector<const Tensor<4>*>& columns,
                const std::vector<std::string>& titles, Index top, Index left, Index height, Index width, int scale) {
  // Test pages 4 k + 0, 1, 2, 3 are one text in one font under coffee, a fold, a footprint, wrinkles.
  std::vector<Tensor<4>> pieces;
  for (const Tensor<4>* pages : columns) pieces.push_back(printed(*pages, {4, 5, 6, 7}, top, left, height, width));
  pictures::save_png(file, pictures::grid({pieces.begin(), pieces.end()}, 4,
                                          {.title = title,
                                           .row_titles = {"coffee", "fold", "footprint", "wrinkles"},
                                           .column_titles = titles,
                                           .by_column = true,
                                           .scale = scale}));
}

}  // namespace latent

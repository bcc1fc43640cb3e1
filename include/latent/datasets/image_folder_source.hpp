/// A source of images in a folder, read batch by batch. Needs stb, zlib and libarchive (link latent::files).
///
///     ImageFolderSource photos("photos/train", {.batch_size = 64, .seed = 1}, {.channels = 3, .size = {64, 64}});
///     trainer.fit(photos, {.epochs = 10});                             // an auto-encoder
///     ImageFolderSource<Tensor<2>> classes("photos/train");            // one-hot rows, by the names of the folders
#pragma once

#include "latent/datasets/image_folder.hpp"
#include "latent/datasets/targets.hpp"

namespace latent {

/// Y: see datasets/targets.hpp. Only the names are kept in memory.
template <class Y = Tensor<4>>
class ImageFolderSource final : public SampleSource<Tensor<4>, Y> {
 public:
  using typename SampleSource<Tensor<4>, Y>::Batch;

  /// Lists the folder. Throws FileError if it is not a folder, or has no images, or no folders for classes where labels are
  /// asked for.
  explicit ImageFolderSource(const std::string& path, const BatchOptions& batches = {},
                             const datasets::ImageOptions& options = {})
      : ImageFolderSource(listed(path, options), batches, options) {}

  /// What the labels mean, and how many images there are: samples().
  const std::vector<std::string>& classes() const { return index_.classes; }

 private:
  ImageFolderSource(datasets::ImageIndex index, const BatchOptions& batches, const datasets::ImageOptions& options)
      : SampleSource<Tensor<4>, Y>(static_cast<Index>(index.names.size()), batches),
        index_(std::move(index)),
        options_(options) {
    if (!std::is_same_v<Y, Tensor<4>> && index_.labels.empty())
      throw FileError(index_.files.where, "has no folders for classes, so its images have no labels");
  }
  static datasets::ImageIndex listed(const std::string& path, const datasets::ImageOptions& options) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error))
      throw FileError(path, "is not a folder; of an archive read_image_folder reads all images at once");
    return datasets::index_images(datasets::find_images(path), options);
  }
  Batch read(const std::vector<Index>& numbers) override {
    Tensor<4> images;
    std::vector<int> labels;
    for (std::size_t n = 0; n < numbers.size(); ++n) {
      const auto image = static_cast<std::size_t>(numbers[n]);
      datasets::read_image_into(index_, image, options_, images, static_cast<Index>(n),
                                static_cast<Index>(numbers.size()));
      if (!index_.labels.empty()) labels.push_back(index_.labels[image]);
    }
    return datasets::with_targets<Y>(std::move(images), labels, static_cast<Index>(index_.classes.size()));
  }

  datasets::ImageIndex index_;
  datasets::ImageOptions options_;
};

}  // namespace latent

/// A source of images in an idx file, read batch by batch. Needs zlib.
///
///     IdxSource digits("train-images-idx3-ubyte.gz", {.batch_size = 128});  // an auto-encoder
///     IdxSource<Tensor<1>> labelled("train-images-idx3-ubyte", "train-labels-idx1-ubyte", {.batch_size = 128});
#pragma once

#include <concepts>
#include <cstdio>
#include <memory>

#include "latent/core/files.hpp"
#include "latent/datasets/idx.hpp"
#include "latent/datasets/targets.hpp"

namespace latent {

/// Y: see datasets/targets.hpp. Labels are kept in memory, images stay in the file. A gzip file is unpacked into a
/// temporary file without a name, which disappears with the source.
template <class Y = Tensor<4>>
class IdxSource final : public SampleSource<Tensor<4>, Y> {
 public:
  using typename SampleSource<Tensor<4>, Y>::Batch;

  /// Throws FileError if a file cannot be read, is no idx file of images, or too short.
  explicit IdxSource(const std::string& images, const BatchOptions& batches = {})
      : IdxSource(Images(images), {}, batches) {
    static_assert(std::is_same_v<Y, Tensor<4>>, "latent: an IdxSource with labels is given a file of labels, too");
  }
  /// Throws FileError as well if there are not as many labels as images.
  template <std::convertible_to<std::string> Path>
  IdxSource(const std::string& images, const Path& labels, const BatchOptions& batches = {})
      : IdxSource(Images(images), datasets::read_idx_labels(labels), batches) {
    if (static_cast<Index>(labels_.size()) != this->samples())
      throw FileError(labels, text("expected ", this->samples(), " labels, as many as the images in ", images,
                                   ", received ", labels_.size()));
  }

 private:
  /// The pixels in a file.
  struct Images {
    std::string path;
    datasets::IdxHeader header;
    std::shared_ptr<std::FILE> file;
    Index start;  // of the pixels

    explicit Images(const std::string& from) : path(from) {
      datasets::ByteReader reader(path);
      header = datasets::read_idx_header(reader, 3);
      start = static_cast<Index>(reader.offset());
      datasets::idx_elements(path, header);  // so that products of its sizes can be held
      if (!reader.is_packed()) check_can_be_read_twice(path);
      std::FILE* const opened = reader.is_packed() ? std::tmpfile() : std::fopen(path.c_str(), "rb");
      if (!opened) throw FileError(path, text("cannot be read: ", std::strerror(errno)));
      file.reset(opened, std::fclose);
      if (reader.is_packed()) {
        start = 0;
        std::vector<unsigned char> piece(datasets::bytes_at_once);
        while (const std::size_t count = reader.read(piece.data(), piece.size()))
          if (std::fwrite(piece.data(), 1, count, opened) != count)
            throw FileError(path, text("cannot be unpacked into a temporary file: ", std::strerror(errno)));
      }
      const Index expected = start + header.shape[0] * bytes();
      if (fseeko(opened, 0, SEEK_END) != 0 || ftello(opened) != expected)
        throw FileError(path, text("the sizes ", shape_text(header.shape), " at offset 4 make ", expected - start,
                                   " bytes of pixels, received ", ftello(opened) - start));
    }
    Index pixels() const { return header.shape[1] * header.shape[2]; }
    Index bytes() const { return pixels() * static_cast<Index>(header.type.size); }  // of an image
  };

  IdxSource(Images images, std::vector<int> labels, const BatchOptions& batches)
      : SampleSource<Tensor<4>, Y>(images.header.shape[0], batches),
        images_(std::move(images)),
        labels_(std::move(labels)) {
    for (const int label : labels_) classes_ = std::max(classes_, Index{label} + 1);
  }

  Batch read(const std::vector<Index>& numbers) override {
    const auto count = static_cast<Index>(numbers.size());
    auto images =
        new_tensor<Tensor<4>>(Tensor<4>::Dimensions(count, images_.header.shape[1], images_.header.shape[2], 1));
    std::vector<unsigned char> bytes(static_cast<std::size_t>(images_.bytes()));
    const datasets::ElementReader<float> elements(images_.path, images_.header.type);
    std::vector<int> labels;
    for (Index n = 0; n < count; ++n) {
      const Index image = numbers[static_cast<std::size_t>(n)];
      if (fseeko(images_.file.get(), images_.start + image * images_.bytes(), SEEK_SET) != 0 ||
          std::fread(bytes.data(), 1, bytes.size(), images_.file.get()) != bytes.size())
        throw FileError(images_.path, text("reading image ", image, " failed"));
      elements.convert(bytes.data(), static_cast<std::size_t>(images_.pixels()), images.data() + n * images_.pixels());
      if (!labels_.empty()) labels.push_back(labels_[static_cast<std::size_t>(image)]);
    }
    if (images_.header.type.holds_pixels()) datasets::scale_pixels(images_.path, images.data(), images.size());
    return datasets::with_targets<Y>(std::move(images), labels, classes_);
  }

  Images images_;
  std::vector<int> labels_;
  Index classes_ = 0;
};

}  // namespace latent

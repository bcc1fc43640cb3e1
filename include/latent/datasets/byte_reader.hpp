/// A file read front to back, unpacked on the way if it is a gzip file.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "latent/core/check.hpp"

namespace latent::datasets {

/// So many bytes of a file are read at a time.
inline constexpr std::size_t bytes_at_once = 65536;

/// Reads a plain or a gzip file (told apart by their first two bytes) piece by piece, so that no more memory is needed
/// than the caller asks for. A gzip file (RFC 1952) may have several members, one after the other. As with gzip itself,
/// zeros after the last one are padding; so are line ends and blanks, which editors and downloads leave there.
class ByteReader {
 public:
  /// Throws FileError if the file cannot be read.
  [[gnu::cold]] explicit ByteReader(const std::string& path) : path_(path), buffer_(bytes_at_once) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw FileError(path, "is a folder, not a file");
    file_.open(path, std::ios::binary);
    if (!file_) throw FileError(path, text("cannot be read: ", std::strerror(errno)));
    refill();
    is_gzip_ = stream_.avail_in >= 2 && buffer_[0] == 0x1f && buffer_[1] == 0x8b;
    if (const auto size = std::filesystem::file_size(path, error); !error)  // which a pipe has not
      largest_content_ = static_cast<std::size_t>(size) * (is_gzip_ ? 1032 : 1);
    // 16 asks for a gzip header and trailer, with its CRC, around the deflated data.
    if (is_gzip_ && inflateInit2(&stream_, MAX_WBITS + 16) != Z_OK) throw FileError(path, "zlib cannot be started");
  }
  ~ByteReader() { inflateEnd(&stream_); }  // nothing happens to a stream that has not been begun
  ByteReader(const ByteReader&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;

  /// Writes the next `count` bytes to `out` and returns how many there were: fewer than `count` only at the end of the
  /// file. Throws FileError if the gzip data are cut short, damaged, or followed by something else.
  std::size_t read(unsigned char* out, std::size_t count) {
    std::size_t done = 0;
    while (done < count && (stream_.avail_in > 0 || refill())) {
      const std::size_t piece = std::min<std::size_t>(count - done, std::numeric_limits<uInt>::max());
      done += is_gzip_ ? unpack(out + done, piece) : copy(out + done, piece);
    }
    if (done < count && is_gzip_ && !at_member_end_) {
      throw FileError(path_, text("the gzip data are cut short: the file ends at offset ", file_offset_, " after ",
                                  offset_ + done, " unpacked bytes"));
    }
    offset_ += done;
    return done;
  }

  /// The offset of the next byte; for a gzip file, in the unpacked data.
  std::size_t offset() const { return offset_; }

  /// An upper bound of the bytes that can be read: those of the file, or 1032 times as many if they are
  /// packed, the largest ratio of deflate (zlib's technical details).
  std::size_t largest_content() const { return largest_content_; }

  /// Whether it is a gzip file.
  bool is_packed() const { return is_gzip_; }

  const std::string& path() const { return path_; }

 private:
  std::size_t copy(unsigned char* out, std::size_t count) {
    count = std::min<std::size_t>(count, stream_.avail_in);
    std::copy_n(stream_.next_in, count, out);
    stream_.next_in += count;
    stream_.avail_in -= static_cast<uInt>(count);
    return count;
  }

  std::size_t unpack(unsigned char* out, std::size_t count) {
    if (at_member_end_) {
      if (is_padded_ || *stream_.next_in != 0x1f) return skip_padding();
      inflateReset(&stream_);
      ++members_;
    }
    stream_.next_out = out;
    stream_.avail_out = static_cast<uInt>(count);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) {
      throw FileError(path_, text(members_ == 0 ? "the gzip data are" : "what follows the end of the gzip data is",
                                  " damaged near offset ", file_offset_ - stream_.avail_in, ": ",
                                  stream_.msg ? stream_.msg : "zlib cannot unpack it"));
    }
    at_member_end_ = status == Z_STREAM_END;
    return count - stream_.avail_out;
  }

  /// Checks what follows the gzip data; none of it is content.
  std::size_t skip_padding() {
    is_padded_ = true;
    for (; stream_.avail_in > 0; ++stream_.next_in, --stream_.avail_in) {
      const unsigned char byte = *stream_.next_in;
      if (byte != 0 && byte != '\n' && byte != '\r' && byte != '\t' && byte != ' ')
        throw FileError(path_, text("the gzip data are whole but something follows them: expected nothing, zeros or "
                                    "white space at offset ",
                                    file_offset_ - stream_.avail_in, ", received the byte ", int{byte}));
    }
    return 0;
  }

  /// Takes the next piece of the file into the buffer; false at the end of the file.
  bool refill() {
    file_.read(reinterpret_cast<char*>(buffer_.data()), static_cast<std::streamsize>(buffer_.size()));
    if (file_.bad()) throw FileError(path_, text("reading failed at offset ", file_offset_));
    stream_.next_in = buffer_.data();
    stream_.avail_in = static_cast<uInt>(file_.gcount());
    file_offset_ += stream_.avail_in;
    return stream_.avail_in > 0;
  }

  std::string path_;
  std::ifstream file_;
  std::vector<unsigned char> buffer_;
  z_stream stream_{};  // next_in and avail_in serve a plain file too
  bool is_gzip_, at_member_end_ = false, is_padded_ = false;
  std::size_t largest_content_ = std::size_t{1} << 32;
  std::size_t members_ = 0, file_offset_ = 0, offset_ = 0;
};

}  // namespace latent::datasets

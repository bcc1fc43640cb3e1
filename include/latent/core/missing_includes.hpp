/// What a program calls without the header that it is in: an error that names the header. Of all functions of a name these, which
/// take anything, are the last that a compiler chooses; once the header is there, they are not seen. And the same for types.
#pragma once

#include "latent/core/compiler.hpp"

namespace latent {

/// @cond
struct latent_datasets_hpp;
struct latent_datasets_open_hpp;
struct latent_pictures_hpp;
struct latent_io_hpp;
struct latent_io_save_model_hpp;
struct latent_checks_hpp;
struct latent_evaluation_hpp;

namespace detail {
/// A header defines the struct that stands for it.
template <class Header>
concept Missing = !requires { sizeof(Header); };
}  // namespace detail

#define LATENT_IN_HEADER(Header, path, function)                         \
  template <::latent::detail::Missing include = Header>                  \
  LATENT_INSTEAD(#function " is in another header: #include <" path ">") \
  void function(...) LATENT_REFUSED;

namespace datasets {
LATENT_IN_HEADER(latent_datasets_hpp, "latent/datasets.hpp", load_mnist)
LATENT_IN_HEADER(latent_datasets_hpp, "latent/datasets.hpp", find_mnist)
LATENT_IN_HEADER(latent_datasets_hpp, "latent/datasets.hpp", to_categorical)
LATENT_IN_HEADER(latent_datasets_open_hpp, "latent/datasets/open.hpp", open)
}  // namespace datasets

namespace pictures {
LATENT_IN_HEADER(latent_pictures_hpp, "latent/pictures.hpp", save_png)
LATENT_IN_HEADER(latent_pictures_hpp, "latent/pictures.hpp", grid)
LATENT_IN_HEADER(latent_pictures_hpp, "latent/pictures.hpp", plot)
}  // namespace pictures

LATENT_IN_HEADER(latent_datasets_hpp, "latent/datasets.hpp", add_gaussian_noise)
LATENT_IN_HEADER(latent_io_hpp, "latent/io.hpp", save_weights)
LATENT_IN_HEADER(latent_io_hpp, "latent/io.hpp", load_weights)
LATENT_IN_HEADER(latent_io_save_model_hpp, "latent/io/save_model.hpp", save_model)
LATENT_IN_HEADER(latent_checks_hpp, "latent/checks.hpp", check_gradients)

namespace evaluation {
LATENT_IN_HEADER(latent_evaluation_hpp, "latent/evaluation.hpp", psnr)
LATENT_IN_HEADER(latent_evaluation_hpp, "latent/evaluation.hpp", ssim)
LATENT_IN_HEADER(latent_evaluation_hpp, "latent/evaluation.hpp", tsne)
LATENT_IN_HEADER(latent_evaluation_hpp, "latent/evaluation.hpp", most_probable)
LATENT_IN_HEADER(latent_evaluation_hpp, "latent/evaluation.hpp", roc_curve)
LATENT_IN_HEADER(latent_evaluation_hpp, "latent/evaluation.hpp", roc_auc_score)
}  // namespace evaluation

#undef LATENT_IN_HEADER

// Of a type that is not complete compilers show the line where it is declared.
struct BackupAndRestore;  // #include <latent/io.hpp>
struct ModelCheckpoint;   // #include <latent/io.hpp>
namespace datasets {
struct ImageOptions;  // #include <latent/datasets/open.hpp>
}
namespace evaluation {
struct PCA;            // #include <latent/evaluation.hpp>
class ConfusionTable;  // #include <latent/evaluation.hpp>
}  // namespace evaluation
/// @endcond

}  // namespace latent

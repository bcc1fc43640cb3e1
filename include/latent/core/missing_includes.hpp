/// What a program calls without the header that it is in: an error that names the header. Of all functions of a name these, which
/// take anything, are the last that a compiler chooses, so that with the header they are not seen.
#pragma once

namespace latent {

struct latent_datasets_hpp;
struct latent_datasets_open_hpp;
struct latent_pictures_hpp;
struct latent_io_hpp;
struct latent_checks_hpp;

namespace datasets {
template <class include = latent_datasets_hpp>
void load_mnist(...) = delete;  // #include <latent/datasets.hpp>
template <class include = latent_datasets_hpp>
void find_mnist(...) = delete;  // #include <latent/datasets.hpp>
template <class include = latent_datasets_open_hpp>
void open(...) = delete;  // #include <latent/datasets/open.hpp>
}  // namespace datasets

namespace pictures {
template <class include = latent_pictures_hpp>
void save_png(...) = delete;  // #include <latent/pictures.hpp>
template <class include = latent_pictures_hpp>
void plot(...) = delete;  // #include <latent/pictures.hpp>
}  // namespace pictures

template <class include = latent_datasets_hpp>
void add_gaussian_noise(...) = delete;  // #include <latent/datasets.hpp>
template <class include = latent_io_hpp>
void save_weights(...) = delete;  // #include <latent/io.hpp>
template <class include = latent_io_hpp>
void load_weights(...) = delete;  // #include <latent/io.hpp>
template <class include = latent_checks_hpp>
void check_gradients(...) = delete;  // #include <latent/checks.hpp>

}  // namespace latent

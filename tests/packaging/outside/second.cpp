#include <latent/datasets.hpp>
#include <latent/datasets/open.hpp>
#include <latent/io.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>
#include <latent/report.hpp>

latent::Index parameters_in_second_file() {
  return latent::Sequential<latent::Input<2>, latent::Dense<2, latent::Sigmoid>>::count_params();
}

#include "all_headers.hpp"

latent::Index parameters_in_second_file() {
  return latent::Sequential<latent::Input<2>, latent::Dense<2, latent::Sigmoid>>::count_params();
}

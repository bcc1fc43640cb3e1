#include <iostream>
#include <latent/latent.hpp>

int main() {
  latent::Sequential<latent::Input<2>, latent::Dense<1>> model{latent::Seed{1}};
  latent::Tensor<2> x(3, 2);
  x.setConstant(1);
  std::cout << "latent " << latent::version << " works: " << model.predict(x).size() << " = 3\n";
}

// What Keras 3 computed, in double precision; written by support/keras_numbers.py.
#pragma once

#include <vector>

namespace keras::vae_kl_latent2 {
inline const std::vector<double> z_mean{// (3, 2)
                                        0.04673660919070244, 0.17395223677158356, -0.2810368537902832,
                                        0.07937806844711304, 1.3053089380264282,  0.36607617139816284};
inline const std::vector<double> z_log_var{// (3, 2)
                                           1.4890915155410767, -1.4262911081314087, -0.7041270732879639,
                                           -1.683416485786438, -0.7482267022132874, 3.217597723007202};
inline const std::vector<double> value{// ()
                                       4.434292877760579};
inline const std::vector<double> dz_mean{// (3, 2)
                                         0.015578869730234146, 0.05798407892386118, -0.09367895126342773,
                                         0.026459356149037678, 0.4351029793421427,  0.12202539046605428};
inline const std::vector<double> dz_log_var{// (3, 2)
                                            0.5721777195321046,  -0.12663364314190056, -0.08424331947672156,
                                            -0.1357102802541452, -0.08779917625981529, 3.9946779773471808};
}  // namespace keras::vae_kl_latent2

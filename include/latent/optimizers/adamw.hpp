/// AdamW: Adam with weight decay beside the gradients instead of among them, w -= learning_rate * weight_decay * w.
/// Every optimiser here decays weights in that way; AdamW is Adam with Keras's default of 0.004. I. Loshchilov, F.
/// Hutter, "Decoupled weight decay regularization", ICLR 2019. https://keras.io/api/optimizers/adamw/
#pragma once

#include "latent/optimizers/adam.hpp"

namespace latent {

struct AdamW {
  LearningRate learning_rate = 0.001;
  double weight_decay = 0.004;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;
  double clipnorm = 0, clipvalue = 0, global_clipnorm = 0;

  static constexpr const char* name = "AdamW";
  static constexpr const char* slot_names[] = {"m", "v", "largest"};
  int slot_count() const { return adam().slot_count(); }

  void check_options() const { adam().check_options(); }

  double corrected_rate(Index t, double rate) const { return adam().corrected_rate(t, rate); }

  template <class Scalar>
  void update(double rate, Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const {
    adam().update<Scalar>(rate, w, g, state);
  }

 private:
  Adam adam() const { return {.beta_1 = beta_1, .beta_2 = beta_2, .epsilon = epsilon, .amsgrad = amsgrad}; }
};

}  // namespace latent

#include "keras/optimizer_case.hpp"

using namespace latent;

TEST_CASE("optimisers as in Keras, step by step") {
  const keras::Group group("optimizers/optimizers");
  keras::run_optimizer(group, "sgd", SGD{});
  keras::run_optimizer(group, "sgd_momentum", SGD{.momentum = 0.9});
  keras::run_optimizer(group, "sgd_nesterov", SGD{.momentum = 0.9, .nesterov = true});
  keras::run_optimizer(group, "adam", Adam{});
  keras::run_optimizer(group, "adam_amsgrad", Adam{.amsgrad = true});
  keras::run_optimizer(group, "adamw", AdamW{});
  keras::run_optimizer(group, "adamw_weight_decay_0.1", AdamW{.learning_rate = 0.01, .weight_decay = 0.1});
  keras::run_optimizer(group, "rmsprop", RMSprop{});
  keras::run_optimizer(group, "rmsprop_momentum", RMSprop{.momentum = 0.9});
  keras::run_optimizer(group, "rmsprop_momentum_centered", RMSprop{.momentum = 0.9, .centered = true});
  keras::run_optimizer(group, "adagrad", Adagrad{});
  keras::run_optimizer(group, "adadelta", Adadelta{});
  keras::run_optimizer(group, "adadelta_1.0", Adadelta{.learning_rate = 1.0});
  // Keras rounds the 0.96 of c(t), not that of C(t), to float32: keras_to_cpp.py, rounded_steps().
  keras::run_optimizer(group, "nadam", Nadam{}, 2e-7);
  keras::run_optimizer(group, "adamax", Adamax{});
  keras::run_optimizer(group, "lion", Lion{});
  keras::run_optimizer(
      group, "sgd_exponential_decay",
      SGD{.learning_rate = ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 5, .decay_rate = 0.5}});
  keras::run_optimizer(group, "sgd_clipnorm", SGD{.clipnorm = 0.5});
  keras::run_optimizer(group, "sgd_global_clipnorm", SGD{.global_clipnorm = 0.75});
  keras::run_optimizer(group, "sgd_clipvalue", SGD{.clipvalue = 0.125});
}

TEST_CASE("learning-rate schedules as in Keras") {
  const keras::Group group("optimizers/schedules");
  keras::run_schedule(group, "exponential",
                      ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 10, .decay_rate = 0.9});
  keras::run_schedule(
      group, "exponential_staircase",
      ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.5, .staircase = true});
  keras::run_schedule(group, "cosine", CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 40});
  keras::run_schedule(group, "cosine_alpha",
                      CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 30, .alpha = 0.1});
  keras::run_schedule(
      group, "cosine_warmup",
      CosineDecay{.initial_learning_rate = 0, .decay_steps = 30, .warmup_target = 0.1, .warmup_steps = 8});
  keras::run_schedule(group, "piecewise_constant",
                      PiecewiseConstantDecay{.boundaries = {10, 30}, .values = {0.1, 0.01, 0.001}});

  const keras::Group more("optimizers/more_schedules");
  keras::run_schedule(more, "polynomial", PolynomialDecay{.initial_learning_rate = 0.1, .decay_steps = 30});
  keras::run_schedule(
      more, "polynomial_power",
      PolynomialDecay{.initial_learning_rate = 0.1, .decay_steps = 40, .end_learning_rate = 0.01, .power = 2.5});
  keras::run_schedule(
      more, "polynomial_cycle",
      PolynomialDecay{
          .initial_learning_rate = 0.1, .decay_steps = 12, .end_learning_rate = 0.02, .power = 0.5, .cycle = true});
  keras::run_schedule(more, "polynomial_rises",
                      PolynomialDecay{.initial_learning_rate = 0, .decay_steps = 25, .end_learning_rate = 0.1});
  keras::run_schedule(more, "inverse_time",
                      InverseTimeDecay{.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.5});
  keras::run_schedule(
      more, "inverse_time_staircase",
      InverseTimeDecay{.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.5, .staircase = true});
  keras::run_schedule(more, "restarts", CosineDecayRestarts{.initial_learning_rate = 0.1, .first_decay_steps = 7});
  keras::run_schedule(
      more, "restarts_equal",
      CosineDecayRestarts{
          .initial_learning_rate = 0.1, .first_decay_steps = 8, .t_mul = 1, .m_mul = 0.5, .alpha = 0.1});
  keras::run_schedule(
      more, "restarts_longer",
      CosineDecayRestarts{
          .initial_learning_rate = 0.1, .first_decay_steps = 4, .t_mul = 1.5, .m_mul = 0.8, .alpha = 0.05});
}

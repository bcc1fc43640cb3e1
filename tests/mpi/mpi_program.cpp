// Trains a network with all that has to be exchanged, on however many processes there are, for mpi.sh.
// usage: mpi_program OUT THREADS [RANK BATCH | other-data | fails]
//   RANK BATCH   process RANK kills itself after BATCH batches; with -1 none does
#include <csignal>
#include <latent/io.hpp>
#include <latent/io/training_state.hpp>
#include <latent/latent.hpp>
#include <latent/mpi.hpp>

using namespace latent;

namespace {

using Net = Sequential<Input<6, 6, 1>, Conv2D<4, 3, Same, KernelRegularizer<L2<0.01>>>, BatchNormalization<>, Activation<ReLU>,
                       Flatten, Dropout<0.2>, Dense<36, Sigmoid>, Reshape<6, 6, 1>>;

struct Killer : Callback {
  int rank, me;
  long left;
  Killer(int who, int mine, long batches) : rank(who), me(mine), left(batches) {}
  void on_moment(Training&, Moment moment) override {
    if (moment == Moment::batch && me == rank && --left == 0) std::raise(SIGKILL);
  }
};

struct Unwilling : Callback {
  void on_epoch_end(Training&) override { throw std::runtime_error("no space left for the picture"); }
};

}  // namespace

int main(int argc, char** argv) {
  mpi::World world(argc, argv);
  const std::string out = argv[1], how = argc > 3 ? argv[3] : "";
  // Batches of 48 in 6 lanes of 8 samples, and the last one of 10 in a single lane.
  Tensor<4> x(154, 6, 6, 1);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(Random(Seed{1}, Purpose::test).uniform(i));
  if (how == "other-data" && world.rank() == 1) x.data()[0] = 0.5f;
  Net model(Seed{3});
  auto trainer = compile(model, Adam{.learning_rate = 0.01, .global_clipnorm = 0.05}, BinaryCrossentropy{});
  EarlyStopping early{{.patience = 5, .restore_best_weights = true}};
  BackupAndRestore backup(out + "/state.safetensors", 3);
  Killer killer(argc > 4 ? std::atoi(argv[3]) : -1, world.rank(), argc > 4 ? std::atol(argv[4]) : 0);
  Unwilling unwilling;
  std::vector<Callback*> callbacks{&early, &backup, &killer};
  if (how == "fails" && world.rank() == 0) callbacks.push_back(&unwilling);
  const History history = trainer.fit(x, x,
                                      {.epochs = 5,
                                       .batch_size = 48,
                                       .validation_data = {x, x},
                                       .verbose = {},
                                       .callbacks = callbacks,
                                       .threads = std::atoi(argv[2]),
                                       .lanes = 12});
  history.save_csv(out + "/history.csv");
  save_weights(out + "/weights.safetensors", model);
  std::printf("%d processes have trained\n", world.size());
}

#include "support/processes.hpp"

#include <cstdlib>
#include <stdexcept>
#ifdef LATENT_MPI
#include <chrono>
#include <thread>

#include "latent/mpi.hpp"
#endif

namespace latent {

#ifdef LATENT_MPI

namespace {
struct World : Processes {
  mpi::World world;
  World(int& argc, char**& argv) : world(argc, argv) {}
  void before_message() const override {
    if (world.rank() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  void end_all() const override { world.end_all(1); }
};
}  // namespace

std::unique_ptr<Processes> join_processes(int& argc, char**& argv) {
  if (!mpi::started_with_others()) return nullptr;
  return std::make_unique<World>(argc, argv);
}

#else

std::unique_ptr<Processes> join_processes(int&, char**&) {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"})
    if (const char* const size = std::getenv(name); size && std::atoi(size) > 1)
      throw std::runtime_error(
          "started on several processes, but built without MPI; on Debian: apt-get install libopenmpi-dev, and build "
          "it again");
  return nullptr;
}

#endif

}  // namespace latent

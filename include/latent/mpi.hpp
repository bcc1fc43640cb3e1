/// Training on several processes, on one machine or many. Needs an MPI library.
///
///     int main(int argc, char** argv) {
///       latent::mpi::World world(argc, argv);
///       // a program as ever
///     }
///
///     mpirun -np 4 ./program
///
/// Every process makes the same models and reads the same data. `fit`, `train_on_batch` and `evaluate` divide the lanes of each
/// step (FitOptions::lanes, 8 unless told otherwise) among the processes; the weights have the same bits as with one process. All
/// processes call these functions in the same order. Only process 0 prints and writes files. docs/distributed.md has more.
#pragma once

// C++ bindings of MPI 2, which bring warnings.
#ifndef OMPI_SKIP_MPICXX
/// The C++ bindings, which MPI has given up, are not wanted.
#define OMPI_SKIP_MPICXX 1
#endif
#ifndef MPICH_SKIP_MPICXX
/// The same for MPICH.
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include "latent/core/files.hpp"
#include "latent/models/company.hpp"

namespace latent::mpi {

/// True in a process that mpirun (or a job scheduler) has started together with others.
LATENT_COLD inline bool started_with_others() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS", "SLURM_STEP_NUM_TASKS"})
    if (const char* const size = std::getenv(name)) return std::atoi(size) > 1;
  return false;
}

/// All processes of an MPI program, from the making of this object to its end. While it lives, every trainer that is made
/// shares its work with those of the other processes; `trainer.join(nullptr)` takes one out.
///
/// If it ends because of an exception, then with this process all others end, too. Throws std::runtime_error if MPI gives no threads that take turns
/// (MPI_THREAD_SERIALIZED).
class World final : public engine::Company {
 public:
  /// Starts MPI. In all processes but the first nothing is written to stdout or to files.
  [[gnu::cold]] World(int& argc, char**& argv) {
    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    if (provided < MPI_THREAD_SERIALIZED) {
      MPI_Finalize();
      throw std::runtime_error("this MPI library does not let several threads call it in turn (MPI_THREAD_SERIALIZED)");
    }
    if (rank_ > 0) {
      writes_files() = false;
      if (!std::freopen("/dev/null", "w", stdout)) std::fclose(stdout);
    }
    if (size_ > 1) engine::company() = this;
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  [[gnu::cold]] ~World() override {
    engine::company() = nullptr;
    writes_files() = true;
    if (std::uncaught_exceptions() == 0)
      MPI_Finalize();
    else  // when whoever catches it has said what it is
      std::atexit([] { MPI_Abort(MPI_COMM_WORLD, 1); });
  }

  /// Ends all processes at once, with this exit code.
  [[gnu::cold]] void end_all(int code) const { MPI_Abort(MPI_COMM_WORLD, code); }

  /// The number of this process, from 0.
  int rank() const override { return rank_; }
  /// How many processes there are.
  int size() const override { return size_; }

  /// Each process sends its part of `all`, and receives those of the others.
  void gather(std::byte* all, std::span<const std::size_t> bytes) override {
    const Parts parts(bytes);
    MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_BYTE, all, parts.counts.data(), parts.places.data(), MPI_BYTE, MPI_COMM_WORLD);
  }
  /// Each process sends a part to each other, and receives one from each.
  void all_to_all(const std::byte* sent, std::span<const std::size_t> sent_bytes, std::byte* received,
                  std::span<const std::size_t> received_bytes) override {
    const Parts from(sent_bytes), to(received_bytes);
    MPI_Alltoallv(sent, from.counts.data(), from.places.data(), MPI_BYTE, received, to.counts.data(), to.places.data(),
                  MPI_BYTE, MPI_COMM_WORLD);
  }
  /// Whether it is true in any process.
  bool any(bool mine) override {
    int yes = mine;
    MPI_Allreduce(MPI_IN_PLACE, &yes, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return yes != 0;
  }

 private:
  /// How many bytes of each process there are, and where: MPI counts in int.
  struct Parts {
    std::vector<int> counts, places;
    explicit Parts(std::span<const std::size_t> bytes) {
      std::size_t place = 0;
      for (const std::size_t count : bytes) {
        if (place + count > INT_MAX)
          throw std::runtime_error(
              "mpi: more than 2 GB in one exchange; more processes with more lanes would have less each");
        counts.push_back(static_cast<int>(count)), places.push_back(static_cast<int>(place));
        place += count;
      }
    }
  };

  int rank_ = 0, size_ = 1;
};

}  // namespace latent::mpi

/// `mpirun -np 4 PROGRAM`: the processes of one program, which train together. Kept apart from MPI's header.
#pragma once

#include <memory>

namespace latent {

struct Processes {
  virtual ~Processes() = default;
  /// Lets process 0 go first with a message that all of them may have, and end the others with end_all.
  virtual void before_message() const = 0;
  virtual void end_all() const = 0;
};

/// Null for a process that was started alone. Throws std::runtime_error where the programs are built without MPI: each process
/// would do all the work, and write over the files of the others.
std::unique_ptr<Processes> join_processes(int& argc, char**& argv);

}  // namespace latent

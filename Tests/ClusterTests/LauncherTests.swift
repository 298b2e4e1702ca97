import TestSupport
import Testing

@testable import Cluster

/// Whoever was started with others learns of them, and nobody else does.
@Suite(.endsWithin(minutes: 1)) struct LauncherTests {
  @Test(
    arguments: [
      ([:], 1),
      (["OMPI_COMM_WORLD_SIZE": "4", "PMIX_RANK": "0"], 4),
      (["OMPI_COMM_WORLD_SIZE": "1", "PMIX_RANK": "0"], 1),
      (["PMI_SIZE": "3", "PMI_RANK": "2"], 3),
      // One that says nothing about how many there are.
      (["PMIX_RANK": "0"], 2),
      (["PMIX_RANK": "5"], 6),
      (["OMPI_COMM_WORLD_SIZE": "", "PMI_SIZE": "many"], 1),
      (["OMPI_COMM_WORLD_SIZE": "0"], 1),
      (["PMIX_RANK": "-1"], 1),
    ] as [([String: String], Int)])
  func `launchers say how many they start`(environment: [String: String], processes: Int) {
    #expect(Launcher.processes { environment[$0] } == processes)
  }

  @Test(
    arguments: [
      // srun, with and without PMIx.
      (["SLURM_STEP_ID": "0", "SLURM_PROCID": "3", "SLURM_NTASKS": "8"], 8),
      (["SLURM_STEP_ID": "12", "SLURM_PROCID": "0", "SLURM_NTASKS": "8", "PMIX_RANK": "0"], 8),
      (["SLURM_STEP_ID": "0", "SLURM_PROCID": "0", "SLURM_NTASKS": "1", "PMIX_RANK": "0"], 1),
      // A step of fewer tasks than its job, with the job's environment kept.
      (["SLURM_STEP_ID": "0", "SLURM_PROCID": "0", "SLURM_NTASKS": "8", "SLURM_STEP_NUM_TASKS": "2"], 2),
      // A batch script, as versions of Slurm set it up.
      (["SLURM_PROCID": "0", "SLURM_NTASKS": "8"], 1),
      (["SLURM_STEP_ID": "4294967291", "SLURM_PROCID": "0", "SLURM_NTASKS": "8"], 1),
      (["SLURM_STEP_ID": "-5", "SLURM_PROCID": "0", "SLURM_NTASKS": "8"], 1),
      // A shell of salloc, on the machine it was called on and in the allocation.
      (["SLURM_NTASKS": "8"], 1),
      (["SLURM_STEP_ID": "4294967290", "SLURM_PROCID": "0", "SLURM_NTASKS": "8"], 1),
      // mpirun within a job: its own word counts.
      (["SLURM_STEP_ID": "0", "SLURM_PROCID": "0", "SLURM_NTASKS": "8", "OMPI_COMM_WORLD_SIZE": "3"], 3),
    ] as [([String: String], Int)])
  func `tasks of Slurm are those of a step`(environment: [String: String], processes: Int) {
    #expect(Launcher.processes { environment[$0] } == processes)
  }

  @Test(
    arguments: [
      ([:], false),
      (["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "0", "PMIX_RANK": "0"], false),
      (["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3", "PMIX_RANK": "3"], true),
      (["PMI_SIZE": "3", "PMI_RANK": "2"], true),
      (["PMIX_RANK": "1"], true),
      (["SLURM_STEP_ID": "0", "SLURM_PROCID": "3", "SLURM_NTASKS": "8"], true),
      (["SLURM_STEP_ID": "0", "SLURM_PROCID": "0", "SLURM_NTASKS": "8", "PMIX_RANK": "0"], false),
      // mpirun within a task of Slurm.
      (
        [
          "SLURM_STEP_ID": "0", "SLURM_PROCID": "1", "SLURM_NTASKS": "8", "OMPI_COMM_WORLD_SIZE": "3",
          "OMPI_COMM_WORLD_RANK": "0",
        ], false
      ),
      // No step: alone, whatever its number is.
      (["SLURM_PROCID": "3", "SLURM_NTASKS": "8"], false),
    ] as [([String: String], Bool)])
  func `the first one is no follower`(environment: [String: String], isFollower: Bool) {
    #expect(Launcher.isFollower { environment[$0] } == isFollower)
  }
}

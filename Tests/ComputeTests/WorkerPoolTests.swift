@testable import Compute
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.endsWithin(minutes: 1)) struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3]) func `several threads share a pool, a job at a time`(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let running = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    let overlaps = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 4) { caller in
      let workers = Workers(pool)
      for _ in 0..<500 {
        // Which caller's job runs is told by the tasks that are running at the same time.
        workers.perform(8) { _, _ in
          let others = running.load(ordering: .relaxed)
          if threads > 1, others != 0, others != caller + 1 {
            overlaps.add(1, ordering: .relaxed)
          }
          running.store(caller + 1, ordering: .relaxed)
          done.add(1, ordering: .relaxed)
          running.store(0, ordering: .relaxed)
        }
      }
    }
    #expect(done.load(ordering: .relaxed) == 4 * 500 * 8)
    #expect(overlaps.load(ordering: .relaxed) == 0)
  }

  @Test func `a caller that sleeps is woken by the last helper`() {
    let workers = Workers(count: 3)
    let done = Atomic<Int>(0)
    for _ in 0..<20 {
      workers.perform(3) { _, worker in
        // Long enough for whoever has nothing to do to fall asleep.
        if worker != 0 { usleep(2000) }
        done.add(1, ordering: .relaxed)
      }
    }
    #expect(done.load(ordering: .relaxed) == 60)
  }

  @Test func `a pool ends while its helpers sleep, and while they wait awake`() {
    for pause in [0, 5000] {
      for _ in 0..<20 {
        Workers(count: 4).perform(4) { _, _ in }
        usleep(UInt32(pause))
      }
    }
  }
}

@Suite(.endsWithin(minutes: 1)) struct ProcessorQuotaTests {
  @Test(
    arguments: [
      (["proc/self/cgroup": "0::/\n"], nil),
      (["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"], nil),
      (["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "200000 100000\n"], 2),
      (["proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "150000 100000\n"], 1.5),
      (
        [
          "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "400000 100000\n",
          "sys/fs/cgroup/a/cpu.max": "50000 100000\n",
        ], 0.5
      ),
      (
        [
          "proc/self/cgroup": "5:memory:/x\n4:cpu,cpuacct:/x\n",
          "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "300000\n",
          "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
        ], 3
      ),
      (
        [
          "proc/self/cgroup": "4:cpu:/x\n", "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "-1\n",
          "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
        ], nil
      ),
      (["proc/self/cgroup": "0::/../..\nnonsense\n::\n", "sys/fs/cgroup/cpu.max": "1 0\n"], nil),
      ([:], nil),
    ] as [([String: String], Double?)])
  func `the strictest limit of a process's groups counts`(files: [String: String], quota: Double?) throws {
    let folder = try TemporaryFolder()
    for (name, text) in files {
      let url = URL(filePath: folder.file(name))
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    #expect(ProcessorQuota.current(root: folder.path) == quota)
  }

  @Test func `there is always a thread`() { #expect(WorkerPool.recommendedThreads >= 1) }
}

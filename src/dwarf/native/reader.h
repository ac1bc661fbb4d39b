// A file that is being read: threads lower its units, `next` delivers them in unit order.
//
// Threads take units in order and may be ahead of the delivery by a bounded number of units and bytes, so that
// memory does not grow with the file. The unit that is to be delivered next may always be lowered, whatever
// the limits say, so that they cannot block.

#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "contents.h"
#include "file.h"
#include "options.h"
#include "strings.h"
#include "unit.h"

namespace tspahole::dwarf {

class Reader {
 public:
  // Opens the file and starts the threads. Throws Error.
  Reader(const std::string& path, Options options);
  // Cancels what is still to do and waits for the threads.
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  size_t unitCount() const { return file_.units().size(); }
  // The start of the logical blob of names, up to the arena.
  NameSection names() const { return NameSection(file_.debugStr()); }

  // The next unit in file order, or nothing after the last; waits for it. Throws Error.
  std::unique_ptr<UnitBatch> next();
  // Takes back the memory of a batch that is no longer needed.
  void recycle(std::unique_ptr<UnitBatch> batch);

 private:
  void work();
  bool lowerUnits(DwarfHandle dwarf, Contents& contents);
  bool takeUnit(size_t& unit);
  bool mayStart() const;
  std::unique_ptr<UnitBatch> emptyBatch();
  void finish(size_t unit, std::unique_ptr<UnitBatch> batch);
  void fail(std::exception_ptr error);
  void deliverNames(UnitBatch& batch);
  void deliverNotes(UnitBatch& batch);

  const Options options_;
  File file_;
  Arena arena_;
  std::unordered_set<std::string> saidNotes_;
  SharedRuns runs_;

  std::mutex mutex_;
  std::condition_variable mayContinue_;
  std::condition_variable isReady_;
  std::atomic<bool> cancelled_{false};
  // Guarded by the mutex.
  std::exception_ptr error_;
  size_t taken_ = 0;
  size_t delivered_ = 0;
  size_t pendingBytes_ = 0;
  // Done and not delivered, by unit index modulo their number.
  std::vector<std::unique_ptr<UnitBatch>> ready_;
  std::vector<std::unique_ptr<UnitBatch>> spare_;

  std::vector<std::thread> threads_;
};

}  // namespace tspahole::dwarf

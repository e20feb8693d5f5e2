// What people see on standard error while something takes long.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace stalemate {

/// Once something takes longer than two seconds, says what is being done, for how long, and how far it is: on a
/// terminal in one line that is redrawn and removed at the end; elsewhere in a line that ends in " ...", repeated after
/// twice the time, and so on. Says nothing where no thread can be started for it.
/// Thread rule: any thread.
class Waiting {
 public:
  /// Hears what is done and how far it is; quick, and called by whichever thread says it.
  using Listener = std::function<void(const std::string& who, const std::string& what, const std::string& how_far)>;

  /// `who`: whom it is done for, such as a scenario's name; printed first, and may be empty. Not `shown`: prints
  /// nothing. Silent until next() is called.
  explicit Waiting(std::string who, bool shown = true, Listener listener = {});
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  /// What is done from now on, such as "checking the history"; empty: nothing worth telling.
  void next(std::string what);
  /// The progress, such as "3 of 12 parts"; empty where it is not known.
  void reached(std::string how_far);

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  void draw();
  void erase();
  [[nodiscard]] std::string line() const;

  std::string who_;
  Listener listener_;
  bool terminal_ = false;
  std::mutex mutex_ = {};
  std::condition_variable changed_ = {};
  // Under the mutex:
  std::string what_ = {};
  std::string how_far_ = {};
  Clock::time_point begin_ = Clock::now();
  Clock::time_point speak_at_ = {};
  bool drawn_ = false;
  bool over_ = false;
  std::thread thread_ = {};
};

/// For PrivateServersOptions::on_ready: tells which servers answer already. `waiting` outlives it.
[[nodiscard]] std::function<void(const std::string& engine)> ready_list(Waiting& waiting);

}  // namespace stalemate

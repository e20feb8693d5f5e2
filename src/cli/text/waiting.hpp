// What people see on standard error while something takes its time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace stalemate {

/// While it lives, says what is being done, for how long already, and how far it is, once it takes longer than two
/// seconds: on a terminal in one line that is drawn anew and taken away at the end; elsewhere in a line that ends in
/// " ...", then, then after twice the time, and so on. Where there can be no thread for it, it says nothing.
/// Thread rule: any thread.
class Waiting {
 public:
  /// `who`: for whom it is done, such as a scenario's name; stands before all that is said, and may be empty. Not
  /// `shown`: says nothing. Silent until next() is called.
  explicit Waiting(std::string who, bool shown = true);
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  /// From now on this is done, such as "checking the history"; empty: nothing that has to be said.
  void next(std::string what);
  /// How far it is, such as "3 of 12 parts"; empty where nothing is known.
  void reached(std::string how_far);

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  void draw();
  void erase();
  [[nodiscard]] std::string line() const;

  std::string who_;
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

// What SIGINT, SIGTERM and SIGHUP do outside of a run. (A run handles them itself.)
#pragma once

#include <string>

namespace stalemate {

/// From now on they end the program with exit code 130, after a sentence. The keeper removes private servers then.
/// Thread rule: any thread.
void end_at_interrupt();

/// Ends the program at once, as such a signal does: prints the sentence of the current Farewell.
/// Safe in a signal handler.
[[noreturn]] void leave_interrupted();

/// Whether the terminal shows a line without a newline, which is erased before anything is printed.
/// Thread rule: any thread.
void note_line_drawn(bool is_drawn);

/// While it lives, an interrupt that ends the program prints this sentence instead of "interrupted".
/// Thread rule: the main thread; one at a time.
class Farewell {
 public:
  explicit Farewell(const std::string& sentence);
  ~Farewell();
  Farewell(const Farewell&) = delete;
  Farewell& operator=(const Farewell&) = delete;

 private:
  friend void leave_interrupted();
  std::string line_;
};

/// While it lives, the first of these signals is only noted, so that the work under way can stop in order; the next one
/// ends the program as above. Thread rule: one at a time; came() any thread.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  /// True once a signal was noted, also after the watch.
  [[nodiscard]] static bool came();
};

}  // namespace stalemate

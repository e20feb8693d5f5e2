// What SIGINT, SIGTERM and SIGHUP do while no run is under way, which handles them itself.
#pragma once

#include <string>

namespace stalemate {

/// From now on they end the program with exit code 130, after a sentence. The keeper removes private servers then.
/// Thread rule: any thread.
void end_at_interrupt();

/// Ends the program at once as such a signal does: says the sentence of the Farewell that lives.
/// Safe in a signal's handler.
[[noreturn]] void leave_interrupted();

/// Whether a line without an end stands on the terminal, which is taken away before anything is said.
/// Thread rule: any thread.
void note_line_drawn(bool is_drawn);

/// While it lives, an interrupt that ends the program says this sentence in place of "interrupted".
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

/// While it lives, the first of these signals is only noted, so that the work under way can be ended; the next one ends
/// the program as above. Thread rule: one at a time; came() any thread.
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

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

/// While it lives, an interrupt that ends the program prints this sentence instead of "interrupted", then those of the
/// farewells that were there before; the file that is not finished is removed, if one is named. Where `only_with` names
/// a file, the sentence is only printed if that is there. Thread rule: the main thread; the last made goes first.
class Farewell {
 public:
  explicit Farewell(const std::string& sentence, std::string unfinished = {}, std::string only_with = {});
  ~Farewell();
  Farewell(const Farewell&) = delete;
  Farewell& operator=(const Farewell&) = delete;

 private:
  friend void leave_interrupted();
  std::string line_;
  std::string unfinished_;
  std::string only_with_;
  const Farewell* before_;
};

/// While one lives, the first of these signals is only noted, so that the work under way can stop in order; the next
/// one ends the program as above. One may live within another. Thread rule: one thread; came() and is_on() any thread.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  /// True once a signal was noted, also after the watch.
  [[nodiscard]] static bool came();
  /// Whether one lives.
  [[nodiscard]] static bool is_on();
};

}  // namespace stalemate

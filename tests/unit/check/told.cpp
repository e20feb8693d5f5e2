#include "unit/check/told.hpp"

namespace stalemate::test {

std::string told(const CheckResult& result) {
  std::string text = result.name + ' ' + std::string(name_of(result.verdict)) + ' ' + std::to_string(result.count) +
                     " of " + std::to_string(result.sample) + ' ' + std::string(result.sample_of) + ' ' + result.note +
                     (result.decides ? "" : " undecided ") + result.defect;
  text += result.worst ? std::to_string(result.worst->value) : "";
  for (const Distribution& distribution : result.distributions) {
    text += ' ' + std::to_string(distribution.count) + ':' + std::to_string(distribution.max);
  }
  for (const Figure& figure : result.figures) {
    text += ' ' + figure.name + '=' + std::to_string(figure.value);
  }
  for (const StaleRead& read : result.stale_reads) {
    text += " r" + std::to_string(read.read) + 'w' + std::to_string(read.newer_write) + '-' +
            std::to_string(read.lower_ns) + '-' + std::to_string(read.upper_ns) + '-' + std::to_string(read.versions);
  }
  for (const Violation& violation : result.violations) {
    text += '\n' + violation.sentence;
  }
  return text;
}

}  // namespace stalemate::test

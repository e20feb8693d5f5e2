#include "unit/check/told.hpp"

namespace stalemate::test {

std::string told(const CheckResult& result) {
  std::string text = result.name + ' ' + std::string(name_of(result.verdict)) + ' ' + std::to_string(result.count) +
                     " of " + std::to_string(result.sample) + ' ' + std::string(result.sample_of) + ' ' +
                     std::to_string(result.unjudged) + " unjudged " + result.note +
                     (result.decides ? "" : " undecided ") + result.defect;
  text += result.worst ? std::to_string(result.worst->value) : "";
  for (const Distribution& distribution : result.distributions) {
    for (const std::int64_t amount : {static_cast<std::int64_t>(distribution.count), distribution.min, distribution.p50,
                                      distribution.p90, distribution.p99, distribution.max}) {
      text += ':' + std::to_string(amount);
    }
  }
  for (const Figure& figure : result.figures) {
    text += ' ' + figure.name + '=' + std::to_string(figure.value);
  }
  for (const StaleRead& read : result.stale_reads) {
    text += " r" + std::to_string(read.read) + 'w' + std::to_string(read.newer_write) + '-' +
            std::to_string(read.lower_ns) + '-' + std::to_string(read.upper_ns) + '-' + std::to_string(read.versions);
  }
  for (const Violation& violation : result.violations) {
    text += '\n' + violation.sentence + " key " + std::to_string(violation.key.index) + " at " +
            std::to_string(violation.at_ns);
    for (const Op& op : violation.ops) {
      text += " op " + std::to_string(op.index);
    }
  }
  return text;
}

}  // namespace stalemate::test

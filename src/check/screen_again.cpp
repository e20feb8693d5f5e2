// The part of Screen that looks again, with a wide window, at keys that its first look could not clear.
#include <algorithm>
#include <utility>

#include "check/screen.hpp"

namespace stalemate {

void Screen::look_again(const Crew& crew) {
  borders_ = borders_of(table_.place_end(), options_, crew);
  crew([this](std::uint32_t member) { count_doubtful(member); });
  place_groups();
  crew([this](std::uint32_t member) { group(member); });
  borders_ = borders_of(order_.size(), options_, crew);
  crew([this](std::uint32_t member) { judge(member); });
  join_pieces();
  order_ = {};
}

void Screen::count_doubtful(std::uint32_t member) {
  std::vector<std::uint32_t>& counts = cursors_[member];
  counts.assign(table_.key_count(), 0);
  for (auto place = static_cast<ValuePlace>(borders_[member]); place < borders_[member + 1]; ++place) {
    if (table_.is_touched(place)) {
      const std::uint32_t key = table_.zone(place).key.index;
      counts[key] += is_doubtful_[key];
    }
  }
}

/// Where in order_ each member puts its values of each key.
void Screen::place_groups() {
  ends_.resize(table_.key_count());
  std::uint32_t next = 0;
  for (std::uint32_t key = 0; key < ends_.size(); ++key) {
    for (std::vector<std::uint32_t>& cursors : cursors_) {
      next += std::exchange(cursors[key], next);
    }
    ends_[key] = next;
  }
  order_ = RecordArray<OrderedZone>(next);
}

void Screen::group(std::uint32_t member) {
  std::vector<std::uint32_t>& cursors = cursors_[member];
  for (auto place = static_cast<ValuePlace>(borders_[member]); place < borders_[member + 1]; ++place) {
    if (!table_.is_touched(place)) {
      continue;
    }
    const ZoneTable::Zone zone = table_.zone(place);
    if (is_doubtful_[zone.key.index] != 0) {
      order_.data()[cursors[zone.key.index]++] =
          place < table_.key_count() ? initial_value(place) : written_value(zone, version_of(place));
    }
  }
  cursors = {};
}

void Screen::judge(std::uint32_t member) {
  const std::span<const OrderedZone> order = order_.span();
  const std::size_t end = borders_[member + 1];
  std::vector<OrderedZone> room(2 * options_.window);
  OrderWindow window(room);
  std::size_t at = borders_[member];
  auto key = static_cast<std::uint32_t>(std::ranges::upper_bound(ends_, at) - ends_.begin());
  for (; at < end; ++key) {
    const std::size_t key_begin = key == 0 ? 0 : ends_[key - 1];
    const std::size_t here_end = std::min<std::size_t>(end, ends_[key]);
    if (at == here_end) {
      continue;
    }
    const bool is_whole = at == key_begin && here_end == ends_[key];
    window.begin(at != key_begin);
    for (; at < here_end && window.holds(); ++at) {
      window.add(order[at]);
    }
    at = here_end;
    if (!is_whole) {
      pieces_[member].push_back({key, window.finish_loose()});
    } else if (!window.finish().holds) {
      table_.mark_odd(Key{key});
    }
  }
}

/// Keys that several members looked at.
void Screen::join_pieces() {
  std::vector<LooseEnds> ends;
  std::uint32_t key = 0;
  const auto close = [&] {
    if (!ends.empty() && !join(ends).holds) {
      table_.mark_odd(Key{key});
    }
    ends.clear();
  };
  for (std::vector<Piece>& pieces : pieces_) {
    for (Piece& piece : pieces) {
      if (piece.key != key) {
        close();
      }
      key = piece.key;
      ends.push_back(std::move(piece.ends));
    }
  }
  close();
}

}  // namespace stalemate

#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace sosw::web {

/// Memory for the bodies of requests that have come, and not for those that were only announced. Of what is
/// still coming, a peer gets no more than what is left for the others then: one may take half of the room,
/// each of two a third.
class BodyRoom {
 public:
  explicit BodyRoom(std::uint64_t limit) : limit_(limit) {}

  /// Whether so many bytes would fit now.
  bool fits(std::uint64_t bytes) const { return bytes <= limit_ - taken_; }

  bool take(std::uint64_t bytes) {
    if (!fits(bytes)) return false;
    taken_ += bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) { taken_ -= bytes; }

  /// The same for bytes of a body of this peer that has not come wholly.
  bool take_share(const std::string& peer, std::uint64_t bytes) {
    std::uint64_t& share = shares_[peer];
    const bool is_fair = fits(bytes) && share + bytes <= limit_ - taken_ - bytes;
    if (is_fair) {
      share += bytes;
      taken_ += bytes;
    } else if (share == 0) {
      shares_.erase(peer);
    }
    return is_fair;
  }
  /// The bytes stay taken, but are no share any more.
  void end_share(const std::string& peer, std::uint64_t bytes) {
    const auto share = shares_.find(peer);
    if (share != shares_.end() && (share->second -= bytes) == 0) shares_.erase(share);
  }

 private:
  const std::uint64_t limit_;
  std::uint64_t taken_ = 0;
  std::unordered_map<std::string, std::uint64_t> shares_;  ///< by peer
};

/// The bytes of one body that count there, until this is gone.
class BodyBytes {
 public:
  explicit BodyBytes(BodyRoom& room) : room_(room) {}
  ~BodyBytes() { clear(); }
  BodyBytes(const BodyBytes&) = delete;
  BodyBytes& operator=(const BodyBytes&) = delete;

  /// So many have come, and more are to come, from this peer, which is the same at each call. Returns whether
  /// there is room for them.
  bool grow(std::uint64_t bytes, const std::string& peer) {
    if (bytes == bytes_) return true;
    if (!room_.take_share(peer, bytes - bytes_)) return false;
    peer_ = peer;
    bytes_ = share_ = bytes;
    return true;
  }

  /// All of it has come.
  bool complete(std::uint64_t bytes) {
    end_share();
    if (!room_.take(bytes - bytes_)) return false;
    bytes_ = bytes;
    return true;
  }

  void clear() {
    end_share();
    room_.give_back(bytes_);
    bytes_ = 0;
  }

 private:
  void end_share() {
    if (share_ > 0) room_.end_share(peer_, share_);
    share_ = 0;
  }

  BodyRoom& room_;
  std::string peer_;
  std::uint64_t bytes_ = 0;
  std::uint64_t share_ = 0;
};

}  // namespace sosw::web

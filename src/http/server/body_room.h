#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace sosw::web {

/// Memory for received bodies, not for those only declared. For unfinished bodies, a peer gets no more than
/// what is then left for the others: one may take half of the room, each of two a third.
class BodyRoom {
 public:
  explicit BodyRoom(std::uint64_t limit) : limit_(limit) {}

  /// Whether that many bytes would fit now.
  bool fits(std::uint64_t bytes) const { return bytes <= limit_ - taken_; }

  bool take(std::uint64_t bytes) {
    if (!fits(bytes)) return false;
    taken_ += bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) { taken_ -= bytes; }

  /// The same for bytes of an incomplete body of this peer.
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
  /// The bytes stay taken, but no longer count as the peer's share.
  void end_share(const std::string& peer, std::uint64_t bytes) {
    const auto share = shares_.find(peer);
    if (share != shares_.end() && (share->second -= bytes) == 0) shares_.erase(share);
  }

 private:
  const std::uint64_t limit_;
  std::uint64_t taken_ = 0;
  std::unordered_map<std::string, std::uint64_t> shares_;  ///< by peer
};

/// The bytes of one body that count there, for the lifetime of this object.
class BodyBytes {
 public:
  explicit BodyBytes(BodyRoom& room) : room_(room) {}
  ~BodyBytes() { clear(); }
  BodyBytes(const BodyBytes&) = delete;
  BodyBytes& operator=(const BodyBytes&) = delete;

  /// That many bytes have come, and more are expected, from this peer, the same at each call. Returns
  /// whether there is room for them.
  bool grow(std::uint64_t bytes, const std::string& peer) {
    if (bytes == bytes_) return true;
    if (!room_.take_share(peer, bytes - bytes_)) return false;
    peer_ = peer;
    bytes_ = share_ = bytes;
    return true;
  }

  /// The body is complete.
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

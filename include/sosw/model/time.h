#pragma once

namespace sosw {

/// Unix seconds with a fraction (UTC). A double holds today's microseconds exactly enough to be printed
/// and parsed back unchanged, which is what other sosw installations do with it (SPEC 2, SPEC 13.24).
using Time = double;

/// A length of time in seconds.
using Seconds = double;

}  // namespace sosw

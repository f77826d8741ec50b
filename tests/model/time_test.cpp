#include "sosw/model/time.h"

#include <concepts>
#include <functional>
#include <sstream>

#include <gtest/gtest.h>

namespace sosw {
namespace {

template <class A, class B>
concept Addable = std::invocable<std::plus<>, A, B>;
template <class A, class B>
concept Subtractable = std::invocable<std::minus<>, A, B>;
template <class A, class B>
concept Scalable = std::invocable<std::multiplies<>, A, B> || std::invocable<std::divides<>, A, B>;
template <class A, class B>
concept Comparable = std::invocable<std::less<>, A, B> || std::invocable<std::equal_to<>, A, B>;
template <class A, class B>
concept Convertible = std::convertible_to<A, B> || std::convertible_to<B, A>;

/// What holds for a point of time by any clock.
template <class Point, class Other>
constexpr bool mixes_with_nothing() {
  static_assert(Addable<Point, Seconds> && Subtractable<Point, Seconds> && Subtractable<Point, Point>);
  static_assert(Comparable<Point, Point>);
  static_assert(std::same_as<decltype(Point() + Seconds()), Point>);
  static_assert(std::same_as<decltype(Point() - Seconds()), Point>);
  static_assert(std::same_as<decltype(Point() - Point()), Seconds>);

  static_assert(!Convertible<Point, Seconds> && !Convertible<Point, int> && !Convertible<Point, Other>);
  static_assert(!std::constructible_from<Point, Other> && !std::assignable_from<Point&, Seconds>);
  static_assert(!Comparable<Point, Seconds> && !Comparable<Point, int> && !Comparable<Point, Other>);
  static_assert(!Addable<Point, Point> && !Addable<Point, Other> && !Addable<Seconds, Point>);
  static_assert(!Subtractable<Seconds, Point> && !Subtractable<Point, Other>);
  static_assert(!Scalable<Point, Seconds> && !Scalable<Seconds, Point> && !Scalable<Point, Point>);
  return true;
}
static_assert(mixes_with_nothing<Time, MonotonicTime>());
static_assert(mixes_with_nothing<MonotonicTime, Time>());

TEST(Time, BeginsAtTheEpoch) {
  EXPECT_EQ(Time().since_epoch(), 0);
  EXPECT_EQ(Time(), Time(0));
}

TEST(Time, IsMovedByLengthsAndMeasuredByDifferences) {
  constexpr Time start(1000.5);
  EXPECT_EQ(start + 2, Time(1002.5));
  EXPECT_EQ(start - 2, Time(998.5));
  EXPECT_EQ(Time(1002.5) - start, 2);
  Time time = start;
  time += 3;
  time -= 1;
  EXPECT_EQ(time, Time(1002.5));
}

TEST(Time, IsOrdered) {
  EXPECT_LT(Time(1), Time(2));
  EXPECT_GE(Time(2), Time(2));
  EXPECT_LT(Time(1e300), Time::never());
}

TEST(Time, LiesInAWholeSecond) {
  EXPECT_EQ(whole_unix_seconds(Time(1000.75)), 1000);
  EXPECT_EQ(whole_unix_seconds(Time(-0.25)), -1);
}

TEST(Time, IsReadableInAFailure) {
  std::ostringstream text;
  text << Time(1795490346.5);
  EXPECT_EQ(text.str(), "1795490346.500000");
}

}  // namespace
}  // namespace sosw

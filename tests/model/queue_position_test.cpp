#include "sosw/model/queue_position.h"

#include <gmock/gmock.h>

namespace sosw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Band kBand = band_of(Priority::normal);

TEST(QueuePositions, GoUpFromTheStartOfAnEmptyBand) {
  EXPECT_EQ(end_position(kBand, std::nullopt), kBand.start);
  EXPECT_EQ(end_position(kBand, kBand.start), kBand.start + 1);
  EXPECT_EQ(end_position(kBand, kBand.first), kBand.first + 1);
}

TEST(QueuePositions, InFrontLeaveRoomForAllThatCome) {
  EXPECT_EQ(front_position(kBand, std::nullopt, 3), kBand.start - 3);
  EXPECT_EQ(front_position(kBand, kBand.start - 3, 2), kBand.start - 5);
}

TEST(QueuePositions, NeverLeaveTheirBand) {
  EXPECT_EQ(end_position(kBand, kBand.last), kBand.last);
  EXPECT_EQ(front_position(kBand, kBand.first + 1, 3), kBand.first);
}

TEST(JoiningOrders, PutWhatWasTriedInFrontAndWhatIsNewAtTheEnd) {
  const std::vector<Joining> due = {{Priority::normal, 2}, {Priority::normal, 0}, {Priority::low, 0},
                                    {Priority::normal, 1}, {Priority::normal, 0}, {Priority::high, 1}};
  const auto order = joining_order(due);
  ASSERT_EQ(order.size(), 3U);
  EXPECT_THAT(order.at(Priority::normal).in_front, ElementsAre(0, 3));
  EXPECT_THAT(order.at(Priority::normal).at_end, ElementsAre(1, 4));
  EXPECT_THAT(order.at(Priority::low).in_front, IsEmpty());
  EXPECT_THAT(order.at(Priority::low).at_end, ElementsAre(2));
  EXPECT_THAT(order.at(Priority::high).in_front, ElementsAre(5));
  EXPECT_THAT(joining_order({}), IsEmpty());
}

}  // namespace
}  // namespace sosw

// How far rules are, for stores that keep it.

#include "ports/store_fixture.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const RuleProgress kNightly = {"nightly", "cron(0 2 * * ? *) Europe/Berlin", Time(1'795'490'346.8965256),
                               Time(1'795'490'400)};
const RuleProgress kOften = {"it's \"often\"", "rate(5 minutes) UTC", Time(1), Time(2.5)};

RuleProgress later(RuleProgress progress) {
  progress.considered += 86400;
  return progress;
}

class RuleContract : public StoreContract {
 protected:
  void SetUp() override {
    if (!store_->rules()) GTEST_SKIP() << "it keeps none";
  }
  void keep(const std::vector<RuleStep>& steps) { store_->rules()->keep_rule_progress(steps); }
  std::vector<RuleProgress> kept() { return store_->rules()->rule_progress(); }
};

TEST_P(RuleContract, NewRulesAreStoredAsGiven) {
  EXPECT_THAT(kept(), IsEmpty());
  keep({});
  keep({{std::nullopt, kNightly}, {std::nullopt, kOften}});
  EXPECT_THAT(kept(), ElementsAre(kOften, kNightly));
}

TEST_P(RuleContract, EachRuleTakesItsOwnSteps) {
  keep({{std::nullopt, kNightly}, {std::nullopt, kOften}});
  keep({{kNightly, later(kNightly)}, {kOften, std::nullopt}});
  EXPECT_THAT(kept(), ElementsAre(later(kNightly)));
}

TEST_P(RuleContract, TheFirstWriterWins) {
  keep({{std::nullopt, kNightly}});
  keep({{std::nullopt, later(kNightly)}, {std::nullopt, kOften}});
  EXPECT_THAT(kept(), ElementsAre(kOften, kNightly)) << "it was known already";
  for (const auto change :
       {+[](RuleProgress& one) { one.timing = "rate(1 day) UTC"; },
        +[](RuleProgress& one) { one.since += 0.25; }, +[](RuleProgress& one) { one.considered -= 1; }}) {
    RuleProgress other = kNightly;
    change(other);
    keep({{other, later(kNightly)}});
    keep({{other, std::nullopt}});
    EXPECT_THAT(kept(), ElementsAre(kOften, kNightly)) << "it is not as that one says";
  }
}

TEST_P(RuleContract, AForgottenRuleMayBeAddedAgain) {
  keep({{std::nullopt, kNightly}});
  keep({{kNightly, std::nullopt}});
  keep({{kNightly, later(kNightly)}});
  EXPECT_THAT(kept(), IsEmpty()) << "a step of one that is not known any more";
  keep({{std::nullopt, later(kNightly)}});
  EXPECT_THAT(kept(), ElementsAre(later(kNightly)));
}

INSTANTIATE_TEST_SUITE_P(Stores, RuleContract, ::testing::ValuesIn(stores_under_contract()), name_of);

}  // namespace
}  // namespace sosw

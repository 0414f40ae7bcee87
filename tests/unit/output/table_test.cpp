#include "output/table.h"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(Table, MakesColumnsAtLeastTenWide) {
  Table table({"A", "B", "C"});
  table.add_row({"1", "", "3"});
  table.add_row({"1234567", "1234567", "1234567"});
  EXPECT_EQ(table.render(),
            "A         B         C\n"
            "1                   3\n"
            "1234567   1234567   1234567\n");
}

TEST(Table, LeavesThreeBlanksAfterTheLongestCellOfAColumn) {
  Table table({"A", "LONG HEADER", "C"});
  table.add_row({"12345678", "x", "y"});
  EXPECT_EQ(table.render(),
            "A          LONG HEADER   C\n"
            "12345678   x             y\n");
}

TEST(Table, DoesNotPadTheLastColumn) {
  Table table({"A", "B"});
  table.add_row({"1", "longer than ten"});
  table.add_row({"2", ""});
  EXPECT_EQ(table.render(),
            "A         B\n"
            "1         longer than ten\n"
            "2         \n");
}

TEST(Table, HasItsHeaderAloneWithoutRows) {
  EXPECT_EQ(Table({"A", "B"}).render(), "A         B\n");
  EXPECT_EQ(Table({"REPOSITORY"}).render(), "REPOSITORY\n");
}

TEST(Table, IsNotWidenedBeyondReasonByOneCell) {
  const std::string widest(397, 'x');
  const std::string longer(398, 'y');
  Table table({"A", "B"});
  table.add_row({"1", "2"});
  table.add_row({widest, "2"});
  table.add_row({longer, "2"});
  EXPECT_EQ(table.render(), "A" + std::string(399, ' ') + "B\n" + "1" + std::string(399, ' ') +
                                "2\n" + widest + "   2\n" + longer + "   2\n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({"A", "B"});
  table.add_row({"größe-12", "x"});
  table.add_row({"🐳", "y"});
  EXPECT_EQ(table.render(),
            "A          B\n"
            "größe-12   x\n"
            "🐳          y\n");
}

TEST(Table, MakesEachCellHarmlessAndMakesRoomForThat) {
  Table table({"A", "B"});
  table.add_row({"\x1b[31m\n", "\x9b"});
  table.add_row({"12", "34"});
  EXPECT_EQ(table.render(),
            "A              B\n"
            "\\x1b[31m\\x0a   \\x9b\n"
            "12             34\n");
}

TEST(Table, TakesOnlyRowsWithACellForEachColumn) {
  Table table({"A", "B"});
  EXPECT_THROW(table.add_row({"1"}), std::invalid_argument);
  EXPECT_THROW(table.add_row({"1", "2", "3"}), std::invalid_argument);
  EXPECT_EQ(table.render(), "A         B\n");
}

TEST(Table, RendersTheSameEachTime) {
  Table table({"A", "B"});
  table.add_row({"1", "2"});
  EXPECT_EQ(table.render(), table.render());
}

}  // namespace
}  // namespace dkr

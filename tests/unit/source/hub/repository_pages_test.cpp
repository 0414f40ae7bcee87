#include "source/hub/repository_pages.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::SizeIs;

TEST(HubRepositoryPages, HaveTheNamesThatDockerShowsEachOnce) {
  HubRepositoryPages pages("team");
  EXPECT_EQ(pages.add(R"({"next": "x", "results": [{"name": "b", "namespace": "team", "x": 1},)"
                      R"({"name": "a"}, {"name": "b"}]})"),
            "x");
  EXPECT_EQ(pages.add(R"({"results": [{"name": "a", "namespace": null}, null,)"
                      R"({"name": "nginx", "namespace": "library"}]})"),
            std::nullopt);
  EXPECT_EQ(pages.fault(), std::nullopt);
  EXPECT_THAT(std::move(pages).take(), ElementsAre("team/b", "team/a", "nginx"));
}

TEST(HubRepositoryPages, LeaveOutInvalidNames) {
  for (const std::string entry :
       {R"({})", R"({"name": ""})", R"({"name": "a/b"})", R"({"name": "a", "namespace": "b/c"})",
        R"({"name": ".."})", R"({"name": "a?b"})", R"({"name": 7})"}) {
    HubRepositoryPages pages("team");
    pages.add(R"({"results": [)" + entry + R"(, {"name": "a"}]})");
    EXPECT_TRUE(pages.fault()) << entry;
    EXPECT_THAT(std::move(pages).take(), SizeIs(1)) << entry;
  }
}

TEST(RepositoryPage, IsReadBack) {
  const std::vector<std::string> names{"nginx", "team/app"};
  HubRepositoryPages pages("other");
  EXPECT_EQ(pages.add(repository_page(names)), std::nullopt);
  EXPECT_THAT(std::move(pages).take(), ElementsAreArray(names));
}

}  // namespace
}  // namespace dkr

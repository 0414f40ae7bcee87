// `dkr-ls tags`: one line per tag, filtered, and summed up.
#pragma once

#include "cli/command.h"
#include "model/filter.h"

namespace dkr {

class TagsCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "tags"; }
  void add_to(CLI::App& root) override;
  [[nodiscard]] Task<Result> run(ImageSource& source, const Platform& platform, const Clock& clock,
                                 Log& log) const override;

 private:
  Filter filter_;
  bool sum_ = false;
};

}  // namespace dkr

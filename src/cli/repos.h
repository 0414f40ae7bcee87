// `dkr-ls repos`: each repository once.
#pragma once

#include "cli/command.h"

namespace dkr {

class ReposCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "repos"; }
  void add_to(CLI::App& root) override;
  [[nodiscard]] std::string output(std::vector<Image> images, Time now, Log& log) const override;
};

}  // namespace dkr

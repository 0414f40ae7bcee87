// Floating-point numbers as Go's strconv.FormatFloat writes them.
#pragma once

#include <string>

namespace dkr {

/// `value` with as few digits as tell it apart from all others. `verb` is one of e E f g G x X.
std::string shortest_float_text(double value, char verb);

/// `value` with `precision` digits: after the point, or for g and G in all.
std::string float_text(double value, char verb, int precision);

/// `value` as encoding/json writes it.
std::string json_float_text(double value);

}  // namespace dkr

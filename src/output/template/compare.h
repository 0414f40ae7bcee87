// The comparisons of templates.
#pragma once

#include "output/template/template.h"

namespace dkr {

/// Whether `a` equals `b`. An unknown value equals nothing but nil. Throws TemplateCallError for
/// two of different types, and for lists.
bool equal_values(const TemplateValue& a, const TemplateValue& b);

/// Whether `a` is less than `b`: two integers, two numbers with a fraction, or texts, which compare
/// byte by byte. Throws TemplateCallError for all else.
bool is_less(const TemplateValue& a, const TemplateValue& b);

}  // namespace dkr

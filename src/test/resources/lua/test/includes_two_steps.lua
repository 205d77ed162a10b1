-- Includes two steps that both include a third.
--- @include step/one
--- @include step/two
return one + two

-- integer(number) -> the number's decimal digits, for building text: Lua's own conversion (%.14g) rounds sequence numbers and
-- microseconds. Arguments of redis.call need it not; those are written with 17 digits.
--- @include noted
function step.integer(number)
  return string.format('%.0f', number)
end

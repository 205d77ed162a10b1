-- integer(number) -> the number's decimal digits, for building text: Lua's own conversion (%.14g) rounds sequence numbers and
-- microseconds. Arguments of redis.call need it not, but are written as fractions are, which takes longer. In two parts, since %d
-- knows no larger ones everywhere than 32 bits hold.
--- @include noted
function step.integer(number)
  if number < 1e7 then return string.format('%d', number) end
  return string.format('%d%07d', math.floor(number / 1e7), number % 1e7)
end

-- integer(number) -> its decimal digits. Lua's own conversion (%.14g) rounds sequence numbers and microseconds, and is slower.
local function integer(number)
  return string.format('%d', number)
end

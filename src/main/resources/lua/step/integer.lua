-- integer(number) -> the number's decimal digits. Lua's own conversion (%.14g) rounds sequence numbers and microseconds.
local function integer(number)
  return string.format('%.0f', number)
end

-- Includes a step in each of two functions.
--- @include step/shared
local function first()
  --- @include step/one
  return one
end
local function second()
  --- @include step/one
  return one
end
return first() + second()

-- A function that is defined when it is called.
local step = {}
--- @include step/shared
--- @on-demand step/on_demand twice
if ARGV[1] == '0' then return 0 end
return step.twice(3) + step.twice(4)

-- A function that is there when it is called, whatever others say about it.
local step = {}
--- @include step/on_demand
--- @on-demand step/on_demand twice
return step.twice(3)

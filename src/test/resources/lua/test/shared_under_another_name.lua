-- The code of step/shared.lua.
local shared = 1

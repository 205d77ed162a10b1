--- @once
local kept = {}

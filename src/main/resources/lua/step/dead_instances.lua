-- deadInstances() -> the ids of instances whose deadline had passed when they were first asked for, the longest dead first: as
-- many as one sweep clears away.
--- @include keys
--- @include clock
local SWEEP_BATCH = 100

local dead

local function deadInstances()
  dead = dead or redis.call('ZRANGEBYSCORE', activeKey, '-inf', now, 'LIMIT', 0, SWEEP_BATCH)
  return dead
end

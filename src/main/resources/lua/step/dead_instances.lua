-- deadInstances() -> the ids of instances whose deadline has passed, the longest dead first: as many as one sweep clears away.
--- @include keys
--- @include clock
local SWEEP_BATCH = 100

local function deadInstances()
  return redis.call('ZRANGEBYSCORE', activeKey, '-inf', now, 'LIMIT', 0, SWEEP_BATCH)
end

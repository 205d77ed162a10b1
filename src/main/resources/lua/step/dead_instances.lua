-- deadInstances() -> the ids of instances whose deadline had passed when they were first asked for, the longest dead first: as
-- many as one sweep clears away, and none once it has.
--- @include keys
--- @include clock
--- @include noted
local SWEEP_BATCH = 100

function step.deadInstances()
  noted.dead = noted.dead or redis.call('ZRANGEBYSCORE', keys.active, '-inf', nowText, 'LIMIT', '0', SWEEP_BATCH)
  return noted.dead
end

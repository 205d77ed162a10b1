-- liveWorkers() -> how many workers are alive: those in the index, without the dead that no sweep has come to yet. While more
-- than DEAD_COUNTED instances are dead, the workers among the others of those count as alive.
--- @include keys
--- @include clock
--- @include noted
local DEAD_COUNTED = 1000

function step.countDeadWorkers()
  local dead = redis.call('ZRANGEBYSCORE', keys.active, '-inf', nowText, 'LIMIT', 0, DEAD_COUNTED)
  local count = 0
  if #dead > 0 then
    for _, load in ipairs(redis.call('ZMSCORE', keys.load, unpack(dead))) do
      if load then count = count + 1 end
    end
  end
  return count
end

function step.liveWorkers()
  noted.deadWorkers = noted.deadWorkers or step.countDeadWorkers()
  return redis.call('ZCARD', keys.load) - noted.deadWorkers
end

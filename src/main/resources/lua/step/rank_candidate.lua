-- newRank(roles) -> the place in cb:leader:candidates of an instance with these roles that registers now.
-- rankAgain(instanceId, roles) puts one that is there already where its new roles place it; it keeps its time.
--- @include keys
--- @include clock
--- @include noted

-- In cb:leader:candidates an instance without the role `leader` stands behind all that have it, by this distance.
-- Microseconds since 1970 stay below it until the year 2112.
local WITHOUT_LEADER_ROLE = 4500000000000000

function step.rankOf(roles, registered)
  return roles.leader and registered or registered + WITHOUT_LEADER_ROLE
end

function step.newRank(roles)
  -- a run takes longer than a microsecond for each, so no later one is before any of these
  noted.ranked = (noted.ranked or -1) + 1
  return step.rankOf(roles, nowMicros + noted.ranked)
end

function step.rankAgain(instanceId, roles)
  local rank = tonumber(redis.call('ZSCORE', keys.candidates, instanceId))
  local registered = rank and rank % WITHOUT_LEADER_ROLE
  redis.call('ZADD', keys.candidates, registered and step.rankOf(roles, registered) or step.newRank(roles), instanceId)
end

-- rankAgain(instanceId, roles) puts an instance that is in cb:leader:candidates where its new roles place it; it keeps its time.
--- @include keys
--- @include rank_candidate
function step.rankAgain(instanceId, roles)
  local rank = tonumber(redis.call('ZSCORE', keys.candidates, instanceId))
  local registered = rank and rank % WITHOUT_LEADER_ROLE
  redis.call('ZADD', keys.candidates, registered and step.rankOf(roles, registered) or step.newRank(roles), instanceId)
end

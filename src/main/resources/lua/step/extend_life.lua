-- extendLife(instanceId): its record, its place among the active and, if it leads, its lease last `ttl` ms from now. Expects `ttl`.
--- @include keys
--- @include deadline
--- @include leader
function step.extendLife(instanceId)
  redis.call('PEXPIREAT', keys.instance(instanceId), deadline)
  redis.call('ZADD', keys.active, deadline, instanceId)
  if step.currentLeader() == instanceId then
    redis.call('PEXPIREAT', keys.leader, deadline)
  end
end

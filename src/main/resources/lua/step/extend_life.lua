-- extendLife(instanceId): its record, its place among the active and the active workers and, if it leads, its lease last `ttl` ms
-- from now. Expects `ttl`.
--- @include keys
--- @include deadline
--- @include leader
function step.extendLife(instanceId)
  redis.call('PEXPIREAT', keys.instance(instanceId), deadline)
  redis.call('ZADD', keys.active, deadline, instanceId)
  -- only workers are in it
  redis.call('ZADD', keys.activeWorkers, 'XX', deadline, instanceId)
  if step.currentLeader() == instanceId then
    redis.call('PEXPIREAT', keys.leader, deadline)
  end
end

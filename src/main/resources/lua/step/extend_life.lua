-- extendLife(instanceId): its record, its place among the active and, if it leads, its lease last `ttl` ms from now. Expects `ttl`.
-- extendWork(instanceId): likewise its place among the active workers, if it is one.
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

function step.extendWork(instanceId)
  -- only workers are in it
  redis.call('ZADD', keys.activeWorkers, 'XX', deadline, instanceId)
end

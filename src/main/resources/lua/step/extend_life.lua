-- extendRecord(instanceId): its record and, if it leads, its lease last `ttl` ms from now. Expects `ttl`.
-- extendLife(instanceId): its place among the active, too.
--- @include keys
--- @include deadline
--- @include leader
function step.extendRecord(instanceId)
  redis.call('PEXPIREAT', keys.instance(instanceId), deadline)
  if step.currentLeader() == instanceId then
    redis.call('PEXPIREAT', keys.leader, deadline)
  end
end

function step.extendLife(instanceId)
  redis.call('ZADD', keys.active, deadline, instanceId)
  step.extendRecord(instanceId)
end

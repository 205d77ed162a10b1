-- extendLease(instanceId): the lease, if the instance leads, lasts `ttl` ms from now. Expects `ttl`.
--- @include keys
--- @include deadline
--- @include leader
function step.extendLease(instanceId)
  if (noted.leader or step.currentLeader()) == instanceId then
    redis.call('PEXPIREAT', keys.leader, deadline)
  end
end

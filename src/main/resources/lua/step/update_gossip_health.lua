-- updateGossipHealth(instanceId, status) writes the instance's health record. Expects `ttl`, how long it lives, in ms.
--- @include keys
--- @include deadline
function step.updateGossipHealth(instanceId, status)
  local key = keys.gossip(instanceId)
  redis.call('HSET', key, 'status', status, 'lastSeen', nowText)
  redis.call('PEXPIREAT', key, deadline)
end

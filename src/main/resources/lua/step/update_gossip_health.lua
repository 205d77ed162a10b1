-- updateGossipHealth(instanceId, status) writes the instance's health record. Expects `ttl`, how long it lives, in ms.
--- @include keys
--- @include clock
function step.updateGossipHealth(instanceId, status)
  local key = keys.gossip(instanceId)
  redis.call('HSET', key, 'status', status, 'lastSeen', now)
  redis.call('PEXPIREAT', key, now + ttl)
end

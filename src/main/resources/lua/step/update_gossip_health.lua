-- updateGossipHealth(instanceId, status) writes the instance's health record, which lives `ttl` ms from now.
--- @include keys
--- @include clock
local function updateGossipHealth(instanceId, status)
  local key = gossipKey(instanceId)
  redis.call('HSET', key, 'status', status, 'lastSeen', now)
  redis.call('PEXPIREAT', key, now + ttl)
end

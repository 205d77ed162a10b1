-- updateGossipHealth(ctx, instanceId, status) writes the health record of an instance, which lives as long as the instance.
local function updateGossipHealth(ctx, instanceId, status)
  local key = ctx.keys.gossip .. instanceId
  redis.call('HSET', key, 'status', status, 'lastSeen', ctx.nowText)
  redis.call('PEXPIREAT', key, ctx.deadline)
end

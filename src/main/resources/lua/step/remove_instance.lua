-- removeInstance(instanceId) -> how many tasks it held. Takes an instance out of every index: its tasks go back to pending
-- in their old places, and a lease that it holds is dropped. Its roles are read from cb:instances:roles, since its record
-- may have expired before anybody came to clean up.
--- @include keys
--- @include task_queues
local function removeInstance(instanceId)
  local held = redis.call('ZRANGE', queueKey(instanceId), 0, -1, 'WITHSCORES')
  for i = 1, #held, 2 do
    requeueTask(held[i], held[i + 1], instanceId)
  end
  for _, role in ipairs(cjson.decode(redis.call('HGET', instanceRolesKey, instanceId) or '[]')) do
    redis.call('SREM', roleKey(role), instanceId)
  end
  redis.call('HDEL', instanceRolesKey, instanceId)
  redis.call('ZREM', activeKey, instanceId)
  redis.call('ZREM', candidatesKey, instanceId)
  redis.call('ZREM', loadKey, instanceId)
  redis.call('ZREM', unclaimedKey, instanceId)
  redis.call('DEL', instanceKey(instanceId), gossipKey(instanceId))
  if redis.call('GET', leaderKey) == instanceId then
    redis.call('DEL', leaderKey)
  end
  return #held / 2
end

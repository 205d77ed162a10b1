-- removeInstance(instanceId) -> the ids of the tasks that went back to pending. Takes an instance out of every index: its
-- tasks go back in their old places, and a lease that it holds is dropped. Its roles are read from cb:instances:roles,
-- since its record may have expired before anybody came to clean up.
--- @include keys
--- @include leader
--- @include task_queues
--- @include unclaimed_tasks
local function removeInstance(instanceId)
  local requeued = requeueAll(instanceId)
  for _, role in ipairs(cjson.decode(redis.call('HGET', instanceRolesKey, instanceId) or '[]')) do
    redis.call('SREM', roleKey(role), instanceId)
  end
  redis.call('HDEL', instanceRolesKey, instanceId)
  redis.call('ZREM', activeKey, instanceId)
  redis.call('ZREM', candidatesKey, instanceId)
  redis.call('ZREM', loadKey, instanceId)
  redis.call('ZREM', activeWorkersKey, instanceId)
  dropUnclaimed(instanceId)
  redis.call('DEL', instanceKey(instanceId), gossipKey(instanceId))
  if currentLeader() == instanceId then
    redis.call('DEL', leaderKey)
    leaderChanged()
  end
  return requeued
end

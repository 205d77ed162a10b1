-- removeInstance(instanceId) -> the ids of the tasks that went back to pending. Takes an instance out of every index: its
-- tasks go back in their old places, and a lease that it holds is dropped. Its roles are read from cb:instances:roles,
-- since its record may have expired before anybody came to clean up.
--- @include keys
--- @include leader
--- @include role_list
--- @include task_queues
--- @include unclaimed_tasks
function step.removeInstance(instanceId)
  local requeued = step.requeueAll(instanceId)
  for _, key in ipairs(step.roleList(redis.call('HGET', keys.instanceRoles, instanceId)).keys) do
    redis.call('SREM', key, instanceId)
  end
  redis.call('HDEL', keys.instanceRoles, instanceId)
  redis.call('ZREM', keys.active, instanceId)
  redis.call('ZREM', keys.candidates, instanceId)
  redis.call('ZREM', keys.load, instanceId)
  noted.deadWorkers, noted.mostLoaded = nil, nil
  step.dropUnclaimed(instanceId)
  redis.call('DEL', keys.instance(instanceId), keys.gossip(instanceId))
  if step.currentLeader() == instanceId then
    redis.call('DEL', keys.leader)
    step.leaderChanged()
  end
  return requeued
end

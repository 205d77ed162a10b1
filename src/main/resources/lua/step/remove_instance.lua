-- removeInstance(ctx, instanceId) -> the ids of its tasks, which are pending again. It removes an instance from every index and ends its
-- lease. Its roles are read from cb:instances:records, since its record may have expired already.
-- expireInstance(ctx, instanceId) -> how many tasks are pending again. It removes an instance whose deadline has passed and emits
-- instance.expired.
--- @include metrics
--- @include emit_event
--- @include role_list
--- @include task_queues
--- @include unclaimed_tasks
local function removeInstance(ctx, instanceId)
  local keys = ctx.keys
  local requeued = requeueAll(ctx, instanceId)
  for role in pairs(rolesOf(ctx, instanceId)) do
    redis.call('SREM', keys.role .. role, instanceId)
  end
  redis.call('HDEL', keys.records, instanceId)
  redis.call('ZREM', keys.active, instanceId)
  redis.call('ZREM', keys.candidates, instanceId)
  redis.call('ZREM', keys.load, instanceId)
  dropUnclaimed(ctx, instanceId)
  redis.call('DEL', keys.instance .. instanceId, keys.gossip .. instanceId)
  if ctx.leader == instanceId then
    redis.call('DEL', keys.leader)
    ctx.leader = nil
  end
  ctx.deadWorkers = nil
  return requeued
end

local function expireInstance(ctx, instanceId)
  local requeued = removeInstance(ctx, instanceId)
  count(ctx, 'expirations')
  emitEvent(ctx, 'instance.expired', jsonMembers({'id', instanceId, 'tasksRequeued', #requeued, 'tasks', jsonStrings(requeued)}))
  return #requeued
end

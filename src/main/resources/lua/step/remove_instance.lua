-- removeInstance(ctx, instanceId, isDead) -> the ids of its tasks, which others may have now. It removes an instance from every index and ends its
-- lease. What it had in progress counts as an attempt if it has died (end_task.lua). Its roles are read from cb:instances:records, since its
-- record may have expired already.
-- expireInstance(ctx, instanceId) -> how many tasks others may have now. It removes an instance whose deadline has passed and emits
-- instance.expired, which nobody's call has caused.
--- @include metrics
--- @include emit_event
--- @include quotas
--- @include role_list
--- @include end_task
local function removeInstance(ctx, instanceId, isDead)
  local keys, taskIds = ctx.keys, redis.call('ZRANGE', ctx.keys.queue .. instanceId, 0, -1)
  for _, taskId in ipairs(taskIds) do
    local task = readTask(ctx, taskId)
    if task and task.status == 'in_progress' and isDead then
      loseTask(ctx, task, 'worker_died', 'the worker ' .. instanceId .. ' has died')
    elseif task then
      leave(ctx, task)
      putBack(ctx, task)
      emitTaskEvent(ctx, 'task.requeued', task, 'previousWorkerId', instanceId)
    else
      -- its record was deleted by hand
      for _, index in ipairs({keys.tasks.assigned, keys.tasks.in_progress, keys.allTasks, keys.leases}) do
        redis.call('ZREM', index, taskId)
      end
      ctx.moved.assigned, ctx.moved.in_progress = true, true
    end
  end
  local entry = redis.call('HGET', keys.records, instanceId)
  for role in pairs(roleSet(rolesJsonOf(entry))) do
    redis.call('SREM', keys.role .. role, instanceId)
  end
  if entry then charge(ctx, usageOf(ctx, 'instances', ownerOf(entry)), -1, -#entry) end
  redis.call('HDEL', keys.records, instanceId)
  redis.call('ZREM', keys.active, instanceId)
  redis.call('ZREM', keys.candidates, instanceId)
  redis.call('DEL', keys.instance .. instanceId, keys.gossip .. instanceId, keys.queue .. instanceId, keys.claimed .. instanceId)
  if ctx.leader == instanceId then
    redis.call('DEL', keys.leader)
    ctx.leader = nil
  end
  return taskIds
end

local function expireInstance(ctx, instanceId)
  local by = ctx.by
  ctx.by = ''
  local taskIds = removeInstance(ctx, instanceId, true)
  count(ctx, 'expirations')
  table.insert(ctx.news.expired, instanceId)
  emitEvent(ctx, 'instance.expired', jsonMembers({'id', instanceId, 'tasksRequeued', #taskIds, 'tasks', jsonStrings(taskIds)}))
  ctx.by = by
  return #taskIds
end

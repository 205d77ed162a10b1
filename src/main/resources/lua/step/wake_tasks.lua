-- wakeTasks(ctx) does what is due, WAKE_BATCH tasks of each kind at most: scheduled tasks whose time has come are pending, claims whose lease
-- has lapsed are lost, and tasks that depend on a completed one are unblocked. -> whether more may be due.
-- unblockDependents(ctx, taskId): the task is completed; the tasks that wait for it alone are not blocked any more. What does not fit into a
-- batch is left to wakeTasks.
--- @include end_task
--- @include tell_holder
local WAKE_BATCH = 100

local function unblockDependents(ctx, taskId)
  local ids = redis.call('SPOP', ctx.keys.dependents .. taskId, WAKE_BATCH)
  for _, id in ipairs(ids) do
    local task = readTask(ctx, id)
    if task then
      task.waitsFor = redis.call('HINCRBY', ctx.keys.task .. id, 'waitsFor', -1)
      if task.status == 'blocked' and task.waitsFor == 0 then
        leave(ctx, task)
        putBack(ctx, task, tonumber(redis.call('HGET', ctx.keys.task .. id, 'runAt') or nil))
        emitTaskEvent(ctx, 'task.unblocked', task, 'status', task.status)
      end
    end
  end
  redis.call(#ids == WAKE_BATCH and 'SADD' or 'SREM', ctx.keys.unblocking, taskId)
end

local function wakeTasks(ctx)
  local keys, by = ctx.keys, ctx.by
  -- nobody's call has caused what time does
  ctx.by = ''
  local due = redis.call('ZRANGEBYSCORE', keys.tasks.scheduled, '-inf', ctx.nowText, 'LIMIT', 0, WAKE_BATCH)
  for _, id in ipairs(due) do
    local task = readTask(ctx, id)
    if task then
      leave(ctx, task)
      putBack(ctx, task)
      emitTaskEvent(ctx, 'task.due', task)
    else
      redis.call('ZREM', keys.tasks.scheduled, id)
      ctx.moved.scheduled = true
    end
  end
  local lapsed = redis.call('ZRANGEBYSCORE', keys.leases, '-inf', ctx.nowText, 'LIMIT', 0, WAKE_BATCH)
  for _, id in ipairs(lapsed) do
    local task = readTask(ctx, id)
    if task and task.status == 'in_progress' then
      tellHolder(ctx, task)
      loseTask(ctx, task, 'lease_lapsed', 'no progress was reported within the lease')
    else
      redis.call('ZREM', keys.leases, id)
    end
  end
  local completed = redis.call('SRANDMEMBER', keys.unblocking, 1)
  for _, id in ipairs(completed) do unblockDependents(ctx, id) end
  ctx.by = by
  return #due == WAKE_BATCH or #lapsed == WAKE_BATCH or #completed > 0
end

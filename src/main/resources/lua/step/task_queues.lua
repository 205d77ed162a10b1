-- Moves tasks between the pending queues and a worker. A pending task is in cb:queue:tasks:pending and in the queue of its set of required
-- roles (role_list.lua); a task that a worker holds is in the worker's queue and in the index of its status. Its score is its order
-- (priority, then arrival) and is the same in all of them, so it never loses its place. A task whose record is gone (evicted, deleted
-- by hand) is removed and never put back. Scripts that change what workers hold must call indexUnclaimed (index_unclaimed.lua).
--- @include emit_event
--- @include task_record

-- countRoleSet(ctx, required, more) keeps the number of unfinished tasks that require a set of roles.
local function countRoleSet(ctx, required, more)
  if redis.call('HINCRBY', ctx.keys.roleSets, required, more) <= 0 then
    redis.call('HDEL', ctx.keys.roleSets, required)
  end
end

-- putPending(ctx, taskId, order, required)
local function putPending(ctx, taskId, order, required)
  ctx.tasksMoved = true
  redis.call('ZADD', ctx.keys.pending, order, taskId)
  redis.call('ZADD', ctx.keys.pendingRoles .. required, order, taskId)
end

-- takePending(ctx, taskId, required) -> whether the record of the task exists; only then may it be given to a worker.
local function takePending(ctx, taskId, required)
  ctx.tasksMoved = true
  redis.call('ZREM', ctx.keys.pending, taskId)
  redis.call('ZREM', ctx.keys.pendingRoles .. required, taskId)
  local exists = hasRecord(ctx, taskId)
  if not exists then
    countRoleSet(ctx, required, -1)
    redis.call('ZREM', ctx.keys.allTasks, taskId)
  end
  return exists
end

-- giveTask(ctx, taskId, order, workerId): a task that is in no queue becomes `assigned` to the worker.
local function giveTask(ctx, taskId, order, workerId)
  local keys = ctx.keys
  ctx.tasksMoved, ctx.touched[workerId] = true, true
  redis.call('ZADD', keys.queue .. workerId, order, taskId)
  redis.call('ZADD', keys.assigned, order, taskId)
  redis.call('ZINCRBY', keys.load, 1, workerId)
  redis.call('HSET', keys.task .. taskId, 'status', 'assigned', 'workerId', workerId, 'assignedAt', ctx.nowText)
end

-- beginTask(ctx, taskId, order, workerId): the worker claims a task that is assigned to it.
local function beginTask(ctx, taskId, order, workerId)
  local keys = ctx.keys
  ctx.tasksMoved, ctx.touched[workerId] = true, true
  redis.call('ZREM', keys.assigned, taskId)
  redis.call('ZADD', keys.inProgress, order, taskId)
  redis.call('HSET', keys.task .. taskId, 'status', 'in_progress', 'claimedAt', ctx.nowText)
  -- from now on, the report of a failure without a number of attempts is a new one
  redis.call('HDEL', keys.task .. taskId, 'awaitsRetry')
end

-- leaveWorker(ctx, taskId, workerId): the task is in no queue any more.
local function leaveWorker(ctx, taskId, workerId)
  local keys = ctx.keys
  ctx.tasksMoved, ctx.touched[workerId] = true, true
  redis.call('ZREM', keys.queue .. workerId, taskId)
  redis.call('ZREM', keys.assigned, taskId)
  redis.call('ZREM', keys.inProgress, taskId)
  redis.call('ZADD', keys.load, 'XX', 'INCR', -1, workerId)
end

-- takeBack(ctx, taskId, workerId) -> the task's set of required roles, nil when its record is gone. Nobody holds the task then.
local function takeBack(ctx, taskId, workerId)
  leaveWorker(ctx, taskId, workerId)
  local required = taskFields(ctx, taskId, 'roleSet')[1]
  if not required then
    redis.call('ZREM', ctx.keys.allTasks, taskId)
    return nil
  end
  redis.call('HDEL', ctx.keys.task .. taskId, 'workerId', 'assignedAt', 'claimedAt')
  return required
end

-- requeueTask(ctx, taskId, order, workerId): the task is pending again, in its old place.
local function requeueTask(ctx, taskId, order, workerId)
  local required = takeBack(ctx, taskId, workerId)
  if required then
    redis.call('HSET', ctx.keys.task .. taskId, 'status', 'pending')
    putPending(ctx, taskId, order, required)
    emitEvent(ctx, 'task.requeued', jsonMembers({'id', taskId, 'previousWorkerId', workerId}))
  end
end

-- requeueAll(ctx, workerId) -> the ids of the tasks that are pending again: all that the worker holds. It uses few commands, since a
-- hundred workers may die at once. The caller removes the worker's own indexes.
local function requeueAll(ctx, workerId)
  local keys = ctx.keys
  local held = redis.call('ZRANGE', keys.queue .. workerId, 0, -1, 'WITHSCORES')
  local ids, requeued = {}, {}
  for i = 1, #held, 2 do
    local taskId, order = held[i], held[i + 1]
    ids[#ids + 1] = taskId
    local required = taskFields(ctx, taskId, 'roleSet')[1]
    if required then
      redis.call('HSET', keys.task .. taskId, 'status', 'pending')
      redis.call('HDEL', keys.task .. taskId, 'workerId', 'assignedAt', 'claimedAt')
      putPending(ctx, taskId, order, required)
      requeued[#requeued + 1] = taskId
    else
      redis.call('ZREM', keys.allTasks, taskId)
    end
  end
  if #ids > 0 then
    ctx.tasksMoved = true
    redis.call('ZREM', keys.assigned, unpack(ids))
    redis.call('ZREM', keys.inProgress, unpack(ids))
    redis.call('DEL', keys.queue .. workerId)
  end
  return requeued
end

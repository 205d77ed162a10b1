-- How a task moves between the pending queues and a worker. Every pending task is in cb:queue:tasks:pending and in the
-- queue of its set of required roles; a task that a worker holds is in the worker's queue and in the index of its
-- state. Its score is its order (priority, then arrival) and is the same in all of them, so it never loses its place.
-- A set of roles is named by its roles in alphabetical order with commas between, `-` when there are none.
-- A task whose record is gone (evicted, deleted by hand) is only taken out, never put back.
--- @include keys
--- @include clock
--- @include emit_event

-- putPending(taskId, order, roleSet)
local function putPending(taskId, order, roleSet)
  redis.call('ZADD', pendingKey, order, taskId)
  redis.call('ZADD', pendingRolesKey(roleSet), order, taskId)
  redis.call('SADD', roleSetsKey, roleSet)
end

-- takePending(taskId, roleSet) -> whether there is such a task
local function takePending(taskId, roleSet)
  redis.call('ZREM', pendingKey, taskId)
  redis.call('ZREM', pendingRolesKey(roleSet), taskId)
  if redis.call('EXISTS', pendingRolesKey(roleSet)) == 0 then
    redis.call('SREM', roleSetsKey, roleSet)
  end
  return redis.call('EXISTS', taskKey(taskId)) == 1
end

-- giveTask(taskId, order, workerId): the task, no longer in any queue, becomes `assigned` to the worker
local function giveTask(taskId, order, workerId)
  redis.call('ZADD', queueKey(workerId), order, taskId)
  redis.call('ZADD', assignedKey, order, taskId)
  redis.call('ZINCRBY', loadKey, 1, workerId)
  redis.call('HSET', taskKey(taskId), 'status', 'assigned', 'workerId', workerId, 'assignedAt', now)
end

-- takeBack(taskId, workerId) -> the task's set of roles, or nil when its record is gone. The task leaves the worker,
-- whatever its state there.
local function takeBack(taskId, workerId)
  redis.call('ZREM', queueKey(workerId), taskId)
  redis.call('ZREM', assignedKey, taskId)
  redis.call('ZREM', inProgressKey, taskId)
  redis.call('ZADD', loadKey, 'XX', 'INCR', -1, workerId)
  local roleSet = redis.call('HGET', taskKey(taskId), 'roleSet')
  if roleSet then
    redis.call('HDEL', taskKey(taskId), 'workerId', 'assignedAt')
  end
  return roleSet
end

-- requeueTask(taskId, order, workerId): back to pending, in its old place
local function requeueTask(taskId, order, workerId)
  local roleSet = takeBack(taskId, workerId)
  if roleSet then
    redis.call('HSET', taskKey(taskId), 'status', 'pending')
    putPending(taskId, order, roleSet)
    emitEvent('task.requeued', {'id', taskId, 'previousWorkerId', workerId})
  end
end

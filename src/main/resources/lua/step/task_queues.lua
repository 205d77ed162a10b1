-- How a task moves between the pending queues and a worker. Every pending task is in cb:queue:tasks:pending and in the
-- queue of its set of required roles; a task that a worker holds is in the worker's queue and in the index of its
-- state. Its score is its order (priority, then arrival) and is the same in all of them, so it never loses its place.
-- A set of roles is named by its roles in alphabetical order with commas between, `-` when there are none.
--- @include keys
--- @include clock
--- @include count_tasks

-- putPending(taskId, order, roleSet)
local function putPending(taskId, order, roleSet)
  redis.call('ZADD', pendingKey, order, taskId)
  redis.call('ZADD', pendingRolesKey(roleSet), order, taskId)
  redis.call('SADD', roleSetsKey, roleSet)
  countTasks('pending', 1)
end

-- takePending(taskId, roleSet)
local function takePending(taskId, roleSet)
  redis.call('ZREM', pendingKey, taskId)
  redis.call('ZREM', pendingRolesKey(roleSet), taskId)
  if redis.call('EXISTS', pendingRolesKey(roleSet)) == 0 then
    redis.call('SREM', roleSetsKey, roleSet)
  end
  countTasks('pending', -1)
end

-- giveTask(taskId, order, workerId): the task, no longer in any queue, becomes `assigned` to the worker
local function giveTask(taskId, order, workerId)
  redis.call('ZADD', queueKey(workerId), order, taskId)
  redis.call('ZADD', assignedKey, order, taskId)
  redis.call('ZINCRBY', loadKey, 1, workerId)
  redis.call('HSET', taskKey(taskId), 'status', 'assigned', 'workerId', workerId, 'assignedAt', now)
  countTasks('assigned', 1)
end

-- takeBack(taskId, workerId) -> the task's set of roles. The task leaves the worker, whatever its state there.
local function takeBack(taskId, workerId)
  local task = redis.call('HMGET', taskKey(taskId), 'status', 'roleSet')
  redis.call('ZREM', queueKey(workerId), taskId)
  redis.call('ZREM', task[1] == 'in_progress' and inProgressKey or assignedKey, taskId)
  redis.call('ZADD', loadKey, 'XX', 'INCR', -1, workerId)
  redis.call('HDEL', taskKey(taskId), 'workerId', 'assignedAt')
  countTasks(task[1], -1)
  return task[2]
end

-- requeueTask(taskId, order, workerId): back to pending, in its old place
local function requeueTask(taskId, order, workerId)
  local roleSet = takeBack(taskId, workerId)
  redis.call('HSET', taskKey(taskId), 'status', 'pending')
  putPending(taskId, order, roleSet)
end

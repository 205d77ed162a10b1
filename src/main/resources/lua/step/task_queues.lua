-- How a task moves between the pending queues and a worker. Every pending task is in cb:queue:tasks:pending and in the
-- queue of its set of required roles; a task that a worker holds is in the worker's queue and in the index of its
-- state. Its score is its order (priority, then arrival) and is the same in all of them, so it never loses its place.
-- A set of roles is named by its roles in alphabetical order with commas between, `-` when there are none.
-- A task whose record is gone (evicted, deleted by hand) is only taken out, never put back.
-- After any change of what workers hold, indexUnclaimed (unclaimed_tasks.lua) has to run before the script ends.
--- @include keys
--- @include clock
--- @include emit_event
--- @include task_record
--- @include unclaimed_tasks

-- tasksMoved() -> whether this script has moved any
local moved = false

local function tasksMoved()
  return moved
end

-- countTask(roleSet), uncountTask(roleSet) keep the number of unfinished tasks that require a set of roles
local function countTask(roleSet)
  redis.call('HINCRBY', roleSetsKey, roleSet, 1)
end

local function uncountTask(roleSet)
  if redis.call('HINCRBY', roleSetsKey, roleSet, -1) <= 0 then
    redis.call('HDEL', roleSetsKey, roleSet)
  end
end

-- putPending(taskId, order, roleSet)
local function putPending(taskId, order, roleSet)
  moved = true
  redis.call('ZADD', pendingKey, order, taskId)
  redis.call('ZADD', pendingRolesKey(roleSet), order, taskId)
end

-- takePending(taskId, roleSet) -> whether there is such a task; one whose record is gone does not count any more
local function takePending(taskId, roleSet)
  moved = true
  redis.call('ZREM', pendingKey, taskId)
  redis.call('ZREM', pendingRolesKey(roleSet), taskId)
  local exists = hasRecord(taskId)
  if not exists then uncountTask(roleSet) end
  return exists
end

-- giveTask(taskId, order, workerId): the task, no longer in any queue, becomes `assigned` to the worker
local function giveTask(taskId, order, workerId)
  moved = true
  redis.call('ZADD', queueKey(workerId), order, taskId)
  redis.call('ZADD', assignedKey, order, taskId)
  redis.call('ZINCRBY', loadKey, 1, workerId)
  touched[workerId] = true
  redis.call('HSET', taskKey(taskId), 'status', 'assigned', 'workerId', workerId, 'assignedAt', now)
end

-- beginTask(taskId, order, workerId): the worker has claimed a task that was assigned to it
local function beginTask(taskId, order, workerId)
  moved = true
  redis.call('ZREM', assignedKey, taskId)
  redis.call('ZADD', inProgressKey, order, taskId)
  touched[workerId] = true
  redis.call('HSET', taskKey(taskId), 'status', 'in_progress', 'claimedAt', now)
  -- from now on, the report of a failure without a number of attempts is a new one
  redis.call('HDEL', taskKey(taskId), 'awaitsRetry')
end

-- leaveWorker(taskId, workerId): the task is in no queue any more, whatever its state was
local function leaveWorker(taskId, workerId)
  moved = true
  redis.call('ZREM', queueKey(workerId), taskId)
  redis.call('ZREM', assignedKey, taskId)
  redis.call('ZREM', inProgressKey, taskId)
  redis.call('ZADD', loadKey, 'XX', 'INCR', -1, workerId)
  touched[workerId] = true
end

-- takeBack(taskId, workerId) -> the task's set of roles, or nil when its record is gone. Nobody holds it then.
local function takeBack(taskId, workerId)
  leaveWorker(taskId, workerId)
  local roleSet = taskFields(taskId, 'roleSet')[1]
  if roleSet then
    redis.call('HDEL', taskKey(taskId), 'workerId', 'assignedAt', 'claimedAt')
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

-- requeueAll(workerId) -> the ids of the tasks that went back to pending: all that it holds, in few commands, since a
-- hundred workers may die at once. The worker's own indexes are left to the caller.
local function requeueAll(workerId)
  local held = redis.call('ZRANGE', queueKey(workerId), 0, -1, 'WITHSCORES')
  local ids, requeued, pending, queues = {}, {}, {}, {}
  for i = 1, #held, 2 do
    local taskId, order = held[i], held[i + 1]
    ids[#ids + 1] = taskId
    local roleSet = taskFields(taskId, 'roleSet')[1]
    if roleSet then
      redis.call('HSET', taskKey(taskId), 'status', 'pending')
      redis.call('HDEL', taskKey(taskId), 'workerId', 'assignedAt', 'claimedAt')
      requeued[#requeued + 1] = taskId
      queues[roleSet] = queues[roleSet] or {}
      for _, members in ipairs({pending, queues[roleSet]}) do
        members[#members + 1] = order
        members[#members + 1] = taskId
      end
    end
  end
  if #ids == 0 then return requeued end
  moved = true
  redis.call('ZREM', assignedKey, unpack(ids))
  redis.call('ZREM', inProgressKey, unpack(ids))
  redis.call('DEL', queueKey(workerId))
  if #pending > 0 then redis.call('ZADD', pendingKey, unpack(pending)) end
  for roleSet, members in pairs(queues) do
    redis.call('ZADD', pendingRolesKey(roleSet), unpack(members))
  end
  return requeued
end

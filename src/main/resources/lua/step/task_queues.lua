-- How a task moves between the pending queues and a worker. Every pending task is in cb:queue:tasks:pending and in the
-- queue of its set of required roles; a task that a worker holds is in the worker's queue and in the index of its
-- state. Its score is its order (priority, then arrival) and is the same in all of them, so it never loses its place.
-- A set of roles is named by its roles in alphabetical order with commas between, `-` when there are none.
-- A task whose record is gone (evicted, deleted by hand) is only taken out, never put back.
-- After any change of what workers hold, indexUnclaimed (unclaimed_tasks.lua) has to run before the script ends.
--- @include keys
--- @include clock
--- @include emit_event
--- @include json_members
--- @include task_record
--- @include noted

-- countTask(roleSet), uncountTask(roleSet) keep the number of unfinished tasks that require a set of roles
function step.countTask(roleSet)
  redis.call('HINCRBY', keys.roleSets, roleSet, 1)
end

function step.uncountTask(roleSet)
  if redis.call('HINCRBY', keys.roleSets, roleSet, -1) <= 0 then
    redis.call('HDEL', keys.roleSets, roleSet)
  end
end

-- putPending(taskId, order, roleSet)
function step.putPending(taskId, order, roleSet)
  step.tasksMove()
  redis.call('ZADD', keys.pending, order, taskId)
  redis.call('ZADD', keys.pendingRoles(roleSet), order, taskId)
end

-- takePending(taskId, roleSet) -> whether there is such a task; one whose record is gone does not count any more
function step.takePending(taskId, roleSet)
  step.tasksMove()
  redis.call('ZREM', keys.pending, taskId)
  redis.call('ZREM', keys.pendingRoles(roleSet), taskId)
  local exists = step.hasRecord(taskId)
  if not exists then step.uncountTask(roleSet) end
  return exists
end

-- giveTask(taskId, order, workerId): the task, no longer in any queue, becomes `assigned` to the worker
function step.giveTask(taskId, order, workerId)
  step.tasksMove()
  redis.call('ZADD', keys.queue(workerId), order, taskId)
  redis.call('ZADD', keys.assigned, order, taskId)
  redis.call('ZINCRBY', keys.load, 1, workerId)
  noted.touched[workerId] = true
  redis.call('HSET', keys.task(taskId), 'status', 'assigned', 'workerId', workerId, 'assignedAt', nowText)
end

-- beginTask(taskId, order, workerId): the worker has claimed a task that was assigned to it
function step.beginTask(taskId, order, workerId)
  step.tasksMove()
  redis.call('ZREM', keys.assigned, taskId)
  redis.call('ZADD', keys.inProgress, order, taskId)
  noted.touched[workerId] = true
  redis.call('HSET', keys.task(taskId), 'status', 'in_progress', 'claimedAt', nowText)
  -- from now on, the report of a failure without a number of attempts is a new one
  redis.call('HDEL', keys.task(taskId), 'awaitsRetry')
end

-- leaveWorker(taskId, workerId): the task is in no queue any more, whatever its state was
function step.leaveWorker(taskId, workerId)
  step.tasksMove()
  redis.call('ZREM', keys.queue(workerId), taskId)
  redis.call('ZREM', keys.assigned, taskId)
  redis.call('ZREM', keys.inProgress, taskId)
  redis.call('ZADD', keys.load, 'XX', 'INCR', -1, workerId)
  noted.touched[workerId] = true
end

-- takeBack(taskId, workerId) -> the task's set of roles, or nil when its record is gone. Nobody holds it then.
function step.takeBack(taskId, workerId)
  step.leaveWorker(taskId, workerId)
  local roleSet = step.taskFields(taskId, 'roleSet')[1]
  if roleSet then
    redis.call('HDEL', keys.task(taskId), 'workerId', 'assignedAt', 'claimedAt')
  end
  return roleSet
end

-- requeueTask(taskId, order, workerId): back to pending, in its old place
function step.requeueTask(taskId, order, workerId)
  local roleSet = step.takeBack(taskId, workerId)
  if roleSet then
    redis.call('HSET', keys.task(taskId), 'status', 'pending')
    step.putPending(taskId, order, roleSet)
    step.emitEvent('task.requeued', step.jsonMembers({'id', taskId, 'previousWorkerId', workerId}))
  end
end

-- requeueAll(workerId) -> the ids of the tasks that went back to pending: all that it holds, in few commands, since a
-- hundred workers may die at once. The worker's own indexes are left to the caller.
function step.requeueAll(workerId)
  local held = redis.call('ZRANGE', keys.queue(workerId), 0, -1, 'WITHSCORES')
  local ids, requeued, pending, queues = {}, {}, {}, {}
  for i = 1, #held, 2 do
    local taskId, order = held[i], held[i + 1]
    ids[#ids + 1] = taskId
    local roleSet = step.taskFields(taskId, 'roleSet')[1]
    if roleSet then
      redis.call('HSET', keys.task(taskId), 'status', 'pending')
      redis.call('HDEL', keys.task(taskId), 'workerId', 'assignedAt', 'claimedAt')
      requeued[#requeued + 1] = taskId
      queues[roleSet] = queues[roleSet] or {}
      for _, members in ipairs({pending, queues[roleSet]}) do
        members[#members + 1] = order
        members[#members + 1] = taskId
      end
    end
  end
  if #ids == 0 then return requeued end
  step.tasksMove()
  redis.call('ZREM', keys.assigned, unpack(ids))
  redis.call('ZREM', keys.inProgress, unpack(ids))
  redis.call('DEL', keys.queue(workerId))
  if #pending > 0 then redis.call('ZADD', keys.pending, unpack(pending)) end
  for roleSet, members in pairs(queues) do
    redis.call('ZADD', keys.pendingRoles(roleSet), unpack(members))
  end
  return requeued
end

-- finishTask(taskId, status, index, sessionId): the task, which no worker holds any more, has come to its end, told by this
-- session. Its record is kept for `retention` ms and found through the index of its status, by the time of its end. Expects
-- `retention`.
-- forgetFinished(index) drops what is no longer kept from the index, FORGET_BATCH at most, and gives how many that were; the
-- records go by themselves.
--- @include keys
--- @include clock
--- @include task_queues
local FORGET_BATCH = 100

function step.finishTask(taskId, status, index, sessionId)
  redis.call('HSET', keys.task(taskId), 'status', status, 'completedAt', nowText, 'endedSession', sessionId)
  redis.call('PEXPIRE', keys.task(taskId), retention)
  redis.call('ZADD', index, nowMicros, taskId)
  step.uncountTask(step.taskFields(taskId, 'roleSet')[1])
end

function step.forgetFinished(index)
  local old = redis.call('ZRANGEBYSCORE', index, '-inf', nowMicros - retention * 1000, 'LIMIT', 0, FORGET_BATCH)
  if #old > 0 then
    step.tasksMove()
    redis.call('ZREM', index, unpack(old))
  end
  return #old
end

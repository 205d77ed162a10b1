-- finishTask(ctx, taskId, status, index, sessionId): a task that no worker holds any more has ended, as this session reports. Its record
-- is kept for ctx.settings.retention ms and found through the index of its status, by the time of its end.
-- forgetFinished(ctx, index) -> how many tasks were dropped from the index, and from that of all tasks, because their records are no
-- longer kept, FORGET_BATCH at most.
--- @include task_queues
local FORGET_BATCH = 100

local function forgetFinished(ctx, index)
  local past = integer(ctx.nowMicros - ctx.settings.retention * 1000)
  local old = redis.call('ZRANGEBYSCORE', index, '-inf', past, 'LIMIT', 0, FORGET_BATCH)
  if #old > 0 then
    ctx.tasksMoved = true
    redis.call('ZREM', index, unpack(old))
    redis.call('ZREM', ctx.keys.allTasks, unpack(old))
  end
  return #old
end

local function finishTask(ctx, taskId, status, index, sessionId)
  local record = ctx.keys.task .. taskId
  redis.call('HSET', record, 'status', status, 'completedAt', ctx.nowText, 'endedSession', sessionId)
  redis.call('PEXPIRE', record, ctx.settings.retention)
  redis.call('ZADD', index, integer(ctx.nowMicros), taskId)
  countRoleSet(ctx, taskFields(ctx, taskId, 'roleSet')[1], -1)
  forgetFinished(ctx, index)
end

-- The ends of a claim and of a task. The caller settles the fleet.
-- finishTask(ctx, task, status): a task has ended. It is kept for ctx.settings.retention ms, and with at most
--   ctx.settings.retentionCount others that have ended.
-- loseTask(ctx, task, reason, failure) -> whether the task may be tried again: its holder has failed, died, or let the lease lapse (reason
--   `error`, `worker_died`, `lease_lapsed`). It waits for a time that doubles with each attempt, or is dead after the last one.
-- forgetEnded(ctx, ending) -> how many ended tasks were dropped because they are no longer kept, FORGET_BATCH at most. It makes room for
--   `ending` tasks that end now.
--- @include metrics
--- @include task_queues
local ENDED = {'completed', 'dead', 'cancelled'}
local FORGET_BATCH = 100

-- the oldest of all statuses that are beyond retentionCount, or if none is, those that ended too long ago: {id, status, endedAt} each
local function noLongerKept(ctx, ending)
  local indexes, found, excess = ctx.keys.tasks, {}, ending - ctx.settings.retentionCount
  for _, status in ipairs(ENDED) do excess = excess + redis.call('ZCARD', indexes[status]) end
  local latest = excess > 0 and '+inf' or integer(ctx.now - ctx.settings.retention)
  local most = excess > 0 and math.min(excess, FORGET_BATCH) or FORGET_BATCH
  for _, status in ipairs(ENDED) do
    local oldest = redis.call('ZRANGEBYSCORE', indexes[status], '-inf', latest, 'WITHSCORES', 'LIMIT', 0, most)
    for i = 1, #oldest, 2 do found[#found + 1] = {id = oldest[i], status = status, endedAt = tonumber(oldest[i + 1])} end
  end
  table.sort(found, function(a, b) return a.endedAt < b.endedAt or a.endedAt == b.endedAt and a.id < b.id end)
  return {unpack(found, 1, most)}
end

local function forgetEnded(ctx, ending)
  local keys, ended = ctx.keys, noLongerKept(ctx, ending)
  for _, task in ipairs(ended) do
    redis.call('ZREM', keys.tasks[task.status], task.id)
    redis.call('ZREM', keys.allTasks, task.id)
    redis.call('DEL', keys.task .. task.id, keys.history .. task.id, keys.dependents .. task.id)
    ctx.moved[task.status] = true
  end
  return #ended
end

local function finishTask(ctx, task, status)
  leave(ctx, task)
  charge(ctx, usageOf(ctx, 'tasks', task.createdBy), -1, -task.bytes)
  -- before it has ended, so that it is not forgotten itself while its record is still written to
  forgetEnded(ctx, 1)
  enter(ctx, task, status, ctx.nowText)
  redis.call('HSET', ctx.keys.task .. task.id, 'status', status, 'completedAt', ctx.nowText)
  redis.call('PEXPIRE', ctx.keys.task .. task.id, ctx.settings.retention)
  redis.call('PEXPIRE', ctx.keys.history .. task.id, ctx.settings.retention)
end

local function loseTask(ctx, task, reason, failure)
  local settings, record = ctx.settings, ctx.keys.task .. task.id
  local workerId, claim, attempts = task.workerId, task.claim, task.attempts + 1
  task.attempts = attempts
  redis.call('HSET', record, 'attempts', attempts, 'reason', reason, 'error', failure)
  local isDead = attempts >= task.maxAttempts
  local backoff = math.min(settings.firstBackoff * 2 ^ (attempts - 1), settings.longestBackoff)
  -- before what tells of it: if that cannot be written, a repeated report must not count as another attempt
  if isDead then
    finishTask(ctx, task, 'dead')
  else
    leave(ctx, task)
    putBack(ctx, task, ctx.now + backoff)
  end
  count(ctx, 'tasksFailed')
  emitTaskEvent(ctx, 'task.failed', task, 'workerId', workerId, 'claim', claim, 'attempts', attempts, 'reason', reason,
    'retryAt', not isDead and ctx.now + backoff or false)
  if isDead then
    count(ctx, 'tasksDied')
    table.insert(ctx.news.dead, task.id)
    emitTaskEvent(ctx, 'task.dead', task, 'workerId', workerId, 'attempts', attempts, 'reason', reason)
  end
  return not isDead
end

-- The places of a task and its ways between them. A task is in the sorted set of its status and in no other: keys.tasks.{status}, by
--   pending                       its order: priority, then sequence
--   scheduled                     the time from which it may be pending, in ms
--   blocked, assigned             the time since when it is, in ms
--   in_progress                   the time of its last progress, in ms
--   completed, dead, cancelled    the time of its end, in ms
-- A pending task is in keys.pendingSince, too, by the time since when it is; one that is pending or assigned in the queue of its status and
-- its set of required roles, by its order; one that a worker has in keys.queue .. workerId, by its order; one in progress in
-- keys.claimed .. workerId, by its claim, and if it has a lease in keys.leases, by the end of that.
-- A task is passed as what readTask gives; the functions keep its status and holder up to date.
--- @include emit_event
--- @include quotas
--- @include resources
--- @include role_sets
--- @include task_record

-- emitTaskEvent(ctx, type, task, members...) appends an event of a task to the stream and to the history of the task.
local MOST_HISTORY = 100
local function emitTaskEvent(ctx, eventType, task, ...)
  local members = jsonMembers({'id', task.id, ...})
  emitEvent(ctx, eventType, members)
  local history = ctx.keys.history .. task.id
  local entries = redis.call('RPUSH', history, '{"type":"' .. eventType .. '",' .. members .. causedBy(ctx) .. ',"timestamp":' .. ctx.nowText .. '}')
  if entries > MOST_HISTORY then redis.call('LTRIM', history, -MOST_HISTORY, -1) end
end

local function enter(ctx, task, status, score)
  task.status = status
  redis.call('ZADD', ctx.keys.tasks[status], score, task.id)
  ctx.moved[status] = true
end

-- leave(ctx, task): the task is in no place any more.
local function leave(ctx, task)
  local keys, status = ctx.keys, task.status
  redis.call('ZREM', keys.tasks[status], task.id)
  ctx.moved[status] = true
  if status == 'pending' then redis.call('ZREM', keys.pendingSince, task.id) end
  if status == 'pending' or status == 'assigned' then
    redis.call('ZREM', keys.open[status] .. task.roleSet, task.id)
    unfileRoleSet(ctx, task.roleSet)
  end
  if task.workerId then redis.call('ZREM', keys.queue .. task.workerId, task.id) end
  if status == 'in_progress' then
    redis.call('ZREM', keys.claimed .. task.workerId, task.id)
    redis.call('ZREM', keys.leases, task.id)
    freeResources(ctx, task)
    chargeClaim(ctx, task.claimedBy, -1)
  end
end

-- putBack(ctx, task, runAt): a task that is in no place waits to be begun: blocked while a task that it depends on is not completed, else
-- scheduled until `runAt` (ms, nil for now), else pending.
local function putBack(ctx, task, runAt)
  local keys, record = ctx.keys, ctx.keys.task .. task.id
  if task.workerId then
    redis.call('HDEL', record, 'workerId', 'assignedAt', 'claim', 'claimedAt', 'claimedBy', 'leaseUntil', 'note', 'percent')
    task.workerId, task.claim = nil, nil
  end
  if task.waitsFor > 0 then
    enter(ctx, task, 'blocked', ctx.nowText)
  elseif runAt and runAt > ctx.now then
    enter(ctx, task, 'scheduled', integer(runAt))
    redis.call('HSET', record, 'runAt', integer(runAt))
  else
    enter(ctx, task, 'pending', task.order)
    redis.call('ZADD', keys.pendingSince, ctx.nowText, task.id)
    redis.call('ZADD', keys.open.pending .. task.roleSet, task.order, task.id)
    fileRoleSet(ctx, task.roleSet)
  end
  redis.call('HSET', record, 'status', task.status)
end

-- assignTask(ctx, task, workerId): a pending task becomes `assigned` to the worker.
local function assignTask(ctx, task, workerId)
  -- first, since its set of roles stays filed meanwhile
  redis.call('ZADD', ctx.keys.open.assigned .. task.roleSet, task.order, task.id)
  leave(ctx, task)
  task.workerId = workerId
  enter(ctx, task, 'assigned', ctx.nowText)
  redis.call('ZADD', ctx.keys.queue .. workerId, task.order, task.id)
  redis.call('HSET', ctx.keys.task .. task.id, 'status', 'assigned', 'workerId', workerId, 'assignedAt', ctx.nowText)
  emitTaskEvent(ctx, 'task.assigned', task, 'workerId', workerId)
end

-- startLease(ctx, task) begins the lease of a claim anew -> its end in ms, nil for a task without one.
local function startLease(ctx, task)
  redis.call('ZADD', ctx.keys.tasks.in_progress, ctx.nowText, task.id)
  if task.leaseMs == 0 then return nil end
  local leaseUntil = ctx.now + task.leaseMs
  redis.call('ZADD', ctx.keys.leases, integer(leaseUntil), task.id)
  redis.call('HSET', ctx.keys.task .. task.id, 'leaseUntil', integer(leaseUntil))
  return leaseUntil
end

-- newClaim(ctx) -> a number for the next claim, which fences the ones before: max(last + 1, now in ms), so that none is issued twice,
-- whatever Redis has lost.
local function newClaim(ctx)
  local last = tonumber(redis.call('GET', ctx.keys.lastClaim) or 0)
  local claim = math.max(last + 1, ctx.now)
  redis.call('SET', ctx.keys.lastClaim, integer(claim))
  return claim
end

-- claimTask(ctx, task, workerId): the worker begins the task, or goes on with it under a new claim if it is in progress.
local function claimTask(ctx, task, workerId)
  local isResumed, previous = task.status == 'in_progress', task.workerId
  if not isResumed then
    leave(ctx, task)
    task.workerId, task.status = workerId, 'in_progress'
    ctx.moved.in_progress = true
    redis.call('ZADD', ctx.keys.queue .. workerId, task.order, task.id)
    holdResources(ctx, task)
    task.claimedBy = ctx.by
    chargeClaim(ctx, ctx.by, 1)
  end
  task.claim = newClaim(ctx)
  redis.call('ZADD', ctx.keys.claimed .. workerId, integer(task.claim), task.id)
  redis.call('HSET', ctx.keys.task .. task.id, 'status', 'in_progress', 'workerId', workerId, 'claim', integer(task.claim),
    'claimedAt', ctx.nowText)
  if task.claimedBy ~= '' then redis.call('HSET', ctx.keys.task .. task.id, 'claimedBy', task.claimedBy) end
  startLease(ctx, task)
  emitTaskEvent(ctx, 'task.claimed', task, 'workerId', workerId, 'claim', task.claim, 'previousWorkerId',
    previous ~= workerId and previous or false)
end

-- grantGrace(ctx): no script has run for longer than ctx.settings.longestSilence, so nobody could beat: Redis or all replicas were away,
-- or the clock was set forward. Whoever was alive when the last script ran gets a full TTL from now, and what has lapsed meanwhile comes
-- back: its record, and its lease if it led. Or the clock was set back: whoever has a deadline further off than a TTL gets a full TTL, too.
-- A run renews GRACE_BATCH instances at most. Until all are renewed (ctx.isGraceIncomplete), nobody who was alive then counts as dead.
-- renewInGrace(ctx, instanceId) renews one that is named in a call meanwhile.
--- @include instance_records
local GRACE_BATCH = 100
local MOST_LEASES = 10000

local function renewInGrace(ctx, instanceId)
  local deadline = tonumber(redis.call('ZSCORE', ctx.keys.active, instanceId) or nil)
  if not deadline or deadline <= ctx.deadUntil then return end
  redis.call('ZADD', ctx.keys.active, ctx.deadline, instanceId)
  restoreRecord(ctx, instanceId, integer(math.min(deadline - ctx.settings.ttl, ctx.now)))
  if ctx.leader == instanceId then redis.call('PEXPIREAT', ctx.keys.leader, ctx.deadline) end
end

local function restoreLease(ctx)
  local data = redis.call('HGET', ctx.keys.state, 'data')
  local state = data and cjson.decode(data) or {}
  if type(state.leader) ~= 'string' or state.term ~= ctx.term then return end
  local deadline = tonumber(redis.call('ZSCORE', ctx.keys.active, state.leader) or nil)
  if not deadline or deadline <= ctx.deadUntil then return end
  ctx.leader = state.leader
  redis.call('SET', ctx.keys.leader, ctx.leader, 'PXAT', ctx.deadline)
end

-- a claim that had not lapsed when the last script ran has its whole lease from now, too
local function renewLeases(ctx)
  local found = redis.call('ZRANGEBYSCORE', ctx.keys.leases, '(' .. integer(ctx.lastRun), '+inf', 'LIMIT', 0, MOST_LEASES)
  for _, taskId in ipairs(found) do
    local leaseMs = tonumber(redis.call('HGET', ctx.keys.task .. taskId, 'leaseMs') or 0)
    redis.call('ZADD', ctx.keys.leases, integer(ctx.now + leaseMs), taskId)
    redis.call('HSET', ctx.keys.task .. taskId, 'leaseUntil', integer(ctx.now + leaseMs))
  end
end

local function grantGrace(ctx)
  local keys, silence = ctx.keys, ctx.now - ctx.lastRun
  local from, to = ctx.deadline, '+inf'
  redis.call('DEL', keys.grace)
  if silence > 0 then
    -- not every run is noted, so some beat after the last that is; those that were renewed already have later deadlines
    from, to = integer(ctx.lastRun), integer(ctx.lastRun + ctx.settings.longestSilence + ctx.settings.ttl)
    ctx.deadUntil = ctx.lastRun
    if not ctx.leader then restoreLease(ctx) end
  end
  local found = redis.call('ZRANGEBYSCORE', keys.active, '(' .. from, to, 'LIMIT', 0, GRACE_BATCH)
  for _, instanceId in ipairs(found) do renewInGrace(ctx, instanceId) end
  if silence > 0 and #found > 0 then redis.call('SET', keys.grace, integer(silence), 'PX', ctx.settings.ttl) end
  ctx.isGraceIncomplete = #found == GRACE_BATCH
  if not ctx.isGraceIncomplete then
    renewLeases(ctx)
    ctx.deadUntil, ctx.lastRun = ctx.now, ctx.now
    redis.call('SET', keys.lastRun, ctx.nowText)
  end
end

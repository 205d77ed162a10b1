-- snapshotMinute(ctx): the first sweep in a minute keeps a copy of the global metrics. Its id in cb:metrics:minutes is the start of the minute,
-- so each minute has one, however many replicas sweep.
--- @include metrics
local MINUTE = 60000
-- the ends of 60 minutes
local MOST_SNAPSHOTS = 61

local function snapshotMinute(ctx)
  local key, minute = ctx.keys.minutes, ctx.now - ctx.now % MINUTE
  local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  local newestMinute = newest and tonumber(string.match(newest[1], '^%d+')) or 0
  if newestMinute > minute + MOST_SNAPSHOTS * MINUTE then
    -- the clock was set back, and ids only rise
    redis.call('DEL', key)
  elseif newestMinute >= minute then
    return
  end
  aggregateGlobalMetrics(ctx, fleetSize(ctx))
  redis.call('XADD', key, 'MAXLEN', MOST_SNAPSHOTS, integer(minute) .. '-0', unpack(redis.call('HGETALL', ctx.keys.metrics)))
end

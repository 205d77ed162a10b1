-- count(ctx, name) adds one to a total of the global metrics.
-- fleetSize(ctx) -> {instances, workers}, as text; those included that died and are not removed yet.
-- aggregateGlobalMetrics(ctx, size) brings the sizes in the global metrics up to date: that of the fleet, and those of tasks when some
--   have moved. They are sizes of indexes (constant time): nothing is walked, and they cannot drift.
--- @include json
local function count(ctx, name)
  redis.call('HINCRBY', ctx.keys.metrics, name, '1')
end

local function fleetSize(ctx)
  return {
    instances = integer(redis.call('ZCARD', ctx.keys.active)),
    workers = integer(redis.call('ZCARD', ctx.keys.load)),
  }
end

local function aggregateGlobalMetrics(ctx, size)
  local keys = ctx.keys
  redis.call('HSET', keys.metrics, 'instances', size.instances, 'workers', size.workers, 'updatedAt', ctx.nowText)
  if ctx.tasksMoved then
    redis.call('HSET', keys.metrics, 'tasksPending', redis.call('ZCARD', keys.pending), 'tasksAssigned',
      redis.call('ZCARD', keys.assigned), 'tasksInProgress', redis.call('ZCARD', keys.inProgress), 'tasksDead',
      redis.call('ZCARD', keys.dead))
    ctx.tasksMoved = false
  end
end

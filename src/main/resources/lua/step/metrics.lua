-- count(ctx, name, number) adds a number, one if left out, to a total of the global metrics.
-- fleetSize(ctx) -> {instances, workers}, as text; those included that died and are not removed yet.
-- aggregateGlobalMetrics(ctx, size) brings the sizes in the global metrics up to date: that of the fleet, and those of tasks when some
--   have moved. They are sizes of indexes (constant time): nothing is walked, and they cannot drift.
--- @include integer
local function count(ctx, name, number)
  redis.call('HINCRBY', ctx.keys.metrics, name, number or '1')
end

local function fleetSize(ctx)
  return {
    instances = integer(redis.call('ZCARD', ctx.keys.active)),
    workers = integer(redis.call('SCARD', ctx.keys.role .. 'worker')),
  }
end

local function aggregateGlobalMetrics(ctx, size)
  local keys = ctx.keys
  redis.call('HSET', keys.metrics, 'instances', size.instances, 'workers', size.workers, 'updatedAt', ctx.nowText)
  if ctx.tasksMoved then
    --- @include count_tasks
    local counts = countTasks(ctx)
    redis.call('HSET', keys.metrics, 'tasksScheduled', counts.scheduled, 'tasksBlocked', counts.blocked, 'tasksPending', counts.pending,
      'tasksAssigned', counts.assigned, 'tasksInProgress', counts.in_progress, 'tasksDead', counts.dead)
    ctx.tasksMoved = false
  end
end

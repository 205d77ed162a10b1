-- count(ctx, name, number) adds a number, one if left out, to a total of the global metrics.
-- fleetSize(ctx) -> {instances, workers}, as text; those included that died and are not removed yet.
-- aggregateGlobalMetrics(ctx, size) brings the sizes in the global metrics up to date: that of the fleet, and those of the statuses that tasks
--   have moved from or to. They are sizes of indexes (constant time): nothing is walked, and they cannot drift.
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

local SIZES = {scheduled = 'tasksScheduled', blocked = 'tasksBlocked', pending = 'tasksPending', assigned = 'tasksAssigned',
  in_progress = 'tasksInProgress', dead = 'tasksDead'}

local function aggregateGlobalMetrics(ctx, size)
  local sizes = {}
  for status in pairs(ctx.moved) do
    if SIZES[status] then
      sizes[#sizes + 1] = SIZES[status]
      sizes[#sizes + 1] = integer(redis.call('ZCARD', ctx.keys.tasks[status]))
    end
  end
  ctx.moved = {}
  redis.call('HSET', ctx.keys.metrics, 'instances', size.instances, 'workers', size.workers, 'updatedAt', ctx.nowText, unpack(sizes))
end

-- aggregateGlobalMetrics() brings the fleet's size in the global metrics up to date. The counts come from the sizes of
-- indexes (constant time), never from a walk; tasks are counted where they change state (count_tasks.lua).
--- @include keys
--- @include clock
local function aggregateGlobalMetrics()
  redis.call('HSET', metricsKey,
    'instances', redis.call('ZCARD', activeKey),
    'workers', redis.call('ZCARD', loadKey),
    'updatedAt', now)
end

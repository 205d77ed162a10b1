-- aggregateGlobalMetrics() brings the sizes in the global metrics up to date. They are the sizes of indexes (constant time),
-- so they cannot drift from what they count, and nothing is walked.
--- @include keys
--- @include clock
local function aggregateGlobalMetrics()
  redis.call('HSET', metricsKey,
    'instances', redis.call('ZCARD', activeKey),
    'workers', redis.call('ZCARD', loadKey),
    'tasksPending', redis.call('ZCARD', pendingKey),
    'tasksAssigned', redis.call('ZCARD', assignedKey),
    'tasksInProgress', redis.call('ZCARD', inProgressKey),
    'tasksDead', redis.call('ZCARD', deadKey),
    'updatedAt', now)
end

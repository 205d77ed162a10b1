-- aggregateGlobalMetrics() brings the sizes in the global metrics up to date, those of tasks when some have moved. They are the
-- sizes of indexes (constant time), so they cannot drift from what they count, and nothing is walked.
--- @include keys
--- @include clock
--- @include task_queues
local function aggregateGlobalMetrics()
  if tasksMoved() or redis.call('HEXISTS', metricsKey, 'tasksPending') == 0 then
    redis.call('HSET', metricsKey,
      'tasksPending', redis.call('ZCARD', pendingKey),
      'tasksAssigned', redis.call('ZCARD', assignedKey),
      'tasksInProgress', redis.call('ZCARD', inProgressKey),
      'tasksDead', redis.call('ZCARD', deadKey))
  end
  redis.call('HSET', metricsKey, 'instances', redis.call('ZCARD', activeKey), 'workers', redis.call('ZCARD', loadKey),
    'updatedAt', now)
end

-- aggregateGlobalMetrics(size) brings the sizes in the global metrics up to date: that of the fleet (global_state.lua), and those
-- of tasks when some have moved. They are the sizes of indexes (constant time), so they cannot drift from what they count, and
-- nothing is walked. It adds what was counted, too.
--- @include keys
--- @include clock
--- @include integer
--- @include noted
function step.aggregateGlobalMetrics(size)
  for name, more in pairs(noted.counts) do redis.call('HINCRBY', keys.metrics, name, step.integer(more)) end
  noted.counts = {}
  if noted.moved or not (noted.tasksCounted or redis.call('HEXISTS', keys.metrics, 'tasksPending') == 1) then
    redis.call('HSET', keys.metrics,
      'tasksPending', redis.call('ZCARD', keys.pending),
      'tasksAssigned', redis.call('ZCARD', keys.assigned),
      'tasksInProgress', redis.call('ZCARD', keys.inProgress),
      'tasksDead', redis.call('ZCARD', keys.dead))
  end
  redis.call('HSET', keys.metrics,
    'instances', step.integer(size.instances), 'workers', step.integer(size.workers), 'updatedAt', nowText)
end

-- dropBench(ctx) deletes what is left of a bench without instances and tasks. Its rate limits and idempotency keys lapse by themselves.
local function dropBench(ctx)
  local keys = ctx.keys
  redis.call('UNLINK', keys.active, keys.records, keys.candidates, keys.leader, keys.term, keys.metrics, keys.state, keys.events, keys.minutes,
    keys.lastRun, keys.grace, keys.usage, keys.readiness, keys.sequence, keys.lastClaim, keys.allTasks, keys.pendingSince, keys.leases,
    keys.resources, keys.unblocking, keys.listed)
  -- of tasks whose records were deleted by hand
  for _, index in pairs(keys.tasks) do redis.call('UNLINK', index) end
  ctx.lastRun = nil
end

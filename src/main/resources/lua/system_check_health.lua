#!lua flags=allow-oom
-- Removes the instances that have died, one sweep's worth, and counts the others.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua
-- Reply {healthy, failed, reassigned}: instances seen within half their TTL, instances that this call removed, and tasks of theirs that
--       are pending again
-- Events instance.expired, task.assigned, leader.elected
--- @include step/run_calls
--- @include step/sweep_expired
--- @include step/settle_fleet

return runCalls(function(ctx)
  local swept = sweepExpired(ctx)
  if swept.expired > 0 then settleFleet(ctx) end
  return {map = {
    healthy = redis.call('ZCOUNT', ctx.keys.active, '(' .. integer(ctx.now + ctx.settings.ttl / 2), '+inf'),
    failed = swept.expired,
    reassigned = swept.requeued,
  }}
end)

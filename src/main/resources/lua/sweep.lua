-- One bounded sweep, for a replica's timer: removes expired instances and ended tasks that are no longer kept, and hands out what is
-- pending.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua
-- Reply {expired, more, silence}: how many instances were removed, 1 when more are to be removed or renewed, else 0, and for how long
--       nobody could beat, in ms, if the grace after that is not over yet, else 0
-- Events instance.expired, task.assigned, leader.elected
--- @include step/run_calls
--- @include step/sweep_expired
--- @include step/redistribute
--- @include step/settle_fleet
--- @include step/finish_task

return runCalls(function(ctx)
  local keys = ctx.keys
  local swept = sweepExpired(ctx)
  local given = redistribute(ctx)
  local forgotten = forgetFinished(ctx, keys.completed) + forgetFinished(ctx, keys.dead)
  -- a vacancy without a death was made by hand
  local isVacant = not ctx.leader and redis.call('EXISTS', keys.candidates) == 1
  if swept.expired > 0 or given > 0 or isVacant then
    settleFleet(ctx)
  elseif forgotten > 0 then
    aggregateGlobalMetrics(ctx, fleetSize(ctx))
  end
  return {map = {
    expired = swept.expired,
    more = (swept.expired > 0 or ctx.isGraceIncomplete) and 1 or 0,
    silence = tonumber(redis.call('GET', keys.grace) or 0),
  }}
end)

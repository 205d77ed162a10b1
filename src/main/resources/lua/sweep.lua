#!lua flags=allow-oom
-- One bounded sweep, for a replica's timer: removes expired instances and ended tasks that are no longer kept, and does with tasks what is due.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua
-- Reply {expired, more, silence}: how many instances were removed, 1 when more is to be done, else 0, and for how long nobody could beat,
--       in ms, if the grace after that is not over yet, else 0
-- Events instance.expired, leader.elected, task.failed, task.dead, task.requeued, task.due, task.unblocked
--- @include step/run_calls
--- @include step/sweep_expired
--- @include step/settle_fleet
--- @include step/wake_tasks

return runCalls(function(ctx)
  local keys = ctx.keys
  local swept, isMoreDue = sweepExpired(ctx), wakeTasks(ctx)
  local forgotten = forgetEnded(ctx, 0)
  -- a vacancy without a death was made by hand
  local isVacant = not ctx.leader and redis.call('EXISTS', keys.candidates) == 1
  if swept.expired > 0 or ctx.tasksMoved or isVacant then settleFleet(ctx) end
  return {map = {
    expired = swept.expired,
    more = (swept.expired > 0 or isMoreDue or forgotten > 0 or ctx.isGraceIncomplete) and 1 or 0,
    silence = tonumber(redis.call('GET', keys.grace) or 0),
  }}
end)

#!lua flags=allow-oom
-- One bounded sweep, for a replica's timer: removes expired instances and ended tasks that are no longer kept, does with tasks what is due, and
-- keeps the metrics of each minute.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: how many calls the replica has had since its last sweep, how many of them its
--       guards have refused, and 1 for a bench that goes when nothing is left, else 0
-- Reply {expired, more, silence, quiet, gone}: how many instances were removed, 1 when more is to be done, else 0, and for how long nobody could beat,
--       in ms, if the grace after that is not over yet, else 0; 1 when nothing happens in the bench until a call creates something there; 1 when
--       nothing is left of it, a TTL after the last change
-- Events instance.expired, leader.elected, task.failed, task.dead, task.requeued, task.due, task.unblocked
--- @include step/run_calls
--- @include step/sweep_expired
--- @include step/settle_fleet
--- @include step/wake_tasks
--- @include step/snapshot_minute

local function goIfAbandoned(ctx)
  local changedAt = tonumber(redis.call('HGET', ctx.keys.state, 'timestamp') or 0)
  if redis.call('EXISTS', ctx.keys.allTasks) == 1 or ctx.now - changedAt < ctx.settings.ttl then return false end
  --- @include step/drop_bench
  dropBench(ctx)
  return true
end

return runCalls(function(ctx, calls, refusals, mayGo)
  local keys = ctx.keys
  local swept, isMoreDue = sweepExpired(ctx), wakeTasks(ctx)
  local forgotten = forgetEnded(ctx, 0)
  -- a vacancy without a death was made by hand
  local isVacant = not ctx.leader and redis.call('EXISTS', keys.candidates) == 1
  if swept.expired > 0 or next(ctx.moved) or isVacant then settleFleet(ctx) end
  if calls ~= '0' then count(ctx, 'calls', calls) end
  if refusals ~= '0' then count(ctx, 'refusals', refusals) end
  snapshotMinute(ctx)
  local isMore = swept.expired > 0 or isMoreDue or forgotten > 0 or ctx.isGraceIncomplete
  local isQuiet = mayGo == '1' and not isMore and redis.call('EXISTS', keys.active, keys.tasks.scheduled) == 0
  if isQuiet then redis.call('DEL', keys.listed) end
  return {map = {
    expired = swept.expired,
    more = isMore and 1 or 0,
    silence = tonumber(redis.call('GET', keys.grace) or 0),
    quiet = isQuiet and 1 or 0,
    gone = isQuiet and goIfAbandoned(ctx) and 1 or 0,
  }}
end)

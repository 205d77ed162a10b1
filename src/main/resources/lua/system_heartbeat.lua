-- Keeps an instance alive: record, health, deadline and, if it leads, its lease. Fills a leader vacancy and gives a worker its fair share.
-- It never revives a dead instance, nor answers for another session.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: instance id, session id (may be empty)
-- Reply {alive 0|1}
-- Events leader.elected, task.assigned; instance.expired for what the sweep removes
--- @include step/run_calls
--- @include step/sweep_expired
--- @include step/session
--- @include step/leader
--- @include step/update_gossip_health
--- @include step/auto_assign_tasks

-- After a complete sweep no dead instance is left, so the record tells enough.
local function isAliveFor(ctx, instanceId, sessionId)
  if sessionOf(ctx, instanceId) ~= sessionId then return false end
  if ctx.isSwept then return true end
  --- @include step/holder
  return isAlive(ctx, instanceId)
end

local function renewInstance(ctx, instanceId)
  local record = ctx.keys.instance .. instanceId
  redis.call('HSET', record, 'lastSeen', ctx.nowText)
  redis.call('PEXPIREAT', record, ctx.deadline)
  redis.call('ZADD', ctx.keys.active, ctx.deadline, instanceId)
end

return runCalls(function(ctx, instanceId, sessionId)
  local swept = sweepExpired(ctx)
  local alive = isAliveFor(ctx, instanceId, sessionId)
  local tasks = {assigned = 0}
  if alive then
    renewInstance(ctx, instanceId)
    updateGossipHealth(ctx, instanceId, 'healthy')
    extendLease(ctx, instanceId)
    tasks = autoAssignTasks(ctx, instanceId)
  end
  if swept.expired > 0 or tasks.assigned > 0 or alive and not ctx.leader then
    --- @include step/redistribute
    --- @include step/settle_fleet
    announceTasks(ctx)
    if swept.expired > 0 then redistribute(ctx) end
    settleFleet(ctx, alive and instanceId or nil)
  end
  return {map = {alive = alive and 1 or 0}}
end)

-- Registers an instance, or renews it for the session that holds it: the registration sequence, all or nothing.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: instance id, roles as a JSON array of distinct strings, session id (may be empty),
--       metadata as a JSON object
-- Reply {registered 0|1, message, becameLeader 0|1, leader id or '', term, version, assigned, total}
-- Events instance.registered, leader.elected, task.assigned, task.requeued; instance.expired for what the sweep removes
--- @include step/run_calls
--- @include step/sweep_expired
--- @include step/register_instance
--- @include step/update_gossip_health
--- @include step/sync_global_state
--- @include step/auto_assign_tasks
--- @include step/index_unclaimed

local function reply(ctx, registration, version, tasks)
  return {map = {
    registered = registration.success and 1 or 0, message = registration.message,
    becameLeader = registration.becameLeader and 1 or 0, leader = ctx.leader or '', term = ctx.term,
    version = version, assigned = tasks.assigned, total = tasks.total or 0,
  }}
end

local function refuse(ctx, registration, swept)
  if swept.expired > 0 then
    --- @include step/redistribute
    --- @include step/settle_fleet
    redistribute(ctx)
    settleFleet(ctx)
  end
  local version = tonumber(redis.call('HGET', ctx.keys.state, 'version') or 0)
  return reply(ctx, registration, version, {assigned = 0, total = 0})
end

return runCalls(function(ctx, instanceId, rolesJson, sessionId, metadata)
  local swept = sweepExpired(ctx)
  local registration = registerInstance(ctx, instanceId, rolesJson, sessionId, metadata)
  if not registration.success then return refuse(ctx, registration, swept) end
  updateGossipHealth(ctx, instanceId, 'healthy')
  local size = fleetSize(ctx)
  local version = syncGlobalState(ctx, size)
  local tasks = autoAssignTasks(ctx, instanceId)
  tasks.total = tasks.total or tonumber(redis.call('ZSCORE', ctx.keys.load, instanceId) or 0)
  emitEvent(ctx, 'instance.registered', '"id":' .. jsonString(instanceId) .. ',"roles":' .. rolesJson
    .. ',"becameLeader":' .. tostring(registration.becameLeader))
  if registration.elected then announceLeader(ctx, registration.elected) end
  if tasks.assigned > 0 or swept.expired > 0 or registration.released > 0 then
    --- @include step/redistribute
    announceTasks(ctx)
    if swept.expired > 0 or registration.released > 0 then redistribute(ctx) end
  end
  indexUnclaimed(ctx)
  aggregateGlobalMetrics(ctx, size)
  return reply(ctx, registration, version, tasks)
end)

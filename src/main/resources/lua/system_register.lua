-- Registers an instance, or renews it for the session that holds it: the registration sequence, all or nothing.
-- KEYS  1 prefix of every key
-- ARGV  1 time to live, ms  2 task capacity of a worker  3 stream length
--       4 instance id  5 roles, JSON array of distinct strings  6 session id, may be empty  7 metadata, JSON object
-- Reply {registered 0|1, message, becameLeader 0|1, leader id or '', term, version, assigned, total}
-- Events instance.registered, leader.elected, task.assigned, task.requeued; instance.expired for what the sweep finds
local prefix = KEYS[1]
local ttl, capacity, streamLength = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local instanceId, rolesJson, sessionId, metadata = ARGV[4], ARGV[5], ARGV[6], ARGV[7]
--- @include step/check_types
--- @include step/sweep_expired
--- @include step/register_instance
--- @on-demand step/settle_fleet settleFleet
--- @include step/announce_leader
--- @include step/update_gossip_health
--- @include step/global_state
--- @include step/sync_global_state
--- @include step/aggregate_global_metrics
--- @include step/auto_assign_tasks
--- @on-demand step/announce_tasks announceTasks
--- @on-demand step/redistribute redistribute
--- @on-demand step/unclaimed_tasks indexUnclaimed
--- @include step/emit_event
--- @include step/leader

local function reply(registration, version, tasks)
  local leader, term = step.currentLeader()
  return {map = {
    registered = registration.success and 1 or 0,
    message = registration.message,
    becameLeader = registration.becameLeader and 1 or 0,
    leader = leader or '',
    term = term,
    version = version,
    assigned = tasks.assigned,
    total = tasks.total,
  }}
end

local previousRoles = redis.call('HGET', keys.instanceRoles, instanceId)
step.checkTypes(step.concat({keys.queue(instanceId)}, step.roleKeys(rolesJson), step.roleKeys(previousRoles)),
  {keys.instance(instanceId), keys.gossip(instanceId)})
local swept = step.sweepExpired()
local registration = step.registerInstance(instanceId, rolesJson, sessionId, metadata)
if not registration.success then
  local version = tonumber(redis.call('HGET', keys.state, 'version') or 0)
  if swept.expired > 0 then
    step.redistribute()
    version = step.settleFleet(instanceId)
  end
  return reply(registration, version, {assigned = 0, total = 0})
end
step.updateGossipHealth(instanceId, 'healthy')
local size = step.fleetSize()
local state = step.syncGlobalState(step.globalState(size))
local tasks = step.autoAssignTasks(instanceId)
step.emitEvent('instance.registered',
  {'id', instanceId, 'roles', {json = rolesJson}, 'becameLeader', registration.becameLeader})
if registration.elected then step.announceLeader(registration.elected) end
if tasks.assigned > 0 then step.announceTasks(instanceId, tasks.moves) end
if swept.expired > 0 or registration.released > 0 then step.redistribute() end
-- after all assignments, which change what these count
if next(noted.touched) then step.indexUnclaimed() end
step.aggregateGlobalMetrics(size)
return reply(registration, state.version, tasks)

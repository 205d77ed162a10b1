-- Registers an instance, or renews it for the session that holds it: the registration sequence, all or nothing.
-- KEYS  1 prefix of every key
-- ARGV  1 time to live, ms  2 task capacity of a worker  3 stream length, and for each call
--       instance id, roles as a JSON array of distinct strings, session id (may be empty), metadata as a JSON object
-- Reply for each call {registered 0|1, message, becameLeader?, leader?, term, version, assigned?, total?}: what is 0, or nobody, is
--       left out
-- Events instance.registered, leader.elected, task.assigned, task.requeued; instance.expired for what the sweep finds
local prefix = KEYS[1]
local ttl, capacity, streamLength = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
--- @include step/check_types
--- @include step/sweep_expired
--- @on-demand step/look_up lookUp
--- @include step/newcomers
--- @include step/register_instance
--- @include step/update_gossip_health
--- @include step/auto_assign_tasks
--- @on-demand step/announce_tasks announceTasks
--- @on-demand step/redistribute redistribute
--- @include step/settle_fleet
--- @include step/emit_event
--- @include step/json_string
--- @include step/leader

local NOTHING = {}
local NO_TASKS = {assigned = 0, total = 0}

local function answer(registration, version, tasks)
  local leader, term = step.currentLeader()
  local reply = {
    registered = registration.success and 1 or 0,
    message = registration.message,
    leader = leader,
    term = term,
    version = version,
  }
  if registration.becameLeader then reply.becameLeader = 1 end
  if tasks.assigned > 0 then reply.assigned = tasks.assigned end
  if tasks.total > 0 then reply.total = tasks.total end
  return {map = reply}
end

local function register(instanceId, rolesJson, sessionId, metadata)
  if not noted.sharedTypes then step.checkShared() end
  -- what is not there is of the right type
  local before = step.isStranger(instanceId) and NOTHING or step.lookUp(instanceId)
  step.checkRoles(rolesJson)
  if before.rolesJson then step.checkRoles(before.rolesJson) end
  local swept = step.sweepExpired()
  local registration = step.registerInstance(instanceId, rolesJson, sessionId, metadata, before)
  if not registration.success then
    if swept.expired > 0 then
      step.redistribute()
      step.fleetHasChanged(instanceId)
      -- at once, since the reply says who leads
      step.settleFleet()
    end
    return answer(registration, step.stateVersion(), NO_TASKS)
  end
  step.updateGossipHealth(instanceId, 'healthy')
  local version = step.fleetHasChanged(instanceId)
  local tasks = NO_TASKS
  -- who is not indexed yet holds nothing
  if not noted.newcomers or step.someMayBeHad(0) then
    step.indexNewcomers()
    tasks = step.autoAssignTasks(instanceId)
  end
  step.emitEvent('instance.registered', '"id":' .. step.jsonString(instanceId) .. ',"roles":' .. rolesJson
    .. ',"becameLeader":' .. tostring(registration.becameLeader))
  if registration.elected then step.announceLeader(registration.elected) end
  if tasks.assigned > 0 then step.announceTasks(instanceId, tasks.moves) end
  if swept.expired > 0 or registration.released > 0 then
    step.indexNewcomers()
    step.redistribute()
  end
  return answer(registration, version, tasks)
end
--- @each-call register 3 4

-- Takes an instance out: its tasks go back to pending in their old order, and leadership passes on at once.
-- KEYS  1 prefix of every key
-- ARGV  1 task capacity of a worker  2 stream length  3 instance id  4 session id, may be empty
-- Reply {unregistered 0|1, tasksReassigned}: 0 while a live instance of another session holds the id; 1 also when there was
--       no such instance
-- Events instance.unregistered, task.assigned, leader.elected; instance.expired if its deadline had passed already
local prefix = KEYS[1]
local capacity, streamLength, instanceId, sessionId = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
--- @include step/check_types
--- @include step/holder
--- @include step/expire_instance
--- @include step/redistribute
--- @include step/settle_fleet
--- @include step/emit_event
--- @include step/json_members

if not redis.call('ZSCORE', keys.active, instanceId) then
  return {map = {unregistered = 1, tasksReassigned = 0}}
end
step.checkTypes({keys.queue(instanceId)}, {keys.instance(instanceId), keys.unclaimedSets})
step.checkRoles(redis.call('HGET', keys.instanceRoles, instanceId))
local requeued
if not step.isAlive(instanceId) then
  requeued = step.expireInstance(instanceId)
elseif not step.heldBy(instanceId, sessionId) then
  return {map = {unregistered = 0, tasksReassigned = 0}}
else
  local tasks = step.removeInstance(instanceId)
  requeued = #tasks
  step.count('unregistrations')
  step.emitEvent('instance.unregistered',
    step.jsonMembers({'id', instanceId, 'tasksReassigned', requeued, 'tasks', step.jsonStrings(tasks)}))
end
step.redistribute()
step.settleFleet()
return {map = {unregistered = 1, tasksReassigned = requeued}}

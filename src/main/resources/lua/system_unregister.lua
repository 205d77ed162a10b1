-- Takes an instance out: its tasks go back to pending in their old order, and leadership passes on at once.
-- KEYS  1 prefix of every key
-- ARGV  1 task capacity of a worker  2 stream length  3 instance id  4 session id, may be empty
-- Reply {unregistered 0|1, tasksReassigned}: 0 while a live instance of another session holds the id; 1 also when there was
--       no such instance
-- Events instance.unregistered, task.assigned, leader.elected; instance.expired if its deadline had passed already
local prefix = KEYS[1]
local capacity, streamLength, instanceId, sessionId = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
--- @include step/check_types
--- @include step/sweep_expired
--- @include step/holder
--- @include step/redistribute
--- @include step/settle_fleet
--- @include step/emit_event

if not redis.call('ZSCORE', activeKey, instanceId) then
  return {map = {unregistered = 1, tasksReassigned = 0}}
end
checkTypes(concat({queueKey(instanceId)}, roleKeys(redis.call('HGET', instanceRolesKey, instanceId))),
  {instanceKey(instanceId), unclaimedSetsKey})
local requeued
if not isAlive(instanceId) then
  requeued = expireInstance(instanceId)
elseif not heldBy(instanceId, sessionId) then
  return {map = {unregistered = 0, tasksReassigned = 0}}
else
  local tasks = removeInstance(instanceId)
  requeued = #tasks
  redis.call('HINCRBY', metricsKey, 'unregistrations', 1)
  emitEvent('instance.unregistered', {'id', instanceId, 'tasksReassigned', requeued, 'tasks', jsonStrings(tasks)})
end
redistribute()
settleFleet()
return {map = {unregistered = 1, tasksReassigned = requeued}}

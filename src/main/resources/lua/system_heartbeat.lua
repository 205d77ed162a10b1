-- Keeps an instance alive: record, health, deadline and, if it leads, its lease. Fills a leader vacancy and tops a worker
-- up to its fair share. It never brings a dead instance back, nor answers for another session.
-- KEYS  1 prefix of every key
-- ARGV  1 time to live, ms  2 task capacity of a worker  3 stream length  4 instance id  5 session id, may be empty
-- Reply 1 when alive, else 0
-- Events leader.elected, task.assigned; instance.expired for what the sweep finds
local prefix = KEYS[1]
local ttl, capacity, streamLength = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local instanceId, sessionId = ARGV[4], ARGV[5]
--- @include step/check_types
--- @include step/sweep_expired
--- @include step/holder
--- @include step/extend_life
--- @include step/update_gossip_health
--- @on-demand step/settle_fleet settleFleet
--- @include step/auto_assign_tasks
--- @on-demand step/announce_tasks announceTasks
--- @on-demand step/redistribute redistribute
--- @include step/leader

step.checkTypes({keys.queue(instanceId)}, {keys.instance(instanceId), keys.gossip(instanceId)})
local swept = step.sweepExpired()
local changed = swept.expired > 0
local alive = step.heldBy(instanceId, sessionId)
if alive then
  redis.call('HSET', keys.instance(instanceId), 'lastSeen', now)
  step.extendLife(instanceId)
  step.updateGossipHealth(instanceId, 'healthy')
  local tasks = step.autoAssignTasks(instanceId)
  if tasks.assigned > 0 then step.announceTasks(instanceId, tasks.moves) end
  changed = changed or tasks.assigned > 0 or not step.currentLeader()
end
if swept.expired > 0 then step.redistribute() end
if changed then step.settleFleet(alive and instanceId or nil) end
return alive and 1 or 0
